"""Who leaves no trace that a segment reads is decided all the same, once."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given

from local.world.world import World
from regulars.domain.catalog import Live
from regulars.domain.people import Person
from regulars.domain.segment_definitions import parse
from regulars.pipeline.rebuild import Rebuilder
from tests.builders import an_event
from tests.strategies import definitions, instants

NEVER_BOUGHT = {"where": {"not": {"event": "Order Completed"}}}


def world_of(**segments: Mapping[str, Any]) -> World:
    """A world with these segments live."""
    world = World()
    for id, content in segments.items():
        world.define("segment", id, content)
    return world


def entered(world: World) -> list[tuple[str, str]]:
    """Who was announced to have entered what."""
    return sorted((one.profile_id, one.segment) for one in world.announced if one.entered)


def test_an_event_that_nothing_reads_takes_a_newcomer_in_at_once() -> None:
    world = world_of(never=NEVER_BOUGHT, bought={"where": {"event": "Order Completed"}})

    world.store(an_event(1, name="Page Read", links=("user_id:a",)))
    world.settle()

    assert entered(world) == [("p_user_id:a", "never")]
    assert [one.since for one in world.announced] == [world.clock.now]


def test_a_trait_that_nothing_reads_does_so_too() -> None:
    world = world_of(never=NEVER_BOUGHT)

    world.store(an_event(1, type="identify", name=None, traits={"plan": "gold"}, links=("user_id:a",)))
    world.settle()

    assert entered(world) == [("p_user_id:a", "never")]


def test_a_visitor_is_taken_in_only_where_visitors_are() -> None:
    world = world_of(never=NEVER_BOUGHT, anyone=NEVER_BOUGHT | {"anonymous": True})

    world.store(an_event(1, name="Page Read", links=("anonymous_id:v",)))
    world.settle()

    assert entered(world) == [("p_anonymous_id:v", "anyone")]


def test_the_lot_decides_of_newcomers() -> None:
    world = world_of(half={"where": {"drawn": {"to": 50}}})
    for number in range(40):
        world.store(an_event(number, name="Page Read", links=(f"user_id:{number}",)))
    world.settle()

    live = world.resolver.live
    assert entered(world) == sorted((f"p_user_id:{n}", "half") for n in range(40) if live.welcomes(f"user_id:{n}"))
    assert 10 < len(entered(world)) < 30


@pytest.mark.parametrize(("definition", "traces"), [(NEVER_BOUGHT, 1), ({"where": {"event": "Order Completed"}}, 0)])
def test_one_trace_is_enough_and_only_where_it_is_needed(definition: dict[str, Any], traces: int) -> None:
    writes = Counter[str]()
    world = World(hook=lambda operation, table: writes.update([table] * (operation == "put")))
    world.define("segment", "s", definition)

    for number in range(5):
        world.store(an_event(number, name="Page Read", links=("user_id:a",)))
        world.settle()
    world.store(an_event(9, name="Page Read", links=("nobody:7f",)))
    world.settle()

    assert writes["identities"] == traces


def test_a_rebuild_leaves_the_trace_too() -> None:
    world = world_of()
    world.store(an_event(1, name="Page Read", links=("user_id:a",)))
    world.settle()
    world.define("segment", "never", NEVER_BOUGHT)

    rebuilder = Rebuilder(world.database, world.journal, world.clock)
    rebuilder.start_batch()
    rebuilder.owner("user_id:a")
    world.settle()

    assert entered(world) == [("p_user_id:a", "never")]


@given(definitions, instants, instants)
def test_time_alone_changes_nothing_of_somebody_of_whom_nothing_is_known(
    definition: dict[str, Any], one: int, other: int
) -> None:
    compiled = Live(segments=(parse("s", definition),)).by_id["s"]
    newcomer = Person(profile_id="p_user_id:a", known=True)

    assert compiled.is_member(newcomer, one) is compiled.is_member(newcomer, other) is compiled.is_member(newcomer, 0)
    assert compiled.next_change(newcomer, one) is None
