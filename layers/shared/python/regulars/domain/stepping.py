"""
Where somebody is on their way through a journey, and where they came from, by what their passage remembers.

The state machine is the truth: it says at which place somebody is. A hold leaves by what it was released by, or because
its time is over, and which of these it was shows where the machine goes on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from regulars.domain.hearing import step_at
from regulars.domain.instants import DAY
from regulars.domain.journey_walks import Place, walk
from regulars.domain.journeys import (
    END,
    Anew,
    Awaited,
    Branch,
    Exit,
    Hold,
    Journey,
    Move,
    Split,
    Step,
    Wait,
    WaitForDate,
    WaitForTime,
    every,
    signals,
    turns,
)
from regulars.domain.passages import Ending, Passage
from regulars.domain.values import find

LONGEST = 365 * DAY  # of a passage
TOKENS = 3  # of a hold that was asked for again before an answer came: the newest
_UNSEEN = frozenset({"merged", "held_out", "stopped", "failed"})  # to whom what is done was not, or not all of it
_ENDINGS: Mapping[type, Ending] = {Move: "moved", Exit: "exit"}


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody left a place by a way: what came of it, in a word, and when (microseconds)."""

    place: str
    step: Step
    way: int
    came: str
    at: int


def bound_of(journey: Journey, properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Choose of the properties that were entered with those that the journey names."""
    awaited = (one for one in signals(journey) if isinstance(one, Awaited))
    named = {there for one in awaited for _, there in one.same}
    arms = (arm for step in every(journey.steps) if isinstance(step, Branch) for arm in step.arms)
    named |= {where.property for arm in arms for where in arm.entry}
    found = {name: find(properties, name) for name in sorted(named)}
    return {name: value for name, value in found.items() if value is not None}


def event_of(passage: Passage) -> tuple[str, str] | None:
    """Give owner and moment of the event that somebody entered by; None where there was none."""
    owner, _, moment = passage.event.partition(" ")
    return (owner, moment) if moment else None


def ending_of(step: Step, way: int) -> Ending:
    """Say how a journey ends for who leaves it, or comes to its end, from a step."""
    if isinstance(step, Hold) and way > len(step.ways):
        return "restless"
    return _ENDINGS.get(type(step), "finished")


def going_on(journey: Journey, answers: Mapping[str, int]) -> Iterator[tuple[Place, int | None]]:
    """List the places that somebody comes to with answers, each with the way that was taken: None at the last."""
    way = walk(journey.steps)
    try:
        place = next(way)
        while place.name in answers:
            yield place, answers[place.name]
            place = way.send(answers[place.name])
        yield place, None
    except StopIteration:
        return


def next_place(journey: Journey, answers: Mapping[str, int]) -> str:
    """Name the place where somebody is with answers."""
    name = END
    for place, way in going_on(journey, answers):
        name = place.name if way is None else END
    return name


def arrive(passage: Passage, journey: Journey, place: str, now: int, token: str = "") -> Passage:
    """Let somebody be at a place that the machine asks for; `token` lets them go on from there."""
    if place == passage.place:
        return _asked_again(passage, journey, now, token)
    answers = {**passage.answers, **_left_open(passage, journey, place)}
    since = _since(passage, answers, now)
    moved = replace(passage, place=place, since=since, until=None, token=token, restarts=0, tried=None, released=None)
    return _holding(replace(moved, answers=answers), journey, now)


def answered(passage: Passage, way: int, until: int | None = None) -> Passage:
    """Remember the way by which somebody leaves the place where they are, and until when they wait there."""
    return replace(passage, answers={**passage.answers, passage.place: way}, until=until)


def ended(passage: Passage, journey: Journey) -> Passage:
    """End a passage that has come to its last place."""
    last = came_from(passage, journey)
    ending = ending_of(last.step, last.way) if last else "finished"
    return replace(passage, ended=passage.since, ending=ending)


def came_from(passage: Passage, journey: Journey) -> Left | None:
    """Say which place somebody left for the one where they are; None at the first."""
    before: tuple[Place, int] | None = None
    for place, way in going_on(journey, passage.answers):
        if place.name == passage.place or way is None:
            break
        before = place, way
    if before is None:
        return None
    place, way = before
    return Left(place.name, place.step, way, in_a_word(place.step, way), passage.since)


def in_a_word(step: Step, way: int) -> str:
    """Say what came of a step, as it is measured; a message says more by itself."""
    match step:
        case Wait() | WaitForTime():
            return "time"
        case WaitForDate():
            return "missing" if way else "time"
        case Hold(_, _, ways):
            return "time" if way == len(ways) else str(way)
        case Branch(_, arms):
            return str(way) if way < len(arms) else "otherwise"
        case Split(_, parts):
            return parts[way].name if way < len(parts) else "none"
        case _:
            return "done" if way == 0 else "failed"


def waits(step: Step, way: int) -> bool:
    """Say whether somebody stays at a place after it was answered, so that they leave it when the next is asked for."""
    return isinstance(step, Wait | WaitForTime | Hold) or (isinstance(step, WaitForDate) and way == 0)


def is_older(one: Passage, other: Passage) -> bool:
    """Say which of two passages with one key survives, where two people turn out to be one."""
    return (one.at, one.owner, one.id) < (other.at, other.owner, other.id)


def gives_way(passage: Passage, others: Sequence[Passage]) -> bool:
    """
    Say whether a person goes through with the same key already, for longer, or still did when this passage began.

    So it does not matter which of two who became one is asked first, and the other may be done by then.
    """
    return any(
        one.journey == passage.journey
        and one.key == passage.key
        and one.ending not in _UNSEEN
        and (one.ended is None or one.ended > passage.at)
        and is_older(one, passage)
        for one in others
    )


def _asked_again(passage: Passage, journey: Journey, now: int, token: str) -> Passage:
    if not token or token in passage.token.split():
        return passage
    tokens = " ".join([*passage.token.split(), token][-TOKENS:])
    step = step_at(journey, passage.place)
    is_anew = (
        passage.released is not None and isinstance(step, Hold) and isinstance(turns(step)[passage.released], Anew)
    )
    asked = replace(passage, token=token if is_anew else tokens, released=None if is_anew else passage.released)
    return _holding(asked, journey, now) if asked.released is None else asked


def _holding(passage: Passage, journey: Journey, now: int) -> Passage:
    step = step_at(journey, passage.place)
    if not isinstance(step, Hold) or passage.place in passage.answers:
        return passage
    return replace(passage, until=max(passage.since, now) + step.at_most)


def _left_open(passage: Passage, journey: Journey, place: str) -> Mapping[str, int]:
    """Say by which way a hold was left, now that the machine asks for the next place."""
    step = step_at(journey, passage.place)
    if not isinstance(step, Hold) or passage.place in passage.answers:
        return {}
    ways = [number for number, way in enumerate(turns(step)) if not isinstance(way, Anew)]
    preferred = sorted(ways, key=lambda number: (number != passage.released, number != len(step.ways), number))
    for number in preferred:
        if next_place(journey, {**passage.answers, passage.place: number}) == place:
            return {passage.place: number}
    return {passage.place: len(step.ways)}


def _since(passage: Passage, answers: Mapping[str, int], now: int) -> int:
    """Say when somebody comes to the next place: once what they waited for was there, else at once."""
    if passage.until is None:
        return passage.since
    if passage.released is not None and answers.get(passage.place) != passage.released:
        return max(passage.since, min(passage.until, now))  # the time was over before the machine heard of it
    return passage.until
