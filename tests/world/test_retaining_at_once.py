"""Two sweeps race with events, redrives, rebuilds and evaluations, in orders that a seed repeats."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random

import pytest

from local.world.erasing import MemoryLarge
from local.world.memory import MemoryDatabase
from local.world.world import Counts
from regulars.domain.catalog import Live
from regulars.domain.events import Event
from regulars.domain.instants import DAY, HOUR, SECOND
from regulars.domain.retention import Retention
from regulars.errors import ConflictError
from regulars.pipeline.evaluate import Evaluator
from regulars.pipeline.forgetting import LIFE
from regulars.pipeline.rebuild import Rebuilder
from regulars.pipeline.resolve import Resolver
from regulars.pipeline.retaining import Ground, Retainer
from regulars.stores.catalog import CatalogStore
from regulars.stores.definitions import Definition
from regulars.stores.departures import DepartureStore
from regulars.stores.events import EventStore
from regulars.stores.identities import LINK, link_from_item, part_from_item
from regulars.stores.profiles import ProfileStore
from regulars.stores.vault import VaultStore
from tests.builders import START, an_event
from tests.world.merges import LIFTED
from tests.world.schedule import Schedule

VIEWS = {"where": {"event": "Product Viewed", "count": {"at_least": 2}}, "anonymous": True}
PERIODS = {"default": "31 days", "anonymous": "31 days", "profiles": "90 days"}
RULES = Retention(default=31 * DAY)
VIEWED = "event#Product Viewed"


class _NoQueue:
    """Timers that nobody waits for."""

    def send(self, timers: object, *, now: int) -> None:
        """Send nothing."""


class Race:
    """A few devices and people: some came once, long ago; some come in the moment in which they are forgotten."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.schedule = Schedule(seed, crash=0.01)
        self.now = START + HOUR
        self.database = MemoryDatabase(self.schedule.hook, self.clock)
        catalog = CatalogStore(self.database)
        catalog.put(Definition(kind="segment", id="views", content=VIEWS))
        catalog.put(Definition(kind="retention", id="periods", content=PERIODS))
        self.old = [self._event(number, START + number * SECOND) for number in range(5)]
        self.new: list[Event] = []

    def clock(self) -> int:
        """Give the instant; no two looks give the same."""
        self.now += 1
        return self.now

    def _event(self, number: int, at: int) -> Event:
        links = self.random.choice(
            [("anonymous_id:a",), ("anonymous_id:a",), ("anonymous_id:b",), ("user_id:u", "anonymous_id:d")]
        )
        event = an_event(number, links=links, at=at)
        return replace(event, kept_until=RULES.stamp(event, stored=at))

    def run(self) -> None:
        """Store the old ones; a month later let everything race; then let time pass."""
        for event in self.old:
            self._store(event)
        self.now = START + 32 * DAY
        self.new = [self._event(100 + number, self.now) for number in range(self.random.randrange(1, 5))]
        jobs: list[Callable[[], None]] = [partial(self._store, event) for event in self.new]
        jobs += [self._sweep, self._sweep, self._rebuild, partial(self._resolve, self.random.choice(self.old))]
        owners = sorted({event.owner for event in self.old + self.new})
        jobs += [partial(self._evaluate, owner) for owner in owners]
        self.schedule.run(jobs)
        for _ in range(3):
            self.now += LIFE
            self._sweep()

    def _store(self, event: Event) -> None:
        vault = VaultStore(self.database)
        if event.owner not in vault.get_many([event.owner]):
            vault.create(event.owner, b"key")
        EventStore(self.database).insert([event])
        self._resolve(event)

    def _resolve(self, event: Event) -> None:
        resolver = Resolver(self.database, Counts(), self.clock)
        resolver.start_batch()
        resolver.live = Live(rules=LIFTED, watches=resolver.live.watches)
        resolver.apply(event.owner, [event], stored=self.now)

    def _rebuild(self) -> None:
        mender = Rebuilder(self.database, Counts(), self.clock)
        mender.start_batch()
        mender.owners(sorted({event.owner for event in self.old + self.new}))

    def _evaluate(self, owner: str) -> None:
        evaluator = Evaluator(self.database, _NoQueue(), Counts(), self.clock)
        evaluator.start_batch()
        evaluator.evaluate(f"p_{owner}")

    def _sweep(self) -> None:
        def report(_owner: str, error: Exception) -> None:
            if not isinstance(error, ConflictError):
                raise error

        ground = Ground(large=MemoryLarge(), report=report)
        try:
            Retainer(self.database, ground, Counts(), self.clock).work(has_time=lambda: True)
        except ConflictError:
            return  # the other worker was first: the next hour goes on

    def faults(self) -> list[str]:
        """List what was lost, counted twice, or left of somebody who is gone."""
        owners = sorted({owner for event in self.old + self.new for owner in event.links})
        found = [f"{each.id} is not over" for each in DepartureStore(self.database).all()]
        for owner in owners:
            found += self._faults_of(owner)
        profiles = ProfileStore(self.database)
        for link in (link_from_item(item) for item in self.database.all("identities") if item["part"] == LINK):
            root = profiles.root(link.profile_id)
            if root is None or link.owner not in root.owners:
                found.append(f"{link.owner} leads nowhere")
        return found

    def _faults_of(self, owner: str) -> list[str]:
        stored = {event.moment for event in EventStore(self.database).of(owner)}
        old = {event.moment for event in self.old if event.owner == owner}
        new = {event.moment for event in self.new if event.owner == owner}
        found = [f"{moment} is lost" for moment in new - stored]
        if old & stored not in (old, set()):
            found.append(f"{owner} is half gone")
        counted = self._counted(owner)
        if counted != len(stored):
            found.append(f"{owner} has counted {counted} of {len(stored)}")
        if (old or new) and (self.database.get("vault", owner) is None) != (not stored):
            found.append(f"{owner} has {len(stored)} events, and a key or none")
        if not stored and self.database.get("identities", owner, LINK) is None:
            found += [f"{owner} is gone, but for {row}" for row in self.database.query("memberships", f"p_{owner}")]
        return found

    def _counted(self, owner: str) -> int:
        parts = [part_from_item(item) for item in self.database.query("identities", owner) if item["part"] != LINK]
        return next((part.state.count for part in parts if part.name == VIEWED), 0)


@pytest.mark.parametrize("start", range(0, 90, 30))
def test_no_event_is_lost_and_nobody_is_half_gone(start: int) -> None:
    for seed in range(start, start + 30):
        race = Race(seed)
        race.run()

        assert race.faults() == [], f"seed {seed}"


def test_the_race_is_one() -> None:
    left = set()
    for seed in range(20):
        race = Race(seed)
        race.run()
        left.add((len(race.new), len(race.database.all("events"))))

    assert len(left) > 5
