"""A rebuild makes every part what the events say, whatever happens meanwhile, and leaves alone what is right."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from random import Random
from typing import Any

import pytest

from local.world.chaos import CrashError
from local.world.memory import MemoryDatabase
from local.world.world import Counts, World
from regulars.domain.catalog import next_watches
from regulars.domain.events import Event
from regulars.domain.instants import SECOND
from regulars.domain.parts import Part, fold
from regulars.domain.rebuilding import Rebuilt
from regulars.domain.segment_definitions import parse
from regulars.domain.state import State, parts_of
from regulars.domain.watches import Watches
from regulars.errors import ConflictError
from regulars.pipeline.rebuild import Rebuilder
from regulars.pipeline.resolve import Resolver
from regulars.stores.catalog import CatalogStore
from regulars.stores.definitions import Definition
from regulars.stores.events import EventStore
from regulars.stores.identities import LINK, IdentityStore, part_from_item
from regulars.stores.rehearsal import Rehearsal
from tests.builders import an_event, an_identify
from tests.world.chaos_trial import LATER, SEGMENTS, compare, events_of
from tests.world.schedule import Schedule

VIEWS: dict[str, Any] = {"where": {"event": "Product Viewed", "count": {"at_least": 2}}, "anonymous": True}
VIEWED = "event#Product Viewed"


@pytest.fixture
def world() -> World:
    """A world in which views are counted."""
    made = World()
    made.define("segment", "views", VIEWS)
    return made


def rebuilder(world: World) -> Rebuilder:
    """Who rebuilds in a world."""
    made = Rebuilder(world.database, world.journal, world.clock)
    made.start_batch()
    return made


def part_of(world: World, owner: str = "anonymous_id:a", name: str = VIEWED) -> Part:
    """A part as it is stored."""
    part = IdentityStore(world.database).part(owner, name)
    assert part is not None
    return part


def all_owners(world: World) -> Sequence[str]:
    """Everybody who has events."""
    return world.database.partitions("events", segment=0, of=1, limit=1_000_000).partitions


def test_what_is_right_is_not_written(world: World) -> None:
    world.store(*(an_event(number) for number in range(50)), an_identify(60, plan="gold"))
    world.settle()
    world.store(*(an_event(number) for number in range(70, 80)))
    world.settle()
    before = world.database.all("identities"), world.database.all("profiles")

    rebuilt = rebuilder(world).owners(["anonymous_id:a", "user_id:u"])

    assert rebuilt == Rebuilt(identifiers=2, parts=2)
    assert (world.database.all("identities"), world.database.all("profiles")) == before


@pytest.mark.parametrize(
    "harm",
    [
        lambda part: replace(part, state=State(count=7)),
        lambda part: replace(part, marks=frozenset(sorted(part.marks)[1:])),
        lambda part: replace(part, state=State(count=1), marks=frozenset(sorted(part.marks)[:1])),
    ],
)
def test_what_is_wrong_is_folded_anew_once(world: World, harm: Any) -> None:
    world.store(*(an_event(number) for number in range(3)))
    world.settle()
    right = part_of(world)
    IdentityStore(world.database).save(harm(right))
    world.advance(world.clock.now + 120 * SECOND)

    first, second = rebuilder(world).owner("anonymous_id:a"), rebuilder(world).owner("anonymous_id:a")

    assert (first.changed, second.changed) == (1, 0)
    assert (part_of(world).state, part_of(world).marks) == (right.state, right.marks)


def test_a_lost_part_and_lost_links_come_back(world: World) -> None:
    world.store(an_identify(1, plan="gold"), an_event(2))
    world.settle()
    right = part_of(world, "user_id:u", "traits").state
    for item in world.database.all("identities"):
        world.database.delete("identities", str(item["owner"]), str(item["part"]))
    for item in world.database.all("profiles"):
        world.database.delete("profiles", str(item["profile_id"]))
    world.clock.advance_to(world.clock.now + 120 * SECOND)

    rebuilt = rebuilder(world).owners(["user_id:u", "anonymous_id:a"])

    assert rebuilt == Rebuilt(identifiers=2, parts=2, changed=1, outdated=1, linked=1)
    assert (world.journal.counts["parts_rebuilt"], world.journal.counts["links_rebuilt"]) == (1, 1)
    assert part_of(world, "user_id:u", "traits").state == right
    assert IdentityStore(world.database).link("anonymous_id:a") is not None


def test_an_event_that_is_on_its_way_is_counted_once_and_called_awaited(world: World) -> None:
    world.store(an_event(1, at=world.clock.now))
    world.settle()
    world.store(an_event(2, at=world.clock.now))

    rebuilt = rebuilder(world).owner("anonymous_id:a")
    world.settle()

    assert (rebuilt.awaited, rebuilt.changed) == (1, 0)
    assert part_of(world).state.count == 2


def test_a_rehearsal_says_what_a_rebuild_would_change_and_changes_nothing(world: World) -> None:
    world.store(an_identify(1, plan="gold"), an_event(2))
    world.advance(world.clock.now + 120 * SECOND)
    world.database.delete("identities", "user_id:u", "traits")
    world.database.delete("identities", "user_id:u", LINK)
    before = world.database.all("identities"), world.database.all("profiles")
    rehearsing = Rebuilder(Rehearsal(world.database), Counts(), world.clock)
    rehearsing.start_batch()

    would = rehearsing.owners(["user_id:u", "anonymous_id:a"])

    assert (world.database.all("identities"), world.database.all("profiles")) == before
    assert would == rebuilder(world).owners(["user_id:u", "anonymous_id:a"])
    assert (would.changed, would.linked) == (1, 1)


def test_a_part_that_nothing_live_reads_is_left_alone(world: World) -> None:
    world.store(an_event(1))
    world.settle()
    standing = world.catalog.get("segment", "views")
    assert standing is not None
    world.catalog.delete(standing)
    world.store(an_event(2))
    world.settle()

    assert rebuilder(world).owner("anonymous_id:a") == Rebuilt(identifiers=1)
    assert part_of(world).state.count == 1


def test_a_definition_that_comes_back_counts_what_happened_without_it(world: World) -> None:
    world.store(an_event(1))
    world.settle()
    standing = world.catalog.get("segment", "views")
    assert standing is not None
    world.catalog.delete(standing)
    world.store(an_event(2))
    world.settle()
    world.define("segment", "views", VIEWS)
    world.advance(world.clock.now + 60 * SECOND)

    world.store(an_event(3))
    world.settle()

    assert part_of(world).state.count == 3


def test_events_of_nobody_are_not_read(world: World) -> None:
    world.store(an_event(1, links=("nobody:0a",)))
    asked = world.database.bill.requests["query events"]

    assert rebuilder(world).owner("nobody:0a") == Rebuilt()
    assert world.database.bill.requests["query events"] == asked


def apply_and_rebuild(seed: int) -> tuple[State, State]:
    """Let events of one owner be applied and rebuilt at the same time; give what was counted and what should be."""
    schedule = Schedule(seed, crash=0.05)
    clock = partial(next, count(step=SECOND))
    database = MemoryDatabase(schedule.hook, clock)
    CatalogStore(database).put(Definition(kind="segment", id="views", content=VIEWS))
    events = [an_event(number) for number in range(3 + seed % 50)]
    resolver, mender = Resolver(database, Counts(), clock), Rebuilder(database, Counts(), clock)
    resolver.start_batch()
    mender.start_batch()

    def store_and_apply(event: Event) -> None:
        EventStore(database).insert([event])
        resolver.apply(event.owner, [event], stored=clock())

    def rebuild() -> None:
        mender.owner("anonymous_id:a")

    schedule.run([*(partial(store_and_apply, event) for event in events), *[rebuild] * 4])
    part = IdentityStore(database).part("anonymous_id:a", VIEWED)
    watches = next_watches(Watches(by_event={}), [parse("views", VIEWS)])
    folded = fold("anonymous_id:a", VIEWED, events, watches, version=0, read=0)
    return part.state if part else State(), folded.state


def test_nothing_is_counted_twice_while_events_arrive() -> None:
    for seed in range(60):
        counted, expected = apply_and_rebuild(seed)
        assert counted == expected, f"seed {seed}"


@pytest.mark.parametrize("seed", range(1, 4))
def test_after_harm_and_crashes_every_part_is_what_the_oracle_says(seed: int) -> None:
    random = Random(seed)
    world = World(lanes=3, batch=30)
    for name, content in (SEGMENTS | LATER).items():
        world.define("segment", name, content)
    events = events_of(random, 600)
    world.store(*events[:400])
    world.advance(events[400].at + 600 * SECOND)
    _harm(world, random)
    world.store(*events[400:])  # on their way while all is rebuilt
    _rebuild_all(world, random)
    world.advance(events[-1].at + 4 * 86_400 * SECOND)

    watches = world.catalog.live().watches
    for item in world.database.all("identities"):
        if item["part"] != LINK:
            part = part_from_item(item)
            assert part.state == fold(part.owner, part.name, events, watches, version=0, read=0).state
    stored = {(str(item["owner"]), str(item["part"])) for item in world.database.all("identities")}
    assert {(event.owner, name) for event in events for name in parts_of(event, watches)} <= stored
    assert compare(world, events, {event.owner for event in events}) == []
    assert rebuilder(world).owners(all_owners(world)).changed == 0


def _harm(world: World, random: Random) -> None:
    """Lose parts, and spoil others."""
    store = IdentityStore(world.database)
    for item in world.database.all("identities"):
        if item["part"] == LINK or random.random() < 0.5:
            continue
        if random.random() < 0.3:
            world.database.delete("identities", str(item["owner"]), str(item["part"]))
        else:
            store.save(replace(part_from_item(item), state=State(count=random.randrange(9))))


def _rebuild_all(world: World, random: Random) -> None:
    """Rebuild everybody while calls to the database die, and streams are worked off in between."""

    def strike(_operation: str, _table: str) -> None:
        if random.random() < 0.02:
            raise CrashError

    for owner in all_owners(world):
        done = False
        while not done:
            world.database.hook = strike
            try:
                rebuilder(world).owner(owner)
                done = True
            except (CrashError, ConflictError):
                continue
            finally:
                world.database.hook = None
        if random.random() < 0.1:
            world.settle()
