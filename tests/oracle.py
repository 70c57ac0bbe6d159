"""The plain oracle: what must be true of people, computed by brute force from the raw events and nothing else."""

import json
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from regulars.domain import orders, state
from regulars.domain.events import Event
from regulars.domain.instants import DAY
from regulars.domain.personal_names import is_personal_trait
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
    if not said or node.trait not in kept_traits(events):
        return node.comparison == "exists" and node.value is False
    told = [(event.at, event.moment, _kept(event.traits[node.trait])) for event in said]
    value = max(told, key=lambda one: (*one[:2], json.dumps(one[2], sort_keys=True)))[2]
    if node.comparison == "exists":
        return (value is not None) is node.value
    if value is None:
        return False
    kinds = [str if isinstance(one, str) else bool if isinstance(one, bool) else float for one in (value, node.value)]
    return kinds[0] is kinds[1] and _COMPARE[node.comparison](value, node.value)


def kept_traits(events: Iterable[Event]) -> list[str]:
    """The names of traits that there is room for: first those that everybody uses, then by the alphabet."""
    names = {name for event in events if event.type == "identify" for name in event.traits}
    short = [name for name in names if _size(name) <= state.MAX_TRAIT_NAME]
    return sorted(short, key=lambda name: (not is_personal_trait(name), name))[: state.MAX_TRAITS]


def _kept(value: Any) -> Any:
    return value if _size(value) <= state.MAX_TRAIT else None


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


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
    return {order_id: _net(told) for order_id, told in _told(events).items()}


def count_orders(events: Iterable[Event]) -> int:
    """How many orders stand: worth something, or worth nothing from the start and left alone."""
    return sum(1 for told in _told(events).values() if _net(told) > 0 or _stated_nothing(told))


def _told(events: Iterable[Event]) -> Mapping[str, list[Event]]:
    """What was said of each order that there is room for: of each drawer the first by their ids."""
    told: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.name in orders.ORDER_EVENTS and "order_id" in event.properties:
            told[str(event.properties["order_id"])[:128]].append(event)
    drawers: dict[int, list[str]] = defaultdict(list)
    for order_id in sorted(told):
        drawers[blake2b(order_id.encode(), digest_size=1).digest()[0] % orders.DRAWERS].append(order_id)
    return {order_id: told[order_id] for ids in drawers.values() for order_id in ids[: orders.MAX_ORDERS]}


def _stated_nothing(told: list[Event]) -> bool:
    stated = [event for event in told if event.name in ("Order Completed", "Order Updated")]
    return len(stated) == len(told) and _stated(told) == 0


def _net(told: list[Event]) -> Decimal:
    refunds = _refunds(told)
    if None in refunds or any(event.name == "Order Cancelled" for event in told):
        return Decimal(0)
    return max(Decimal(0), _stated(told) - sum((_amount(refund) for refund in refunds), Decimal(0)))


def _refunds(told: list[Event]) -> list[object]:
    """The refunds that there is room for; of one that was told twice the larger, and no amount is the largest."""
    amounts: dict[bytes, object] = {}
    for event in told:
        if event.name == "Order Refunded":
            amount, name = event.properties.get("revenue"), event.mark.print
            told_before = amounts.get(name, amount)
            amounts[name] = None if None in (amount, told_before) else max(amount, told_before, key=_amount)
    return [amounts[name] for name in sorted(amounts)[: orders.MAX_REFUNDS]]


def _stated(told: list[Event]) -> Decimal:
    stated = [event for event in told if event.name in ("Order Completed", "Order Updated")]
    worths = [(event.at, event.mark.print, _amount(event.properties.get("revenue"))) for event in stated]
    return max(worths)[2] if worths else Decimal(0)


def _amount(value: object) -> Decimal:
    return Decimal(str(value)) if isinstance(value, int | float | str) else Decimal(0)
