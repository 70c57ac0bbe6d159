"""Histories, definitions and orders of arrival for properties to try."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from tests.builders import START, an_event

NAMES = ["Product Viewed", "Order Completed", "Order Refunded", "Order Cancelled", "Order Updated"]
PEOPLE = [f"user_id:{letter}" for letter in "uvw"] + [f"anonymous_id:{letter}" for letter in "abcd"]

gaps = st.one_of(st.integers(0, 20), st.integers(0, 3 * 86_400))


@st.composite
def histories(draw: st.DrawFn, people: list[str] | None = None, largest: int = 40) -> list[Event]:
    """Events of a few people in the order in which they were made, some naming two of them."""
    events, at = [], START
    for number in range(draw(st.integers(1, largest))):
        at += draw(gaps) * SECOND
        links = tuple(draw(st.lists(st.sampled_from(people or PEOPLE), min_size=1, max_size=3, unique=True)))
        events.append(draw(an_event_of(number, at, tuple(sorted(links, reverse=True)))))
    return events + draw(twins(events))


@st.composite
def twins(draw: st.DrawFn, events: list[Event]) -> list[Event]:
    """Some of these events again, sent for somebody else and saying something else under the same id."""
    people = sorted({event.owner for event in events})
    found = []
    for event in draw(st.lists(st.sampled_from(events), max_size=3, unique_by=lambda event: event.moment)):
        owner = draw(st.sampled_from(people))
        if owner != event.owner:
            traits = {name: draw(values) for name in event.traits}
            properties = {**event.properties, "revenue": draw(amounts)} if event.properties else {}
            same: dict[str, Any] = {"owner": owner, "arrival": event.arrival + SECOND}
            found.append(replace(event, links=(owner,), traits=traits, properties=properties, **same))
    return found


@st.composite
def an_event_of(draw: st.DrawFn, number: int, at: int, links: tuple[str, ...]) -> Event:
    """One event of these people at about this instant."""
    late = draw(st.sampled_from([0, 0, 0, 5, 86_400]))
    arrival = at + late * SECOND + number  # arrivals differ
    if draw(st.integers(0, 4)) == 0:
        traits = draw(st.dictionaries(trait_names, values, max_size=3))
        return an_event(number, at=at, arrival=arrival, links=links, type="identify", name=None, traits=traits)
    properties: dict[str, Any] = {"order_id": draw(st.sampled_from("uvwxyz"))}
    if draw(st.integers(0, 3)):
        properties["revenue"] = draw(amounts)
    return an_event(
        number, at=at, arrival=arrival, links=links, name=draw(st.sampled_from(NAMES)), properties=properties
    )


amounts = st.sampled_from([0, 1, 9.99, 20, "5.50", 0.1, 100])
trait_names = st.sampled_from(["plan", "points", "city", "Email", "zeal", "too_long_a_name"])
values = st.sampled_from([1, 5, 7.5, "gold", "silver", True, False, None])
comparisons = st.sampled_from(["equals", "at_least", "at_most", "more_than", "less_than"])
windows = st.sampled_from([None, "10 seconds", "1 minutes", "6 hours", "1 days", "3 days"])


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    """One condition as it stands in a definition."""
    comparison = draw(comparisons)
    match draw(st.sampled_from(["trait", "exists", "count", "count", "done", "sum", "sum", "orders"])):
        case "trait":
            value = draw(st.sampled_from([1, 5, 7.5, "gold", True]))
            return {"trait": draw(traits), "equals" if value is True else comparison: value}
        case "exists":
            return {"trait": draw(traits), "exists": draw(st.booleans())}
        case "count":
            return _within(draw(windows), {"event": draw(names), "count": {comparison: draw(st.integers(0, 4))}})
        case "done":
            return _within(draw(windows), {"event": draw(names)})
        case "sum":
            days = draw(st.sampled_from([None, "1 days", "2 days", "7 days"]))
            amount = draw(st.sampled_from([0, 5, 9.99, 20, 30.5]))
            return _within(days, {"event": draw(names), "sum": {"of": "revenue", comparison: amount}})
        case _:
            of = draw(st.sampled_from(["count", "revenue"]))
            return {"orders": of, comparison: draw(st.sampled_from([0, 1, 2, 9.99, 20]))}


names = st.sampled_from(NAMES[:3])
traits = st.sampled_from(["plan", "points", "zeal"])
trees = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        st.builds(lambda nodes: {"all": nodes}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda nodes: {"any": nodes}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda node: {"not": node}, inner),
    ),
    max_leaves=5,
)
definitions = st.builds(lambda where, anonymous: {"where": where, "anonymous": anonymous}, trees, st.booleans())
instants = st.integers(0, 12 * DAY // SECOND).map(lambda seconds: START + seconds * SECOND)


def _within(window: str | None, condition: dict[str, Any]) -> dict[str, Any]:
    return {**condition, "within": window} if window else condition
