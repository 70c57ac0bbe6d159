"""Two hundred live definitions cost an event no more writes than ten, and little more work."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from local.world.world import START, World
from regulars.domain.instants import SECOND
from tests.builders import an_event

NAMES = [f"Event {number}" for number in range(20)]


def define(world: World, number: int) -> None:
    """Define so many segments, in turns about twenty event names, with the thresholds and windows that people use."""
    for each in range(number):
        count = {"at_least": 1 + each // len(NAMES) % 5}
        window = ["1 days", "7 days", "30 days"][each % 3]
        where = {"event": NAMES[each % len(NAMES)], "count": count, "within": window}
        world.define("segment", f"s{each}", {"where": where})


@contextmanager
def counting_calls() -> Iterator[list[int]]:
    """Count the calls of functions, which do not wobble as seconds do."""
    calls = [0]

    def note(_frame: FrameType, what: str, _argument: Any) -> None:
        calls[0] += what == "call"

    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def cost(definitions: int) -> tuple[float, int]:
    """Write units and calls of functions for a hundred events of five people, with so many definitions live."""
    world = World()
    define(world, definitions)
    for number in range(100):
        at = START + number * SECOND
        world.store(an_event(number, name=NAMES[number % 10], links=(f"user_id:{number % 5}",), at=at, arrival=at))
        if number == 49:
            world.settle()  # whoever is new has been seen: what follows is the ordinary case
            before = world.database.bill.write_units
    with counting_calls() as calls:
        world.settle()
    return world.database.bill.write_units - before, calls[0]


def test_two_hundred_definitions_cost_as_many_writes_as_ten_and_at_most_twice_the_work() -> None:
    few, many = cost(10), cost(200)

    assert many[0] <= 1.3 * few[0]
    assert many[1] <= 2 * few[1]
