"""The plain oracle: what must be true of people, computed by brute force from the raw events and nothing else."""

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from regulars.domain.events import Event
from regulars.domain.instants import DAY
from regulars.domain.segments import All, Happened, Node, Not, OneOf, Orders, Segment, Total, TraitIs

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
}


def components(events: Iterable[Event]) -> set[frozenset[str]]:
    """Group owners that some event names together, by plain flooding."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for event in events:
        for owner in (event.owner, *event.links):
            neighbours[owner] |= {event.owner, *event.links}
    found, seen = set(), set[str]()
    for owner in neighbours:
        if owner in seen:
            continue
        group, front = set[str](), {owner}
        while front:
            group |= front
            front = {next_ for one in front for next_ in neighbours[one]} - group
        seen |= group
        found.add(frozenset(group))
    return found


def is_member(segment: Segment, events: Iterable[Event], now: int, *, known: bool) -> bool:
    """Say whether a person with these events is in a segment at an instant."""
    return (known or segment.anonymous) and truth(segment.where, list(events), now)


def truth(node: Node, events: list[Event], now: int) -> bool:
    """Answer a condition from the raw events."""
    match node:
        case All(nodes):
            return all(truth(inner, events, now) for inner in nodes)
        case OneOf(nodes):
            return any(truth(inner, events, now) for inner in nodes)
        case Not(inner):
            return not truth(inner, events, now)
        case TraitIs():
            return _trait(node, events)
        case Happened(name, comparison, times, within):
            start = now - within if within else float("-inf")
            end = now if within else float("inf")
            hits = [event for event in events if event.name == name and start < event.at <= end]
            return _COMPARE[comparison](len(hits), times)
        case Total():
            return _total(node, events, now)
        case Orders():
            return _orders(node, events)


def _trait(node: TraitIs, events: list[Event]) -> bool:
    said = [event for event in events if event.type == "identify" and node.trait in event.traits]
    if not said:
        return node.comparison == "exists" and node.value is False
    value = max(said, key=lambda event: (event.at, event.moment)).traits[node.trait]
    if node.comparison == "exists":
        return (value is not None) is node.value
    kinds = [str if isinstance(one, str) else bool if isinstance(one, bool) else float for one in (value, node.value)]
    return kinds[0] is kinds[1] and _COMPARE[node.comparison](value, node.value)


def _total(node: Total, events: list[Event], now: int) -> bool:
    named = [event for event in events if event.name == node.event]
    if node.days:
        named = [event for event in named if now // DAY - node.days < event.at // DAY <= now // DAY]
    total = sum((_amount(event.properties.get(node.of)) for event in named), Decimal(0))
    return _COMPARE[node.comparison](total, Decimal(node.amount) / 1_000_000)


def _orders(node: Orders, events: list[Event]) -> bool:
    worths = net_orders(events)
    found = Decimal(sum(worths.values())) if node.of == "revenue" else Decimal(count_orders(events))
    return _COMPARE[node.comparison](found, Decimal(node.amount) / 1_000_000)


def net_orders(events: Iterable[Event]) -> Mapping[str, Decimal]:
    """The worth of each order after refunds and cancellation."""
    said: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.name and event.name.startswith("Order "):
            said[str(event.properties["order_id"])].append(event)
    return {order_id: _net(told) for order_id, told in said.items()}


def count_orders(events: Iterable[Event]) -> int:
    """How many orders stand: worth something, or worth nothing from the start and left alone."""
    events = list(events)
    net = net_orders(events)
    touched = {
        str(event.properties["order_id"]) for event in events if event.name in ("Order Refunded", "Order Cancelled")
    }
    stated = {
        str(event.properties["order_id"]) for event in events if event.name in ("Order Completed", "Order Updated")
    }
    return sum(1 for order_id in stated if net[order_id] > 0 or (_stated_nothing(order_id, events, touched)))


def _stated_nothing(order_id: str, events: list[Event], touched: set[str]) -> bool:
    told = [event for event in events if str(event.properties.get("order_id")) == order_id]
    return order_id not in touched and _stated(told) == 0


def _net(told: list[Event]) -> Decimal:
    refunds = [event.properties.get("revenue") for event in told if event.name == "Order Refunded"]
    if None in refunds or any(event.name == "Order Cancelled" for event in told):
        return Decimal(0)
    return max(Decimal(0), _stated(told) - sum((_amount(refund) for refund in refunds), Decimal(0)))


def _stated(told: list[Event]) -> Decimal:
    stated = [event for event in told if event.name in ("Order Completed", "Order Updated")]
    if not stated:
        return Decimal(0)
    return _amount(max(stated, key=lambda event: (event.at, event.mark.print)).properties.get("revenue"))


def _amount(value: object) -> Decimal:
    return Decimal(str(value)) if isinstance(value, int | float | str) else Decimal(0)
