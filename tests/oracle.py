"""The plain oracle: what must be true of people, computed by brute force from the raw events and nothing else."""

import json
import operator
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from hashlib import blake2b, md5
from itertools import pairwise
from typing import Any, cast

from regulars.domain import checks as c
from regulars.domain import orders, segments, state
from regulars.domain.calendars import Calendar, date_of
from regulars.domain.dates import Dated, read_date
from regulars.domain.events import Event, Sealed
from regulars.domain.instants import DAY
from regulars.domain.numbers import MICRO, to_amount
from regulars.domain.personal_names import is_personal_trait
from regulars.domain.purposes import NO_PURPOSES, Purposes
from regulars.domain.segments import (
    All,
    CalendarDays,
    Consented,
    Drawn,
    InSegment,
    Latest,
    Measure,
    Measured,
    Node,
    Not,
    OneOf,
    OrdersMeasure,
    Regular,
    Returned,
    Rolling,
    Segment,
    Selection,
    Trait,
    Unfollowed,
)
from tests.consents import is_allowed

_MICRO = Decimal("0.000001")
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
}
_ABSENT = object()


@dataclass(frozen=True, kw_only=True)
class Life:
    """All there is to know of a person: the raw events of all identifiers, and what the workspace says."""

    events: Sequence[Event]
    known: bool = True
    profile_id: str = "p_user_id:u"
    calendar: Calendar = field(default_factory=Calendar)
    segments: Mapping[str, Segment] = field(default_factory=dict)
    rates: "OracleRates | None" = None
    purposes: Purposes = NO_PURPOSES


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


def is_member(segment: Segment, events: Iterable[Event], now: int, *, known: bool, **more: Any) -> bool:
    """Say whether a person with these events is in a segment at an instant; `more` is what a Life has besides."""
    return belongs(segment, Life(events=list(events), known=known, **more), now)


def belongs(segment: Segment, life: Life, now: int) -> bool:
    """Say whether somebody is in a segment at an instant."""
    needed = truth(segment.needs, life, now) if segment.needs else True
    return (life.known or segment.anonymous) and needed and truth(segment.where, life, now)


def truth(node: Node, life: Life, now: int) -> bool:  # noqa: C901 (a case each)
    """Answer a condition from the raw events."""
    match node:
        case All(nodes):
            return all(truth(inner, life, now) for inner in nodes)
        case OneOf(nodes):
            return any(truth(inner, life, now) for inner in nodes)
        case Not(inner):
            return not truth(inner, life, now)
        case Trait(name, check):
            return passes(check, trait_of(name, life.events), now, life.calendar)
        case Measured(OrdersMeasure() as measure, check):
            return _passes_exactly(check, measured_orders(measure, life, now), now, life.calendar)
        case Measured(Measure() as measure, check):
            return _measured(measure, check, life, now)
        case segments.Sequence():
            return _sequence(node, life, now)
        case Unfollowed():
            return _unfollowed(node, life, now)
        case Latest():
            return _latest(node, life, now)
        case segments.InAudience():
            return not life.known and _latest(node.latest, life, now)
        case Regular():
            return _regular(node, life, now)
        case Returned():
            return _returned(node, life, now)
        case InSegment(id):
            return id in life.segments and belongs(life.segments[id], life, now)
        case Consented(purpose, channel):
            return is_allowed(life.events, purpose, channel, life.purposes)
        case Drawn(start, end, salt):
            lot = int.from_bytes(md5(f"{salt}|{life.profile_id}".encode(), usedforsecurity=False).digest()[:8], "big")
            return start <= lot % 100 < end
    raise AssertionError(node)


def passes(check: c.Check, value: object, now: int, calendar: Calendar) -> bool:  # noqa: C901 (a case each)
    """Say whether a value passes a check; one that is not there is `None`."""
    dated = read_date(value)
    match check:
        case c.Exists(wanted):
            return (value is not None) is wanted
        case c.Compares(how, other):
            return _compares(how, value, other)
        case c.IsIn(values):
            items = value if isinstance(value, list) else [value]
            return any(_compares("equals", item, one) for item in items for one in values)
        case c.Contains(one):
            if isinstance(value, list):
                return any(_compares("equals", item, one) for item in value)
            return isinstance(value, str) and isinstance(one, str) and one in value
        case c.Affixed("starts_with", text):
            return isinstance(value, str) and value[: len(text)] == text
        case c.Affixed("ends_with", text):
            return isinstance(value, str) and value[max(0, len(value) - len(text)) :] == text
        case c.Matches(pattern):
            return isinstance(value, str) and re.search(pattern, value) is not None
        case c.Before(other_date):
            return dated is not None and dated.instant(calendar) < other_date.instant(calendar)
        case c.NotBefore(other_date):
            return dated is not None and dated.instant(calendar) >= other_date.instant(calendar)
        case c.Recent("within_last", length):
            return dated is not None and now - length < dated.instant(calendar) <= now
        case c.Recent("within_next", length):
            return dated is not None and now < dated.instant(calendar) <= now + length
        case c.Anniversary(way, days):
            return dated is not None and _comes_round(way, days, dated, date_of(calendar.day_of(now)), calendar)
    raise AssertionError(check)


def _compares(how: str, one: object, other: object) -> bool:
    kinds = [
        bool if isinstance(each, bool) else str if isinstance(each, str) else _number(each) for each in (one, other)
    ]
    if kinds[0] is not kinds[1] or kinds[0] is None:
        return False
    if kinds[0] is bool:
        return how == "equals" and one is other
    return _COMPARE[how](one, other)


def _number(value: object) -> type | None:
    return float if isinstance(value, int | float) else None


def _comes_round(way: str, days: int, dated: Dated, today: date, calendar: Calendar) -> bool:
    born = date_of(dated.day(calendar))
    step = 1 if way == "within_next" else -1
    reached = [today + timedelta(days=step * ahead) for ahead in range(days + 1)]
    return any(day >= born and (day.month, day.day) == _month_day(born, day.year) for day in reached)


def _month_day(born: date, year: int) -> tuple[int, int]:
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (2, 28) if (born.month, born.day) == (2, 29) and not is_leap else (born.month, born.day)


def trait_of(name: str, events: Iterable[Event]) -> object:
    """The newest value of a trait; of a sealed one only that there is one."""
    events = list(events)
    said = [event for event in events if event.type == "identify" and name in event.traits]
    if not said or name not in kept_traits(events):
        return None
    told = [(event.at, event.moment, _kept(event.traits[name])) for event in said]
    return max(told, key=lambda one: (*one[:2], _said(one[2])))[2]


def _said(value: object) -> str:
    return (
        value.text
        if isinstance(value, Sealed)
        else json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    )


def property_of(event: Event, path: str) -> object:
    """The value of a property, by its name as it stands or by its path."""
    if path in event.properties:
        return cast(object, event.properties[path])
    value: Any = event.properties
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return cast(object, value)


def selected(selection: Selection, events: Iterable[Event], calendar: Calendar | None = None) -> list[Event]:
    """The events that a selection takes."""
    zone = calendar or Calendar()
    return [
        event
        for event in events
        if event.name == selection.event
        and all(passes(one.check, property_of(event, one.property), 0, zone) for one in selection.where)
        and (selection.start is None or event.at >= selection.start)
        and (selection.end is None or event.at < selection.end)
    ]


def scalar_of(event: Event, path: str) -> str | None:
    """The value of a property as JSON, the same for all that count as one value; None for no value."""
    value = property_of(event, path)
    if isinstance(value, str):
        return json.dumps(value[: segments.MAX_VALUE], ensure_ascii=False)
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return json.dumps(int(value) if float(value).is_integer() and abs(value) < 2**53 else float(value))
    return None


def _measured(measure: Measure, check: c.Check, life: Life, now: int) -> bool:
    return _passes_exactly(check, measured(measure, life, now), now, life.calendar)


def _passes_exactly(check: c.Check, value: object, now: int, calendar: Calendar) -> bool:  # noqa: C901 (a case each)
    """Check what was measured: an amount is a Decimal, an instant a Dated, a list a list."""
    if isinstance(value, Dated):
        match check:
            case c.Exists(wanted):
                return wanted
            case c.Before(date_):
                return value.number < date_.instant(calendar)
            case c.NotBefore(date_):
                return value.number >= date_.instant(calendar)
            case c.Recent("within_last", length):
                return now - length < value.number <= now
            case c.Recent("within_next", length):
                return now < value.number <= now + length
            case c.Anniversary(way, days):
                return _comes_round(way, days, value, date_of(calendar.day_of(now)), calendar)
            case _:
                return False
    if isinstance(value, Decimal):
        match check:
            case c.Compares(how, other) if not isinstance(other, str | bool):
                return _COMPARE[how](value, _micro(Decimal(str(other))))
            case c.IsIn(values):
                return any(value == _micro(Decimal(str(one))) for one in values if not isinstance(one, str | bool))
            case c.Exists(wanted):
                return wanted
            case _:
                return False
    return passes(check, value, now, calendar)


def _micro(amount: Decimal) -> Decimal:
    return Decimal(to_amount(str(amount)) or 0) / MICRO


def measured(measure: Measure, life: Life, now: int) -> object:
    """What a measure comes to; None of nothing."""
    window = measure.window
    taken = [
        event for event in selected(measure.selection, life.events, life.calendar) if _in(window, event.at, life, now)
    ]
    of = measure.of or ""
    days = sorted({life.calendar.day_of(event.at) for event in taken})
    match measure.function:
        case "count":
            return len(taken)
        case "days":
            return len(days)
        case "streak":
            return max((length for length in _runs(days)), default=0)
        case "sessions":
            ats = sorted(event.at for event in taken)
            return sum(1 for one, two in pairwise(ats) if two - one > segments.SESSION_GAP) + bool(ats)
        case "first_time":
            return Dated(min(event.at for event in taken)) if taken else None
        case "last_time":
            return Dated(max(event.at for event in taken)) if taken else None
        case "sum" | "average" | "minimum" | "maximum":
            amounts = [amount for event in taken if (amount := amount_of(property_of(event, of))) is not None]
            return _of_amounts(measure.function, amounts)
        case _:
            told = [(event.at, value) for event in taken if (value := scalar_of(event, of)) is not None]
            return _of_values(measure.function, told)


def amount_of(value: object) -> int | None:
    """Millionths of an amount."""
    return to_amount(value)


def _of_amounts(function: str, amounts: list[int]) -> Decimal | None:
    if function == "sum":
        return Decimal(sum(amounts)) / 1_000_000
    if not amounts:
        return None
    found = {"average": sum(amounts) // len(amounts), "minimum": min(amounts), "maximum": max(amounts)}
    return Decimal(found[function]) / 1_000_000


def _of_values(function: str, told: list[tuple[int, str]]) -> object:
    if function == "distinct":
        return len({value for _, value in told})
    if function == "values":
        return [json.loads(value) for value in sorted({value for _, value in told})]
    if not told:
        return None
    if function == "most_frequent":
        often = Counter(value for _, value in told)
        return cast(object, json.loads(min(often, key=lambda value: (-often[value], value))))
    return cast(object, json.loads((min if function == "first" else max)(told)[1]))


def _in(window: segments.Window | None, at: int, life: Life, now: int) -> bool:
    match window:
        case None:
            return True
        case Rolling(length):
            return now - length < at <= now
        case CalendarDays(number):
            today = life.calendar.day_of(now)
            return today - number < life.calendar.day_of(at) <= today


def _runs(days: list[int]) -> Iterable[int]:
    for start in days:
        length = 1
        while start + length in days:
            length += 1
        yield length


def _same(event: Event, same: str | None) -> str | None:
    return "" if same is None else scalar_of(event, same)


def _sequence(node: segments.Sequence, life: Life, now: int) -> bool:
    steps = [selected(step, life.events, life.calendar) for step in node.steps]

    def goes_on(step: int, first: Event, before: Event) -> bool:
        if step == len(steps):
            return now - node.window.length < before.at <= now and before.at - first.at <= node.within
        return any(
            goes_on(step + 1, first, event)
            for event in steps[step]
            if event.at > before.at and _same(event, node.same) == _same(first, node.same)
        )

    return any(goes_on(1, first, first) for first in steps[0] if _same(first, node.same) is not None)


def _unfollowed(node: Unfollowed, life: Life, now: int) -> bool:
    answers = selected(node.then, life.events, life.calendar)
    return any(
        now - node.window.length < first.at <= now - node.within
        and not any(
            first.at < event.at <= first.at + node.within and _same(event, node.same) == _same(first, node.same)
            for event in answers
        )
        for first in selected(node.first, life.events, life.calendar)
        if _same(first, node.same) is not None
    )


def _latest(node: Latest, life: Life, now: int) -> bool:
    newest = max((event.at for event in selected(node.event, life.events, life.calendar)), default=None)
    if newest is None or now - newest < node.ago or (node.window and now - newest >= node.window.length):
        return False
    return node.without is None or all(
        event.at < newest for event in selected(node.without, life.events, life.calendar)
    )


def _regular(node: Regular, life: Life, now: int) -> bool:
    today = life.calendar.day_of(now)
    ages = [today - life.calendar.day_of(event.at) for event in selected(node.selection, life.events, life.calendar)]
    met = [sum(1 for age in ages if age // node.days == period) >= node.times for period in range(node.periods)]
    return sum(met) >= node.at_least


def _returned(node: Returned, life: Life, now: int) -> bool:
    today = life.calendar.day_of(now)
    days = sorted({life.calendar.day_of(event.at) for event in selected(node.selection, life.events, life.calendar)})
    return any(today - node.days < two <= today and two - one > node.gap for one, two in pairwise(days))


def kept_traits(events: Iterable[Event]) -> list[str]:
    """The names of traits that there is room for: first those that everybody uses, then by the alphabet."""
    names = {name for event in events if event.type == "identify" for name in event.traits}
    short = [name for name in names if _size(name) <= state.MAX_TRAIT_NAME]
    return sorted(short, key=lambda name: (not is_personal_trait(name), name))[: state.MAX_TRAITS]


def _kept(value: Any) -> Any:
    return value if _size(value) <= state.MAX_TRAIT else None


def _size(value: Any) -> int:
    if isinstance(value, Sealed):
        return len(value.text)
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def measured_orders(measure: OrdersMeasure, life: Life, now: int) -> object:
    """What orders come to; None of nothing."""
    standing = standing_orders(life.events, life.rates).values()
    worths = [worth for instant, worth in standing if _in(measure.window, instant, life, now)]
    instants = [instant for instant, _ in standing if _in(measure.window, instant, life, now)]
    match measure.of:
        case "count":
            return len(worths)
        case "revenue":
            return sum(worths, Decimal(0))
        case "average":
            return (sum(worths, Decimal(0)) / len(worths)).quantize(_MICRO, ROUND_HALF_EVEN) if worths else None
        case "first_time":
            return Dated(min(instants)) if instants else None
        case _:
            return Dated(max(instants)) if instants else None


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
        number = Decimal(str(value)).quantize(_MICRO, ROUND_HALF_UP)
    except InvalidOperation:
        return None
    return number if abs(number) <= 10**12 else None


def _print(event: Event) -> str:
    return md5(event.moment.encode()).hexdigest()[:10]


def _amount(value: object) -> Decimal:
    return Decimal(str(value)) if isinstance(value, int | float | str) else Decimal(0)
