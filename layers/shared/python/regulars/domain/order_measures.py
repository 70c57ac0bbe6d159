"""What segments and computed traits ask of the order ledger; orders whose day has no rate are left out, and told."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from regulars.domain.instants import day_of as utc_day_of
from regulars.domain.numbers import half_even
from regulars.domain.orders import DayOf, Ledger, Order, net, stands
from regulars.domain.rates import NO_RATES, Rates

Measure = Literal["count", "revenue", "average", "first", "last"]
Window = tuple[float, float]  # half open: after the first instant, up to and with the second


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """
    What a ledger comes to: standing orders, and their revenue in millionths.

    `unconverted` are the orders that are left out, by the currency that has no rate, and `mixed` the currencies of
    amounts that were added as they are although they are several.
    """

    count: int = 0
    revenue: int = 0
    currency: str = ""
    unconverted: Mapping[str, int] = field(default_factory=dict)
    mixed: frozenset[str] = frozenset()


NO_ORDERS = Totals()


def measure(
    ledger: Ledger, of: Measure, rates: Rates, window: Window | None = None, day_of: DayOf = utc_day_of
) -> int | None:
    """
    Measure the standing orders of a ledger, those of a window by their instant.

    Their number, their revenue or average in millionths, the instant of the first or the last; None where there is none
    to take an average or an instant of.
    """
    found = [one for one in _standing(ledger, rates, day_of) if _is_within(one[0], window)]
    match of:
        case "count":
            return len(found)
        case "revenue":
            return sum(remains for _, remains in found)
        case "average":
            return half_even(sum(remains for _, remains in found), len(found)) if found else None
        case "first":
            return min((instant for instant, _ in found), default=None)
        case "last":
            return max((instant for instant, _ in found), default=None)


def totals(ledger: Ledger, rates: Rates = NO_RATES, day_of: DayOf = utc_day_of) -> Totals:
    """Sum up a ledger, and say what could not be."""
    count = revenue = 0
    left_out: Counter[str] = Counter()
    for order in ledger.values():
        remains = net(order, rates, day_of)
        if remains is None:
            left_out[_lacking(order, rates, day_of)] += 1
        elif stands(order, remains):
            count, revenue = count + 1, revenue + remains
    mixed = frozenset() if rates.currency else _currencies(ledger)
    return Totals(
        count=count,
        revenue=revenue,
        currency=rates.currency,
        unconverted=dict(left_out),
        mixed=mixed if len(mixed) > 1 else frozenset(),
    )


def _standing(ledger: Ledger, rates: Rates, day_of: DayOf) -> Iterator[tuple[int, int]]:
    for order in ledger.values():
        remains = net(order, rates, day_of)
        if order.instant is not None and remains is not None and stands(order, remains):
            yield order.instant, remains


def _lacking(order: Order, rates: Rates, day_of: DayOf) -> str:
    """Name the first currency, by the alphabet, that has no rate on the day of an order."""
    day = day_of(order.instant or 0)
    return min(currency for currency in order.currencies if rates.rate(currency, day) is None)


def _is_within(instant: int, window: Window | None) -> bool:
    return window is None or window[0] < instant <= window[1]


def _currencies(ledger: Ledger) -> frozenset[str]:
    """The currencies that are stated for what counts."""
    return frozenset(each for order in ledger.values() if _counts(order) for each in order.currencies if each)


def _counts(order: Order) -> bool:
    return order.instant is not None and not order.ended
