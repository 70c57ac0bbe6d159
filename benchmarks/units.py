"""Billed units of the whole path, from the door to memberships, counted by the biller for stated mixes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.events import order_call
from local.world.bill import Bill
from local.world.world import Counts, World
from local.world.wrapping import PlainWrapper
from regulars.adapters.sealing import KmsSealer
from regulars.domain.instants import SECOND
from regulars.domain.write_keys import key_print
from regulars.pipeline.ingest import Door
from regulars.stores.database import TableName
from regulars.stores.definitions import Definition

CATALOG = Path(__file__).parents[1] / "catalog" / "segments"
WRITE_KEY = "wk_benchmark"
SHOPPING = ["Product Viewed"] * 11 + ["Product Added"] * 3 + ["Order Completed"] * 2 + ["Filter Chosen"] * 4
WINDOW_SHOPPERS = {"where": {"event": "Product Viewed", "count": {"at_least": 5}, "within": "1 days"}}


@dataclass(frozen=True, slots=True)
class Units:
    """Per event of one mix: units by table, calls of the database, transitions; and the units that were expected."""

    mix: str
    events: int
    writes: dict[str, float]
    reads: dict[str, float]
    requests: float = 0.0
    transitions: float = 0.0
    goal_writes: float | None = None
    goal_reads: float | None = None
    goal_dollars: float | None = None  # a million events

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
        self.store(calls)
        self.world.settle()

    def store(self, calls: list[dict[str, Any]]) -> None:
        """Send a request and let nothing follow."""
        self.door.receive({"batch": calls}, write_keys=[WRITE_KEY])

    def take(self, table: TableName) -> list[dict[str, Any]]:
        """Take the records that wait in a stream, in the shape in which a function receives them."""
        changes = self.world.database.changes(table, 0, 10_000)
        if changes:
            self.world.database.trim(table, changes[-1].sequence)
        return [change.record() for change in changes]

    def bill(self, what: Callable[[], None]) -> tuple[Bill, int]:
        """Count what something costs, and the transitions that it made."""
        self.world.database.bill, before = Bill(), len(self.world.announced)
        what()
        return self.world.database.bill, len(self.world.announced) - before


def measure() -> list[Units]:
    """Count every mix."""
    return [
        _shoppers("the shopping mix: 20 events of 20 known people, a request", 20, (2.2, 2.0, 1.70)),
        _shoppers("the shopping mix, of people who have shopped before", 20, (2.2, 2.0, 1.70), again=True),
        _shoppers("the shopping mix of one person: 20 events, a request", 1, (1.5, 0.5, 1.10)),
        _shoppers("the shopping mix of one person who has shopped before", 1, (1.5, 0.5, 1.10), again=True),
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


def shopping_mix(people: int, *, start: int = 1_000) -> list[dict[str, Any]]:
    """Twenty events: eleven products viewed, three put in the cart, two orders, four that nothing reads."""
    calls = [order_call(start + index, person=index % people) for index in range(20)]
    return [{**call, "event": name} for call, name in zip(calls, SHOPPING, strict=True)]


def with_history() -> Counted:
    """Make a workspace of twenty people, each with an identify call and three orders."""
    counted = Counted()
    for person in range(20):
        traits = {"email": f"person-{person}@example.com", "plan": "gold"}
        counted.send([{"type": "identify", "userId": f"u-{person}", "anonymousId": f"a-{person}", "traits": traits}])
        counted.send([order_call(person * 10 + index, person=person) for index in range(3)])
    return counted


def _shoppers(mix: str, people: int, goals: tuple[float, float, float], *, again: bool = False) -> Units:
    counted = with_history()
    if again:
        counted.send(shopping_mix(people, start=500))
    return _units(mix, 20, counted.bill(lambda: counted.send(shopping_mix(people))), *goals)


def _all_alike(mix: str, name: str) -> Units:
    counted = with_history()
    calls = [{**order_call(2_000 + index, person=index), "event": name} for index in range(20)]
    return _units(mix, 20, counted.bill(lambda: counted.send(calls)))


def _first(mix: str, call: dict[str, Any], goal: float | None = None) -> Units:
    counted = with_history()
    return _units(mix, 1, counted.bill(lambda: counted.send([call])), goal)


def _units(
    mix: str,
    events: int,
    billed: tuple[Bill, int],
    goal_writes: float | None = None,
    goal_reads: float | None = None,
    goal_dollars: float | None = None,
) -> Units:
    bill, transitions = billed
    return Units(
        mix=mix,
        events=events,
        writes={table: units / events for table, units in sorted(bill.writes.items())},
        reads={table: units / events for table, units in sorted(bill.reads.items())},
        requests=sum(bill.requests.values()) / events,
        transitions=transitions / events,
        goal_writes=goal_writes,
        goal_reads=goal_reads,
        goal_dollars=goal_dollars,
    )
