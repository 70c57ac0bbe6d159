"""The plain oracle: what must be true of people, computed by brute force from the raw events and nothing else."""

import json
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from hashlib import blake2b, md5
from typing import Any

from regulars.domain import orders, state
from regulars.domain.events import Event
from regulars.domain.instants import DAY
from regulars.domain.personal_names import is_personal_trait
from regulars.domain.segments import All, Happened, Node, Not, OneOf, Orders, Segment, Total, TraitIs

_MICRO = Decimal("0.000001")
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
    worths = [remains for _, remains in standing_orders(events).values()]
    found = sum(worths, Decimal(0)) if node.of == "revenue" else Decimal(len(worths))
    return _COMPARE[node.comparison](found, Decimal(node.amount) / 1_000_000)


def net_orders(events: Iterable[Event], rates: "OracleRates | None" = None) -> Mapping[str, Decimal | None]:
    """What remains of each order that was completed, after refunds and cancellation; None where a rate is missing."""
    told = _told(events)
    return {order_id: _net(said, rates) for order_id, said in told.items() if order_instant(said) is not None}


def count_orders(events: Iterable[Event], rates: "OracleRates | None" = None) -> int:
    """How many orders stand: worth something, or worth nothing from the start and left alone."""
    return len(standing_orders(events, rates))


def standing_orders(events: Iterable[Event], rates: "OracleRates | None" = None) -> Mapping[str, tuple[int, Decimal]]:
    """The instant of each order that stands, and what remains of it."""
    found = {}
    for order_id, said in _told(events).items():
        instant, remains = order_instant(said), _net(said, rates)
        if instant is not None and remains is not None and (remains > 0 or _is_free(said)):
            found[order_id] = (instant, remains)
    return found


def order_instant(told: list[Event]) -> int | None:
    """When an order was completed, as early as anybody said; else when it was first updated."""
    for name in ("Order Completed", "Order Updated"):
        if instants := [event.at for event in told if event.name == name]:
            return min(instants)
    return None


class OracleRates:
    """The rates of a table of days, each with what one unit of the base buys, looked up day by day."""

    def __init__(self, currency: str, base: str, days: Mapping[int, Mapping[str, str]]) -> None:
        self.currency, self.base, self.days = currency, base, days

    def rate(self, currency: str, day: int) -> Decimal | None:
        """Give the rate of a day or of the latest of the ten before it."""
        if currency in ("", self.currency):
            return Decimal(1)
        for back in range(11):
            row = {self.base: "1", **self.days.get(day - back, {})}
            if day - back in self.days and {currency, self.currency} <= row.keys():
                exact = Decimal(row[self.currency]) / Decimal(row[currency])
                rate = exact.quantize(Decimal("1e-12"), ROUND_HALF_EVEN)
                if 0 < rate < 10**6:
                    return rate
        return None


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


def _is_free(told: list[Event]) -> bool:
    """Say whether an order was worth nothing from the start, and nothing was given back."""
    only_stated = all(event.name in ("Order Completed", "Order Updated") for event in told)
    return only_stated and _stated(told)[0] == 0


def _is_ended(told: list[Event]) -> bool:
    gone = (event for event in told if event.name == "Order Refunded" and order_amount(event) is None)
    return any(event.name == "Order Cancelled" for event in told) or any(gone)


def _net(told: list[Event], rates: "OracleRates | None") -> Decimal | None:
    instant = order_instant(told)
    if instant is None or _is_ended(told):
        return Decimal(0)
    worth, currency = _stated(told)
    said = [(worth, currency)] + [(-abs(amount), given or currency) for amount, given in _refunds(told)]
    if worth == 0 and all(order_amount(event) is None for event in told if event.name != "Order Refunded"):
        del said[0]  # nobody stated an amount
    total = Decimal(0)
    for amount, code in said:
        rate = rates.rate(code, instant // DAY) if rates else Decimal(1)
        if rate is None:
            return None
        total += amount * rate
    return max(Decimal(0), total.quantize(_MICRO, ROUND_HALF_EVEN))


def _refunds(told: list[Event]) -> list[tuple[Decimal, str]]:
    """The refunds that there is room for; of one that was told twice the larger."""
    amounts: dict[str, tuple[Decimal, str]] = {}
    for event in told:
        amount = order_amount(event)
        if event.name == "Order Refunded" and amount is not None:
            name, refund = _print(event), (abs(amount), order_currency(event))
            amounts[name] = max(refund, amounts.get(name, refund))
    return [amounts[name] for name in sorted(amounts)[: orders.MAX_REFUNDS]]


def _stated(told: list[Event]) -> tuple[Decimal, str]:
    """The latest amount, in its currency, else in the latest that was stated."""
    stated = [event for event in told if event.name in ("Order Completed", "Order Updated")]
    stated.sort(key=lambda event: (event.at, event.name == "Order Updated", _print(event)))
    currencies = [(*_turn(event), order_currency(event)) for event in stated if order_currency(event)]
    worths = [(*_turn(event), amount, order_currency(event)) for event in stated for amount in _some(event)]
    latest = max(currencies)[-1] if currencies else ""
    return (max(worths)[-2], max(worths)[-1] or latest) if worths else (Decimal(0), latest)


def _turn(event: Event) -> tuple[int, bool, str]:
    return event.at, event.name == "Order Updated", _print(event)


def _some(event: Event) -> list[Decimal]:
    amount = order_amount(event)
    return [] if amount is None else [amount]


def order_amount(event: Event) -> Decimal | None:
    """What an event says in numbers: the first of three properties, else the sum of its lines."""
    for name in ("revenue", "total", "value"):
        if (amount := _read(event.properties.get(name))) is not None:
            return amount
    lines = event.properties.get("products")
    if not isinstance(lines, list) or not lines:
        return None
    total = Decimal(0)
    for line in lines:
        price = _read(line.get("price")) if isinstance(line, dict) else None
        quantity = _read(line["quantity"]) if isinstance(line, dict) and line.get("quantity") is not None else 1
        if price is None or quantity is None:
            return None
        total += (price * quantity).quantize(_MICRO, ROUND_HALF_EVEN)
    return total


def order_currency(event: Event) -> str:
    """The code that an event states; XXX for what is none."""
    said = event.properties.get("currency")
    if said is None or said == "":
        return ""
    return said.upper() if isinstance(said, str) and len(said) == 3 and said.isalpha() else "XXX"


def _read(value: object) -> Decimal | None:
    """Read a number of up to a trillion, or a text that is one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value)).quantize(_MICRO, ROUND_HALF_EVEN)
    except InvalidOperation:
        return None
    return number if abs(number) <= 10**12 else None


def _print(event: Event) -> str:
    return md5(event.moment.encode()).hexdigest()[:10]


def _amount(value: object) -> Decimal:
    return Decimal(str(value)) if isinstance(value, int | float | str) else Decimal(0)
