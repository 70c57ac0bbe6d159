"""One trial of a hot owner: most of the traffic on one identifier, and how long the others wait for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from local.world.memory import Change
from local.world.world import World
from regulars.domain.events import Event
from regulars.domain.instants import SECOND
from regulars.stores.database import TableName, size_of, text
from tests.builders import START, an_event
from tests.world.conservation import losses

HOT = "anonymous_id:hot"
A_CALL = 4_000  # microseconds that a call of the database takes
APART = 50_000  # between two others, on average: twenty a second
SHARE = 4  # events of the hot one for each of the others: four fifths of all
SEGMENTS = {
    "looked": {"where": {"event": "Product Viewed"}, "anonymous": True},
    "fans": {"where": {"event": "Product Viewed", "count": {"at_least": 100}}, "anonymous": True},
}


@dataclass(frozen=True, slots=True)
class Waited:
    """How long others waited (microseconds, 95 of 100), what was lost or doubled, and the largest part (bytes)."""

    counted: int
    evaluated: int
    lost: int
    doubled: int
    largest: int


def trial(others: int, *, hot: bool, seed: int = 1) -> Waited:
    """
    Let passers-by come, each once, and between them one who does four times as much as all of them.

    One lane, as it is deployed, in which everybody waits behind the hot one; and one clock for all functions.
    """
    events = [event for event in _events(Random(seed), others) if hot or event.owner != HOT]
    world = World(lanes=1)
    for name, content in SEGMENTS.items():
        world.define("segment", name, content)
    counted, evaluated = _Firsts(world, "identities", "owner"), _Firsts(world, "memberships", "profile_id")
    _live_through(world, events)
    arrivals = {event.owner: event.arrival for event in events if event.owner != HOT}
    lost, doubled = losses(world, events, reached={event.owner for event in events}, later=set())
    return Waited(
        counted=_p95(counted.at[owner] - at for owner, at in arrivals.items()),
        evaluated=_p95(evaluated.at[f"p_{owner}"] - at for owner, at in arrivals.items()),
        lost=lost,
        doubled=doubled,
        largest=max(map(size_of, world.database.all("identities"))),
    )


class _Firsts:
    """When something was first written of each owner."""

    def __init__(self, world: World, table: TableName, key: str) -> None:
        self.at: dict[str, int] = {}
        self._key = key
        world.let_read(table, self._note)

    def _note(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self.at.setdefault(text(change.new or {}, self._key), change.at)


def _events(random: Random, others: int) -> list[Event]:
    """The others at random instants; the hot one does the same at the same rate, with or without being looked at."""
    events, at = [], START
    for number in range(others):
        at += round(random.expovariate(1 / APART))
        events.append(an_event(number, at=at, arrival=at, links=(f"anonymous_id:{number}",)))
    last = at
    for number in range(others, others * (SHARE + 1)):
        at = random.randrange(START, last)
        events.append(an_event(number, at=at, arrival=at, links=(HOT,)))
    return sorted(events, key=lambda event: event.arrival)


def _live_through(world: World, events: Sequence[Event]) -> None:
    """Store each event when it arrives, and work off what there is, each call taking its time."""
    clock, done = world.clock, 0

    def take_time(_operation: str, _table: TableName) -> None:
        clock.advance_to(clock.now + A_CALL)

    while done < len(events):
        clock.advance_to(events[done].arrival)
        due = done
        while due < len(events) and events[due].arrival <= clock.now:
            due += 1
        world.database.hook = None
        world.store(*events[done:due])
        world.database.hook = take_time
        world.settle()
        done = due
    world.advance(clock.now + SECOND)


def _p95(waits: Iterable[int]) -> int:
    ordered = sorted(waits)
    return ordered[len(ordered) * 95 // 100]
