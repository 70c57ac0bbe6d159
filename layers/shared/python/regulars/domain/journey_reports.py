"""
What a journey has come to, version by version: who entered, where they are, what was sent, who met the goal.

The words are those of simulations (`simulation_reports.py`), so that both can be laid side by side. The sums hold at
every moment, whatever is not in the lake yet: who entered is held out, waits, or has ended; who came to a place has
left it by one of its ways, waits there, or ended there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from regulars.domain.journey_stops import stops
from regulars.domain.journey_trials import Trial, trials_of
from regulars.domain.journeys import Journey
from regulars.domain.reserved_events import (
    BOUNCED,
    COMPLAINED,
    DELIVERED,
    FAILED,
    NOT_SENT,
    SENT,
    UNKNOWN,
)

MESSAGES: Mapping[str, str] = {
    SENT: "sent",
    FAILED: "failed",
    UNKNOWN: "unknown",
    DELIVERED: "delivered",
    BOUNCED: "bounced",
    COMPLAINED: "complained",
}
WAITING = "waiting"
_PASSED = "passed"
Row = TypeVar("Row", bound=tuple[Any, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """
    What the lake was asked, row by row; each row begins with the version.

    `totals`: held out or not, passages, people, of passages those that met the goal. `entrants`: people. `endings`: how
    they ended (None: not yet), passages. `places`: place, what became of them there, passages, of them with the goal.
    `ways`: place, what came of it, whether it began the place anew, how often that was, passages. `messages`: place,
    event, reason, passages. `refused`: reason, how often. `trials`: trial, place, group, people whose time is over, of
    them with the goal, people whose time is not.
    """

    totals: Sequence[tuple[int, bool, int, int, int]] = ()
    entrants: Sequence[tuple[int, int]] = ()
    endings: Sequence[tuple[int, str | None, int]] = ()
    places: Sequence[tuple[int, str, str, int, int]] = ()
    ways: Sequence[tuple[int, str, str, bool, int | None, int]] = ()
    messages: Sequence[tuple[int, str, str, str, int]] = ()
    refused: Sequence[tuple[int, str, int]] = ()
    trials: Sequence[tuple[int, str, str, int, int, int, int]] = ()
    newest: int | None = None


@dataclass(slots=True, kw_only=True)
class PlaceReport:
    """
    A place: passages that came there, that wait there, and by what came of it those that left it by one of its ways.

    `left` are those that ended there otherwise, by ending; `anew` is how often it was begun anew; `converted` are those
    of `entered` that met the goal. `in_draft` says whether the draft has the step still, None where there is no draft.
    """

    place: str
    entered: int = 0
    waiting: int = 0
    converted: int = 0
    anew: int = 0
    came: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    not_sent: Counter[str] = field(default_factory=Counter)
    in_draft: bool | None = None

    @property
    def step(self) -> str:
        """The step, whatever its turn."""
        return step_of(self.place)


@dataclass(slots=True, kw_only=True)
class VersionReport:
    """
    A version: passages that entered, of how many people, and of them those held out; `endings` of the others.

    `converted` met the goal, of those held out `held_out_converted`. `refused` is how often nobody was let in.
    """

    version: int
    entered: int = 0
    entrants: int = 0
    held_out: int = 0
    waiting: int = 0
    converted: int = 0
    held_out_converted: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    places: Sequence[PlaceReport] = ()
    trials: Sequence[Trial] = ()


def report(counts: Counts, versions: Mapping[int, Journey], draft: Journey | None) -> Sequence[VersionReport]:
    """Put together what was counted, the newest version first; one that was published and that nobody entered, too."""
    told = {row[0] for rows in (counts.totals, counts.refused) for row in rows}
    kept = {step_of(stop.name) for stop in stops(draft.steps)} if draft else None
    return [_version(number, counts, versions.get(number), kept) for number in sorted(told | versions.keys())[::-1]]


def step_of(place: str) -> str:
    """Name the step of a place."""
    return place.partition("#")[0]


def _version(number: int, counts: Counts, journey: Journey | None, kept: Iterable[str] | None) -> VersionReport:
    made = VersionReport(version=number, places=_places(number, counts, journey, kept))
    for _, held_out, passages, _, converted in _of(counts.totals, number):
        made.entered += passages
        if held_out:
            made.held_out, made.held_out_converted = passages, converted
        else:
            made.converted = converted
    made.entrants = sum(people for _, people in _of(counts.entrants, number))
    for _, ending, passages in _of(counts.endings, number):
        if ending is None:
            made.waiting += passages
        else:
            made.endings[ending] += passages
    for _, reason, times in _of(counts.refused, number):
        made.refused[reason] += times
    made.trials = trials_of(journey, [row[1:] for row in _of(counts.trials, number)]) if journey else ()
    return made


def _places(number: int, counts: Counts, journey: Journey | None, kept: Iterable[str] | None) -> Sequence[PlaceReport]:
    laid = [stop.name for stop in stops(journey.steps)] if journey else []
    rows = (counts.places, counts.ways, counts.messages)
    told = sorted({str(row[1]) for each in rows for row in _of(each, number)} - set(laid))
    found = {place: PlaceReport(place=place) for place in [*laid, *told]}
    for _, place, how, passages, converted in _of(counts.places, number):
        _stand(found[place], how, passages, converted)
    for _, place, came, is_anew, times, passages in _of(counts.ways, number):
        found[place].came[came] += (times or 0) if is_anew else passages
        found[place].anew += (times or 0) if is_anew else 0
    for _, place, event, reason, passages in _of(counts.messages, number):
        if event == NOT_SENT:
            found[place].not_sent[reason] += passages
        else:
            found[place].messages[MESSAGES[event]] += passages
    for one in found.values():
        one.in_draft = None if kept is None else one.step in kept
    return list(found.values())


def _stand(one: PlaceReport, how: str, passages: int, converted: int) -> None:
    one.entered += passages
    one.converted += converted
    if how == WAITING:
        one.waiting += passages
    elif how != _PASSED:
        one.left[how] += passages


def _of(rows: Iterable[Row], version: int) -> list[Row]:
    return [row for row in rows if row[0] == version]
