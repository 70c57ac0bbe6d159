"""Histories, definitions and orders of arrival for properties to try."""

from dataclasses import replace
from typing import Any, get_args

from hypothesis import strategies as st

from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from regulars.domain.segments import AMOUNTS, DAILY, SCALARS, TIMES, Function
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
        traits = draw(st.dictionaries(trait_names, odd_values, max_size=3))
        return an_event(number, at=at, arrival=arrival, links=links, type="identify", name=None, traits=traits)
    properties: dict[str, Any] = {"order_id": draw(st.sampled_from("uvwxyz"))}
    if draw(st.integers(0, 3)):
        properties["revenue"] = draw(amounts)
    if draw(st.booleans()):
        properties["colour"] = draw(odd_values)
    if draw(st.integers(0, 3)) == 0:
        properties["cart"] = {"size": draw(st.integers(0, 2))}
    return an_event(
        number, at=at, arrival=arrival, links=links, name=draw(st.sampled_from(NAMES)), properties=properties
    )


amounts = st.sampled_from([0, 1, 9.99, 20, "5.50", 0.1, 100])
trait_names = st.sampled_from(["plan", "points", "city", "Email", "zeal", "due", "too_long_a_name"])
values = st.sampled_from([1, 5, 7.5, "gold", "silver", True, False, None])
odd_values = st.one_of(
    values,
    st.sampled_from([1.0, "5", ["red", 5], {"size": 2}, "2026-01-02", "2026-01-03T00:00:00+01:00", "2024-02-29"]),
)
comparisons = st.sampled_from(["equals", "at_least", "at_most", "more_than", "less_than"])
names = st.sampled_from(NAMES[:3])
traits = st.sampled_from(["plan", "points", "zeal", "due"])
spans = st.sampled_from(["10 seconds", "1 minutes", "6 hours", "1 days", "3 days"])
dates = st.sampled_from(["2026-01-02", "2026-01-02T03:04:05Z", "2026-02-28", "2024-02-29"])


@st.composite
def checks(draw: st.DrawFn, *, timed: bool = True) -> dict[str, Any]:
    """What a value of any type is compared with."""
    kind = draw(
        st.sampled_from(["compare", "compare", "in", "contains", "affix", "matches", "exists", "date", "timed"])
    )
    match kind:
        case "compare":
            value = draw(st.sampled_from([1, 5, 7.5, "gold", "5.50", True]))
            return {"equals" if value is True else draw(comparisons): value}
        case "in":
            return {"in": draw(st.lists(values.filter(lambda value: value is not None), min_size=1, max_size=3))}
        case "contains":
            return {"contains": draw(st.sampled_from(["ol", "red", 5]))}
        case "affix":
            return {draw(st.sampled_from(["starts_with", "ends_with"])): draw(st.sampled_from(["g", "er", "gold"]))}
        case "matches":
            return {"matches": draw(st.sampled_from(["^g", "[il]l?v", "d$", "x"]))}
        case "exists":
            return {draw(st.sampled_from(["exists", "missing"])): draw(st.booleans())}
        case "timed" if timed:
            return draw(times)
        case _:
            return {draw(st.sampled_from(["before", "after", "since"])): draw(dates)}


times = st.one_of(
    st.builds(lambda how, span: {how: span}, st.sampled_from(["within_last", "within_next"]), spans),
    st.builds(
        lambda how, days: {"anniversary": {how: days}},
        st.sampled_from(["within_last", "within_next"]),
        st.sampled_from([0, 1, 30, 300]),
    ),
)
numbers = st.builds(lambda how, number: {how: number}, comparisons, st.integers(0, 4))
money = st.builds(lambda how, number: {how: number}, comparisons, st.sampled_from([0, 5, 9.99, 20, 30.5]))
filters = st.dictionaries(
    st.sampled_from(["revenue", "colour", "order_id", "cart.size"]), checks(timed=False), max_size=2
)


@st.composite
def taken(draw: st.DrawFn) -> dict[str, Any]:
    """Which events a condition is about."""
    chosen: dict[str, Any] = {"event": draw(names)}
    if draw(st.integers(0, 2)) == 0 and (where := draw(filters)):
        chosen["where"] = where
    if draw(st.integers(0, 5)) == 0:
        chosen["from"] = draw(dates)
    if draw(st.integers(0, 5)) == 0 and chosen.get("from", "") < "2026-02-28":
        chosen["to"] = "2026-02-28"
    return chosen


windows = st.one_of(
    st.just({}),
    st.builds(lambda span: {"within": span}, spans),
    st.builds(lambda days: {"calendar_days": days}, st.sampled_from([1, 2, 7])),
)


@st.composite
def measured(draw: st.DrawFn) -> dict[str, Any]:
    """A condition on what events come to."""
    window = draw(windows)
    function = draw(st.sampled_from([*get_args(Function), "count", "sum"]))
    if function in DAILY or (function == "sessions" and not window):
        window = {"calendar_days": draw(st.sampled_from([1, 2, 7]))}
    if function in TIMES:
        asks, window = draw(st.one_of(times, st.builds(lambda date: {"since": date}, dates))), {}
    elif function in AMOUNTS:
        asks = {"of": "revenue", **draw(money)}
    elif function in SCALARS:
        found = numbers if function == "distinct" else checks(timed=not window)
        found = (
            st.just({"contains": draw(values.filter(lambda value: value is not None))})
            if function == "values"
            else found
        )
        asks = {"of": draw(st.sampled_from(["colour", "revenue", "cart.size"])), **draw(found)}
    else:
        asks = draw(numbers)
    return {**draw(taken()), function: asks, **window}


@st.composite
def followed(draw: st.DrawFn) -> dict[str, Any]:
    """A condition on what came after what."""
    same = {"same": draw(st.sampled_from(["order_id", "colour"]))} if draw(st.booleans()) else {}
    match draw(st.sampled_from(["sequence", "unfollowed", "latest", "regular", "returned"])):
        case "sequence":
            steps = draw(st.lists(taken(), min_size=2, max_size=3))
            return {"sequence": steps, "within": draw(spans), "ended_within": draw(spans), **same}
        case "unfollowed":
            then = {**draw(taken()), "within": draw(st.sampled_from(["10 seconds", "1 minutes", "6 hours"]))}
            return {**draw(taken()), "not_followed_by": then, "within": "1 days", **same}
        case "latest":
            without = {"without": draw(taken())} if draw(st.booleans()) else {}
            window = {"within": "2 days"} if draw(st.booleans()) else {}
            return {
                "latest": draw(taken()),
                "ago": draw(spans.filter(lambda span: span != "3 days")),
                **without,
                **window,
            }
        case "regular":
            asks = {"times": draw(st.integers(1, 2)), "every_days": draw(st.integers(1, 3)), "of_last": 3}
            return {**draw(taken()), "regularly": {**asks, "in": draw(st.integers(1, 3))}}
        case _:
            return {**draw(taken()), "returned": {"after_days": draw(st.integers(1, 3))}, "calendar_days": 3}


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    """One condition as it stands in a definition."""
    match draw(st.sampled_from(["trait", "exists", "done", "measured", "measured", "followed", "orders", "drawn"])):
        case "trait":
            return {"trait": draw(traits), **draw(checks())}
        case "exists":
            return {"trait": draw(st.sampled_from(["Email", "plan"])), "exists": draw(st.booleans())}
        case "done":
            return {**draw(taken()), **draw(windows)}
        case "measured":
            return draw(measured())
        case "followed":
            return draw(followed())
        case "drawn":
            return {"drawn": {"from": draw(st.integers(0, 50)), "to": draw(st.integers(51, 100))}}
        case _:
            of = draw(st.sampled_from(["count", "revenue", "average", "first_time", "last_time"]))
            asks = draw(st.one_of(times, st.just({"missing": True}))) if of in TIMES else draw(money)
            return {"orders": of, **asks, **draw(windows)} if of not in TIMES else {"orders": of, **asks}


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
