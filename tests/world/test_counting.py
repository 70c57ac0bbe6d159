"""Each event is counted once, however many workers count the events of one owner at once, and die of it."""

from functools import partial

from local.world.memory import MemoryDatabase
from local.world.world import Counts
from regulars.domain.catalog import next_watches
from regulars.domain.events import Event
from regulars.domain.parts import fold
from regulars.domain.segment_definitions import parse
from regulars.domain.watches import Watches
from regulars.pipeline.resolve import Resolver
from regulars.stores.catalog import CatalogStore, Definition
from regulars.stores.events import EventStore
from regulars.stores.identities import IdentityStore
from tests.builders import an_event
from tests.world.schedule import Schedule

VIEWS = {"where": {"event": "Product Viewed", "count": {"at_least": 3}, "within": "1 days"}}


def count_at_once(seed: int, workers: int) -> tuple[object, object]:
    """Let workers apply events of one owner at the same time; give what was counted and what should be."""
    schedule = Schedule(seed, crash=0.05)
    database = MemoryDatabase(schedule.hook)
    CatalogStore(database).put(Definition(kind="segment", id="views", content=VIEWS))
    events = [an_event(number) for number in range(workers)]
    resolvers = [Resolver(database, Counts()) for _ in events]
    for resolver in resolvers:
        resolver.start_batch()
    pairs = zip(resolvers, events, strict=True)
    jobs = [partial(store_and_apply, database, resolver, event) for resolver, event in pairs]
    schedule.run([*jobs, *jobs[: workers // 2]])
    part = IdentityStore(database).part("anonymous_id:a", "event#Product Viewed")
    watches = next_watches(Watches(by_event={}), [parse("views", VIEWS)])
    return part and part.state, fold("anonymous_id:a", "event#Product Viewed", events, watches, version=0).state


def store_and_apply(database: MemoryDatabase, resolver: Resolver, event: Event) -> None:
    """Do to one event what door and resolver do."""
    EventStore(database).insert([event])
    resolver.apply(event.owner, [event])


def test_workers_that_count_one_owner_at_once_count_each_event_once() -> None:
    for seed in range(60):
        counted, expected = count_at_once(seed, 2 + seed % 20)
        assert counted == expected, f"seed {seed}"


def test_an_event_older_than_all_that_is_remembered_is_counted_once() -> None:
    database = MemoryDatabase()
    CatalogStore(database).put(Definition(kind="segment", id="views", content=VIEWS))
    resolver = Resolver(database, Counts())
    resolver.start_batch()
    late, *others = [an_event(number) for number in range(100)]
    for event in [*others, late, late]:
        store_and_apply(database, resolver, event)

    part = IdentityStore(database).part("anonymous_id:a", "event#Product Viewed")
    assert part is not None
    assert part.state.count == 100
