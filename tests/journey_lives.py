"""Passages through journeys as they might have been, what is told of them, and a lake with that."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from regulars.adapters.lake_engine import LakeEngine, lake_engine
from regulars.adapters.parquet import Parquet
from regulars.analytics.journey_counts import Span
from regulars.domain.events import Event
from regulars.domain.instants import DAY, HOUR, SECOND
from regulars.domain.journey_deeds import JourneyEvent, event_of
from regulars.domain.journey_events import ended, entered, goal_met, message_told, not_sent, passed
from regulars.domain.journey_reports import VersionReport, report
from regulars.domain.journey_walks import Place, walk
from regulars.domain.journeys import Branch, Hold, Journey, Send, Split, turns
from regulars.domain.lake import EVENTS, IDENTITY
from regulars.domain.lake_rows import event_row, identity_row
from regulars.domain.passages import Ending, Message, Passage
from regulars.domain.profiles import Profile
from tests.builders import START

NOW = START + 300 * DAY


@dataclass(slots=True)
class Life:
    """A passage with what came of it: the ways it took, the place it is at (None: it came to the end), and messages."""

    passage: Passage
    ways: list[tuple[str, int, str]] = field(default_factory=list)
    at: str | None = None
    sent: list[tuple[str, str]] = field(default_factory=list)  # place, and reason ("" for sent)
    told: list[JourneyEvent] = field(default_factory=list)
    is_out: bool = False  # of all messages of marketing


def a_life(journey: Journey, random: Random, owner: str, number: int) -> Life:
    """Let somebody go through a journey by chance, up to now or up to an end that is no step's."""
    at = START + random.randrange(100 * DAY)
    held_out = random.randrange(100) < journey.holdout
    ending: Ending | None = "held_out" if held_out else None
    id = f"{random.getrandbits(128):032x}"
    life = Life(Passage(owner=owner, journey=journey.id, number=number, id=id, key="", at=at, ending=ending))
    life.told.append(entered(life.passage))
    life.is_out = random.random() < 0.2
    if not held_out:
        _go(life, journey, random)
    if journey.goal and random.random() < 0.3:
        life.passage = replace(life.passage, converted=at + random.randrange(journey.goal.within))
        life.told.append(goal_met(life.passage))
    return life


def _go(life: Life, journey: Journey, random: Random) -> None:
    way, at = walk(journey.steps), life.passage.at
    place, restarts = next(way, None), 0
    while place is not None:
        life.at = place.name
        fate = random.random()
        if fate < 0.06:
            _end(life, random.choice(["exit", "goal", "stopped", "failed"]), at, place.name)
            return
        if fate < 0.12:
            return
        at += random.choice([0, 0, HOUR])
        number = random.randrange(len(turns(place.step)))
        restarts += 1
        if isinstance(place.step, Send):
            _send(life, place, place.step, random, at)
        came = came_of(place, number)
        life.ways.append((place.name, number, came))
        life.told.append(passed(life.passage, place.name, number, came, at, turn=restarts))
        before = place
        try:
            place = way.send(number)
        except StopIteration:
            life.at = None
            if random.random() < 0.9:  # else it has not been told yet
                _end(life, natural_end(before, number), at, before.name)
            return
    life.at = None
    _end(life, "finished", at, "")


def _end(life: Life, ending: Ending, at: int, place: str) -> None:
    life.passage = replace(life.passage, ended=at, ending=ending, place=place)
    life.told.append(ended(life.passage))


def natural_end(place: Place, number: int) -> Ending:
    """How somebody leaves the journey by a way of a place."""
    if isinstance(place.step, Hold) and number > len(place.step.ways):
        return "restless"
    kinds: Mapping[str, Ending] = {"Move": "moved", "Exit": "exit"}
    return kinds.get(type(place.step).__name__, "finished")


def came_of(place: Place, number: int) -> str:
    """Say in a word what came of a place, as a simulation does."""
    match place.step:
        case Hold(_, _, ways):
            return "time" if number == len(ways) else str(number)
        case Branch(_, arms):
            return "otherwise" if number == len(arms) else str(number)
        case Split(_, parts):
            return "none" if number == len(parts) else parts[number].name
        case Send():
            return "sent"
        case _:
            return "done"


def _send(life: Life, place: Place, send: Send, random: Random, at: int) -> None:
    if random.random() < 0.3 or life.is_out:
        reason = random.choice(["consent", "held_out"] if life.is_out else ["consent", "capped", "suppressed"])
        life.sent.append((place.name, reason))
        life.told.append(not_sent(life.passage, place.name, send, reason, at))
        return
    life.sent.append((place.name, ""))
    message = Message(
        owner=life.passage.owner,
        passage=life.passage.id,
        place=place.name,
        journey=life.passage.journey,
        number=life.passage.number,
        channel=send.channel,
        template=send.template,
        purpose=send.purpose,
        kind=send.kind,
        at=at,
        outcome="sent",
        settled=at,
    )
    life.told.append(message_told(message))


def events_of(lives: Sequence[Life]) -> list[Event]:
    """All that is told of lives."""
    return [event_of(life.passage.owner, told, arrival=told.at) for life in lives for told in life.told]


@cache
def _parquet() -> Parquet:
    return Parquet()


@contextmanager
def lake_of(events: Sequence[Event], people: Sequence[Profile] = (), files: int = 3) -> Iterator[LakeEngine]:
    """Open a lake with events, in some files."""
    with TemporaryDirectory() as name:
        folder, paths = Path(name), dict[str, list[str]]()
        for number in range(files):
            path = folder / f"events/day=2026-01-01/{number}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_parquet().write(EVENTS, [event_row(event) for event in events[number::files]]))
            paths.setdefault("events", []).append(str(path))
        if people:
            path = folder / "identity/day=2026-01-01/1.parquet"
            path.parent.mkdir(parents=True)
            path.write_bytes(_parquet().write(IDENTITY, [identity_row(None, profile) for profile in people]))
            paths["identity"] = [str(path)]
        with lake_engine(paths, folder, memory="1GB") as engine:
            yield engine


def reported(
    events: Sequence[Event],
    versions: Mapping[int, Journey],
    *,
    draft: Journey | None = None,
    people: Sequence[Profile] = (),
    since: int = 0,
    now: int = NOW,
) -> Sequence[VersionReport]:
    """Report on a journey from what was told of it."""
    id = next(iter(versions.values())).id
    with lake_of(events, people) as engine:
        return report(engine.journey(Span(journey=id, since=since, until=now), versions, now), versions, draft)


def merged(number: int, *owners: str) -> Profile:
    """A profile of several identifiers."""
    return Profile(profile_id=f"p_{owners[0]}", version=number, owners=owners, since=START, changed=START + SECOND)
