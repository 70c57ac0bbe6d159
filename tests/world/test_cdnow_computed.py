"""Computed traits of real customers, each against plain arithmetic over the rows of the file."""

from collections import defaultdict
from datetime import UTC, datetime, time
from decimal import Decimal

from regulars.domain.calendars import Calendar
from regulars.domain.catalog import next_watches
from regulars.domain.computed_definitions import parse_all_computed
from regulars.domain.computing import compile_trait
from regulars.domain.events import Event
from regulars.domain.instants import DAY, to_micros
from regulars.domain.numbers import MICRO
from regulars.domain.parts import fold
from regulars.domain.people import Person, sum_parts
from regulars.domain.state import parts_of
from regulars.domain.watches import Watches
from tests.world.cdnow import purchases, rows

NOW = to_micros(datetime(1998, 7, 1, tzinfo=UTC))
TRAITS = parse_all_computed(
    {
        "revenue": {"orders": "revenue"},
        "frequency": {"orders": "count"},
        "last_order": {"orders": "last_time"},
        "recent": {"orders": "count", "within": "180 days"},
        "spent": {"event": "Order Completed", "sum": {"of": "revenue"}},
        "rfm": {
            "rfm": {
                "recency": {"of": "last_order", "steps": ["365 days", "180 days", "90 days", "30 days"]},
                "frequency": {"of": "frequency", "steps": [2, 3, 5, 10]},
                "monetary": {"of": "revenue", "steps": [25, 50, 100, 250]},
            }
        },
    }
)
WATCHES = next_watches(Watches(by_event={}), TRAITS.values())


def person(owner: str, events: list[Event]) -> Person:
    """Add up a customer from what is kept of them."""
    names = sorted({name for event in events for name in parts_of(event, WATCHES)})
    parts = [fold(owner, name, events, WATCHES, version=0, read=0) for name in names]
    return sum_parts(parts, WATCHES, known=True, profile_id=f"p_{owner}")


def score(value: float, steps: tuple[float, ...]) -> int:
    """Count the steps that a value reaches."""
    return 1 + sum(1 for step in steps if value >= step)


def test_revenue_frequency_and_recency_of_all_customers_are_plain_arithmetic() -> None:
    compiled = {id: compile_trait(trait, Calendar()) for id, trait in TRAITS.items()}
    events: dict[str, list[Event]] = defaultdict(list)
    for event in purchases():
        events[event.owner].append(event)
    bought: dict[str, list[tuple[int, Decimal]]] = defaultdict(list)
    for row in rows():
        at = to_micros(datetime.combine(datetime.fromisoformat(row["date"]), time(12), tzinfo=UTC))
        bought[f"user_id:{row['customer_id']}"].append((at, Decimal(row["dollars"])))

    for owner, orders in bought.items():
        customer = person(owner, events[owner])
        total, last = sum(dollars for _, dollars in orders), max(at for at, _ in orders)
        days = (NOW - last) / DAY
        recency = 1 + sum(1 for step in (365, 180, 90, 30) if days < step)
        cell = f"{recency}-{score(len(orders), (2, 3, 5, 10))}-{score(float(total), (25, 50, 100, 250))}"
        assert {id: one.read(customer, NOW) for id, one in compiled.items()} == {
            "revenue": total * MICRO,
            "frequency": len(orders),
            "last_order": last,
            "recent": sum(1 for at, _ in orders if NOW - 180 * DAY < at <= NOW),
            "spent": total * MICRO,
            "rfm": cell,
        }
    assert len(bought) == 23_570
