"""Histories of a few orders, told in every way and in several currencies, and tables of rates to convert them with."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from tests.builders import START, an_event
from tests.oracle import OracleRates

NAMES = ["Order Completed", "Order Completed", "Order Updated", "Order Refunded", "Order Refunded", "Order Cancelled"]
CODES = ["EUR", "USD", "JPY", "usd"]
FIRST = START // DAY

amounts = st.sampled_from([0, 1, 9.99, 20, "5.50", 0.1, 100, "1e2", 0.0000005, 0.0000015, -3, " 7 ", "x", None, True])
amounts_of_any_size = st.one_of(amounts, st.integers(-(10**13), 10**13), st.floats(0, 1e6).map(lambda x: round(x, 7)))
codes = st.sampled_from([None, None, *CODES, "", "€", "Euro", 5, ["EUR"]])
lines = st.fixed_dictionaries(
    {"product_id": st.sampled_from(["B-1", "B-2"])},
    optional={"price": amounts, "quantity": st.sampled_from([1, 2, 0.5, "3", None, 0.3333333])},
)
steps = st.one_of(st.integers(0, 20), st.integers(0, 5 * 86_400), st.integers(0, 20).map(lambda days: days * 86_400))


@st.composite
def order_histories(draw: st.DrawFn, largest: int = 25) -> list[Event]:
    """Events of a few orders of two identifiers, some told again, differently, under the other identifier."""
    events, at = [], START
    for number in range(draw(st.integers(1, largest))):
        at += draw(steps) * SECOND
        events.append(_event(draw, number, at))
    for event in draw(st.lists(st.sampled_from(events), max_size=3, unique_by=lambda event: event.moment)):
        other = "user_id:v" if event.owner == "user_id:u" else "user_id:u"
        events.append(replace(event, owner=other, links=(other,), properties=draw(_properties())))
    return events


def _event(draw: st.DrawFn, number: int, at: int) -> Event:
    owner = draw(st.sampled_from(["user_id:u", "user_id:v"]))
    name, properties = draw(st.sampled_from(NAMES)), draw(_properties())
    return an_event(number, at=at, arrival=at + number, links=(owner,), name=name, properties=properties)


@st.composite
def _properties(draw: st.DrawFn) -> dict[str, Any]:
    properties: dict[str, Any] = {"order_id": draw(st.sampled_from(["u", "v", "w", 7]))}
    for name in draw(st.lists(st.sampled_from(["revenue", "revenue", "total", "value"]), max_size=2, unique=True)):
        properties[name] = draw(amounts_of_any_size)
    if draw(st.integers(0, 3)) == 0:
        properties["products"] = draw(st.lists(lines, max_size=3))
    if draw(st.integers(0, 2)):
        properties["currency"] = draw(codes)
    return properties


quotes = st.sampled_from(["1.0856", "160.25", "0.3333333", "11", "0.000123"])
rows = st.dictionaries(st.sampled_from(["USD", "JPY", "SEK"]), quotes, min_size=1)
oracle_rates = st.builds(
    lambda currency, days: OracleRates(currency, "EUR", {FIRST + day: row for day, row in days.items()}),
    st.sampled_from(["EUR", "USD", "SEK"]),
    st.dictionaries(st.integers(-12, 60), rows, max_size=12),
)
