"""An erasure races with events, merges, splits, rebuilds and its own workers, in orders that a seed repeats."""

from collections.abc import Callable
from functools import partial
from random import Random

import pytest

from local.world.erasing import MemoryLarge
from local.world.lake import MemoryLake
from local.world.ledger_copies import MemoryLedgerCopies
from local.world.memory import MemoryDatabase
from local.world.world import Counts
from regulars.domain.catalog import Live
from regulars.domain.events import Event
from regulars.domain.instants import HOUR, SECOND
from regulars.domain.lake import LakeTable, Row
from regulars.domain.privacy_requests import Request
from regulars.domain.remains import Going
from regulars.errors import ConflictError, NotFoundError, RequestError
from regulars.pipeline.erase_worker import EraseWorker, Places
from regulars.pipeline.evaluate import Evaluator
from regulars.pipeline.graphs import Graphs
from regulars.pipeline.journey_forgetting import NothingRuns
from regulars.pipeline.rebuild import Rebuilder
from regulars.pipeline.resolve import Resolver
from regulars.pipeline.unmerge import Unmerger
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import KEYS
from regulars.stores.definitions import Definition
from regulars.stores.events import EventStore
from regulars.stores.identities import LINK, part_from_item
from regulars.stores.privacy_requests import RequestStore
from tests.builders import START, an_event
from tests.world.erasures import is_ledger
from tests.world.merges import LIFTED
from tests.world.schedule import Schedule

VIEWS = {"where": {"event": "Product Viewed", "count": {"at_least": 2}}, "anonymous": True}
KINDS = ("user_id", "email", "anonymous_id")


class _NoFiles:
    """A lake that holds nothing writes nothing anew."""

    def forget(self, table: LakeTable, content: bytes, gone: object) -> None:
        """Find nothing."""

    def going(self, content: bytes, gone: object, now: int) -> list[Going]:
        """There is no file to look into."""
        raise NotImplementedError

    def write(self, table: LakeTable, rows: object) -> bytes:
        """There is nothing to write."""
        raise NotImplementedError

    def rows(self, table: LakeTable, content: bytes) -> list[Row]:
        """There is no file to read."""
        raise NotImplementedError


class _NoQueue:
    """Timers that nobody waits for."""

    def send(self, timers: object, *, now: int) -> None:
        """Send nothing."""


class Race:
    """A dozen identifiers, whose events are resolved while one of their people is erased."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.schedule = Schedule(seed, crash=0.01)
        self.now = START
        self.database = MemoryDatabase(self.schedule.hook, self.clock)
        CatalogStore(self.database).put(Definition(kind="segment", id="views", content=VIEWS))
        self.events = [self._event(number) for number in range(14)]
        self.requests = RequestStore(self.database)
        self.victim = self.events[0].owner
        request = Request(id="q1", kind="erasure", by="s", received=START, state="verified", identifiers=1)
        self.requests.save(request)
        self.requests.add("q1", [self.victim])

    def clock(self) -> int:
        """Give the instant; no two looks give the same."""
        self.now += 1
        return self.now

    def _event(self, number: int) -> Event:
        owners = [f"{KINDS[index % 3]}:{index:x}" for index in range(9)]
        links = self.random.sample(owners, self.random.choice([1, 2, 2, 3]))
        return an_event(number, links=tuple(sorted(links, key=lambda owner: KINDS.index(owner.split(":")[0]))))

    def run(self) -> None:
        """Store some before; let all the others, splits, rebuilds and two workers race; then let time pass."""
        for event in self.events[:5]:
            self._store(event)
        jobs: list[Callable[[], None]] = [partial(self._store, event) for event in self.events[5:]]
        jobs += [self._rebuild, self._split, self._work, self._work]
        jobs += [partial(self._evaluate, owner) for owner in sorted({event.owner for event in self.events})]
        self.schedule.run(jobs)
        self.now += 20 * 60 * SECOND
        while not self._finish():
            self.now += HOUR

    def _store(self, event: Event) -> None:
        EventStore(self.database).insert([event])
        resolver = Resolver(self.database, Counts(), self.clock)
        resolver.start_batch()
        resolver.live = Live(rules=LIFTED, watches=resolver.live.watches)
        resolver.apply(event.owner, [event], stored=self.now)

    def _rebuild(self) -> None:
        mender = Rebuilder(self.database, Counts(), self.clock)
        mender.start_batch()
        mender.owners(sorted({event.owner for event in self.events}))

    def _evaluate(self, owner: str) -> None:
        evaluator = Evaluator(self.database, _NoQueue(), Counts(), self.clock)
        evaluator.start_batch()
        evaluator.evaluate(f"p_{owner}")

    def _split(self) -> None:
        graphs, unmerger = Graphs(self.database, map), Unmerger(self.database, map, self.clock)
        try:
            graph = graphs.read(f"p_{self.victim}")
            leaving = [self.random.choice(graph.profile.owners)]
            preview = unmerger.preview(graph, leaving, by="s")
            unmerger.unmerge(preview, version=preview.version)
        except (ConflictError, NotFoundError, RequestError):
            return

    def _work(self) -> None:
        try:
            self._finish()
        except ConflictError:
            return  # the other worker was first: its state machine asks it again

    def _finish(self) -> bool:
        places = Places(
            large=MemoryLarge(),
            failures=MemoryLarge(),
            lake=MemoryLake(),
            format=_NoFiles(),
            exports=MemoryLarge(),
            copies=MemoryLedgerCopies(),
            machines=NothingRuns(),
        )
        worker = EraseWorker(self.database, places, Counts(), self.clock, map)
        return worker.work("q1", has_time=lambda: True).done

    def faults(self) -> list[str]:
        """List where somebody who is gone is still named, and whom else something was taken from."""
        gone = {one.owner for one in self.requests.all_doomed("q1")}
        found = [
            f"{owner} in {table}: {item}"
            for table in KEYS
            for item in self.database.all(table)
            if not is_ledger(table, item)
            for owner in gone
            if any(owner in str(value).replace("~", " ").replace("p_", " ").split() for value in item.values())
            and not (table == "events" and item["owner"] not in gone)
        ]
        parts = [part_from_item(item) for item in self.database.all("identities") if item["part"] != LINK]
        for part in parts:
            stored = [event for event in EventStore(self.database).of(part.owner) if event.name == "Product Viewed"]
            if part.name.startswith("event#") and part.state.count != len(stored):
                found.append(f"{part.owner} has counted {part.state.count} of {len(stored)}")
        kept = [event for event in self.events if event.owner not in gone]
        lost = [event.moment for event in kept if EventStore(self.database).get(event.owner, event.moment) is None]
        return found + [f"the event {moment} of somebody else is lost" for moment in lost]


@pytest.mark.parametrize("start", range(0, 60, 20))
def test_nothing_of_the_person_is_left_and_nothing_of_others_lost(start: int) -> None:
    for seed in range(start, start + 20):
        race = Race(seed)
        race.run()

        assert race.faults() == [], f"seed {seed}"


def test_the_race_is_one() -> None:
    sizes = set()
    for seed in range(12):
        race = Race(seed)
        race.run()
        sizes.add(sum(1 for _ in race.requests.all_doomed("q1")))

    assert len(sizes) > 1
