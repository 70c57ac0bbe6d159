"""Billed units of the whole path, from the door to memberships, counted by the biller for stated mixes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.events import order_call
from local.world.bill import Bill
from local.world.world import Counts, World
from regulars.adapters.sealing import KmsSealer
from regulars.domain.catalog import key_print
from regulars.domain.instants import SECOND
from regulars.pipeline.ingest import Door
from regulars.stores.catalog import Definition

CATALOG = Path(__file__).parents[1] / "catalog" / "segments"
WRITE_KEY = "wk_benchmark"
WINDOW_SHOPPERS = {"where": {"event": "Product Viewed", "count": {"at_least": 5}, "within": "1 days"}}


@dataclass(frozen=True, slots=True)
class PlainWrapper:
    """Wraps nothing: KMS is asked once per process, so it is no part of a count per event."""

    def generate(self, length: int) -> tuple[bytes, bytes]:
        """Give the one secret."""
        return bytes(length), bytes(length)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Give it back."""
        return wrapped


@dataclass(frozen=True, slots=True)
class Units:
    """Units per event of one mix, by table, with what they were expected to be."""

    mix: str
    events: int
    writes: dict[str, float]
    reads: dict[str, float]
    goal_writes: float | None = None
    goal_reads: float | None = None

    @property
    def write_units(self) -> float:
        """Write units per event."""
        return sum(self.writes.values())

    @property
    def read_units(self) -> float:
        """Read units per event."""
        return sum(self.reads.values())


class Counted:
    """A workspace with the sample catalog whose requests are billed."""

    def __init__(self) -> None:
        self.world = World()
        for file in sorted(CATALOG.glob("*.yaml")):
            if file.stem == "just_browsing":
                continue  # a demonstration: everybody enters and leaves with every look; window_shoppers stands for it
            self.world.define("segment", file.stem, yaml.safe_load(file.read_text()))
        self.world.define("segment", "window_shoppers", WINDOW_SHOPPERS)
        self.world.catalog.put(Definition(kind="write_key", id=key_print(WRITE_KEY), content={"source": "web"}))
        self.sealer = KmsSealer(self.world.database, PlainWrapper())
        self.door = Door(self.world.database, self.sealer, Counts(), self.world.clock)

    def send(self, calls: list[dict[str, Any]]) -> None:
        """Send a request and let everything follow."""
        self.world.clock.advance_to(self.world.clock.now + SECOND)
        self.door.receive({"batch": calls}, write_keys=[WRITE_KEY])
        self.world.settle()

    def bill(self, what: Callable[[], None]) -> Bill:
        """Count what something costs."""
        self.world.database.bill = Bill()
        what()
        return self.world.database.bill


def measure() -> list[Units]:
    """Count every mix."""
    return [
        _shoppers("20 events of 20 known people, a request (the shopping mix)", 20, (2.2, 2.0)),
        _shoppers("20 events of one known person, a request (the shopping mix)", 1, (1.5, 0.5)),
        _all_alike("20 orders of 20 known people, a request", "Order Completed"),
        _all_alike("20 events that nothing reads, a request", "Filter Chosen"),
        _first("a first visit (one anonymous page)", {"type": "page", "anonymousId": "new-1"}),
        _first(
            "a new person of three identifiers",
            {"type": "identify", "userId": "new-2", "anonymousId": "new-2", "traits": {"email": "new-2@example.com"}},
            11.0,
        ),
        _first("a new device of a known person", {"type": "identify", "userId": "u-1", "anonymousId": "new-3"}, 6.0),
    ]


def shopping_mix(people: int) -> list[dict[str, Any]]:
    """Twenty events: eleven products viewed, three put in the cart, two orders, four that nothing reads."""
    names = ["Product Viewed"] * 11 + ["Product Added"] * 3 + ["Order Completed"] * 2 + ["Filter Chosen"] * 4
    calls = [order_call(1_000 + index, person=index % people) for index in range(20)]
    return [{**call, "event": name} for call, name in zip(calls, names, strict=True)]


def _shoppers(mix: str, people: int, goals: tuple[float, float]) -> Units:
    counted = _with_history()
    return _units(mix, 20, counted.bill(lambda: counted.send(shopping_mix(people))), *goals)


def _all_alike(mix: str, name: str) -> Units:
    counted = _with_history()
    calls = [{**order_call(2_000 + index, person=index), "event": name} for index in range(20)]
    return _units(mix, 20, counted.bill(lambda: counted.send(calls)))


def _first(mix: str, call: dict[str, Any], goal: float | None = None) -> Units:
    counted = _with_history()
    return _units(mix, 1, counted.bill(lambda: counted.send([call])), goal)


def _with_history() -> Counted:
    counted = Counted()
    for person in range(20):
        traits = {"email": f"person-{person}@example.com", "plan": "gold"}
        counted.send([{"type": "identify", "userId": f"u-{person}", "anonymousId": f"a-{person}", "traits": traits}])
        counted.send([order_call(person * 10 + index, person=person) for index in range(3)])
    return counted


def _units(
    mix: str, events: int, bill: Bill, goal_writes: float | None = None, goal_reads: float | None = None
) -> Units:
    writes = {table: units / events for table, units in bill.writes.items()}
    reads = {table: units / events for table, units in bill.reads.items()}
    return Units(mix, events, writes, reads, goal_writes, goal_reads)
