"""Each event is counted once, however many workers count the events of one owner at once, and die of it."""

from collections.abc import Callable
from functools import partial
from itertools import count
from random import Random

from local.world.memory import MemoryDatabase
from local.world.world import Counts, World
from regulars.domain.catalog import next_watches
from regulars.domain.events import Event
from regulars.domain.instants import SECOND
from regulars.domain.parts import SKEW, fold
from regulars.domain.segment_definitions import parse
from regulars.domain.watches import Watches
from regulars.pipeline.ports import Clock
from regulars.pipeline.resolve import Resolver
from regulars.stores.catalog import CatalogStore
from regulars.stores.definitions import Definition
from regulars.stores.events import EventStore
from regulars.stores.identities import IdentityStore
from tests.builders import an_event
from tests.world.schedule import Schedule

VIEWS = {"where": {"event": "Product Viewed", "count": {"at_least": 3}, "within": "1 days"}}


def count_at_once(seed: int, workers: int) -> tuple[object, object]:
    """Let workers apply events of one owner at the same time; give what was counted and what should be."""
    schedule = Schedule(seed, crash=0.05)
    clock = partial(
        next, count(step=SECOND)
    )  # seconds pass at every look, so that some foldings are whole and some not
    database = MemoryDatabase(schedule.hook, clock)
    CatalogStore(database).put(Definition(kind="segment", id="views", content=VIEWS))
    events = [an_event(number) for number in range(workers)]
    resolvers = [Resolver(database, Counts(), clock) for _ in events]
    for resolver in resolvers:
        resolver.start_batch()
    pairs = zip(resolvers, events, strict=True)
    jobs = [partial(store_and_apply, database, resolver, event, clock) for resolver, event in pairs]
    schedule.run([*jobs, *jobs[: workers // 2]])
    part = IdentityStore(database).part("anonymous_id:a", "event#Product Viewed")
    watches = next_watches(Watches(by_event={}), [parse("views", VIEWS)])
    return part and part.state, fold("anonymous_id:a", "event#Product Viewed", events, watches, version=0, read=0).state


def store_and_apply(database: MemoryDatabase, resolver: Resolver, event: Event, clock: Clock) -> None:
    """Do to one event what door and resolver do."""
    EventStore(database).insert([event])
    resolver.apply(event.owner, [event], stored=clock())


def test_workers_that_count_one_owner_at_once_count_each_event_once() -> None:
    for seed in range(60):
        counted, expected = count_at_once(seed, 2 + seed % 20)
        assert counted == expected, f"seed {seed}"


def test_an_event_older_than_all_that_is_remembered_is_counted_once() -> None:
    clock = partial(next, count(step=SECOND))
    database = MemoryDatabase(clock=clock)
    CatalogStore(database).put(Definition(kind="segment", id="views", content=VIEWS))
    resolver = Resolver(database, Counts(), clock)
    resolver.start_batch()
    late, *others = [an_event(number) for number in range(100)]
    for event in [*others, late, late]:
        store_and_apply(database, resolver, event, clock)

    part = IdentityStore(database).part("anonymous_id:a", "event#Product Viewed")
    assert part is not None
    assert part.state.count == 100


def test_an_event_that_somebody_else_counts_during_a_folding_is_kept() -> None:
    clock = partial(next, count(step=SECOND))
    during: list[Callable[[], None]] = []

    def hook(operation: str, table: str) -> None:
        if (operation, table) == ("put", "identities") and during:
            during.pop()()

    database = MemoryDatabase(hook, clock)
    CatalogStore(database).put(Definition(kind="segment", id="views", content=VIEWS))
    resolver, other = (Resolver(database, Counts(), clock) for _ in range(2))
    resolver.start_batch()
    other.start_batch()
    late, *events, last = [an_event(number) for number in range(100)]
    for event in events:
        store_and_apply(database, resolver, event, clock)
    during.append(partial(store_and_apply, database, other, last, clock))
    store_and_apply(database, resolver, late, clock)  # is below the floor: folded from a reading without the last

    part = IdentityStore(database).part("anonymous_id:a", "event#Product Viewed")
    assert part is not None
    assert not during
    assert part.state.count == 100


def test_a_flood_that_comes_late_and_out_of_order_is_folded_once_and_not_with_each_batch() -> None:
    world = World(batch=10)
    world.define("segment", "views", VIEWS)
    flood = [an_event(number) for number in range(1_000)]
    world.store(*Random(1).sample(flood, len(flood)))
    world.clock.advance_to(world.clock.now + 2 * SKEW)
    world.settle()

    part = IdentityStore(world.database).part("anonymous_id:a", "event#Product Viewed")
    assert part is not None
    assert part.state.count == 1_000
    assert world.journal.counts["folds"] + world.journal.counts["refolds"] == 1
