"""The order ledger: what was said of each order, whatever the order in which it was said."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b, md5
from typing import Any

from regulars.domain.events import Event
from regulars.domain.instants import day_of as utc_day_of
from regulars.domain.numbers import half_even
from regulars.domain.order_amounts import amount_of, currency_of
from regulars.domain.rates import ONE, Rates

ORDER_EVENTS = frozenset({"Order Completed", "Order Updated", "Order Refunded", "Order Cancelled"})
ORDER_IDS = ("order_id", "orderId")
DRAWERS = 16
MAX_ORDERS = 200  # in a drawer: an item holds 400 KB, and one that outgrows it would stall everybody behind it
MAX_REFUNDS = 32  # of an order
NAME = 10  # characters that name an event within an order

# Of two the greater counts: the later, at one instant an update, then by the name of the event.
Worth = tuple[int, str, int, str]  # instant, name, amount, currency; "" where none was stated
Stated = tuple[int, str, str]  # instant, name, currency
Refund = tuple[int, str]  # amount, currency
DayOf = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Order:
    """
    What was said of one order.

    `worth` is the latest amount of those who completed or updated it, `currency` the latest that they stated,
    `completed` and `updated` the earliest instants at which they did. `refunds` are amounts by event. It is `ended`
    once it was cancelled, or refunded without an amount.
    """

    worth: Worth | None = None
    currency: Stated | None = None
    completed: int | None = None
    updated: int | None = None
    refunds: Mapping[str, Refund] = field(default_factory=dict)
    ended: bool = False

    @property
    def instant(self) -> int | None:
        """When it was completed; where only updates tell of it, the first of them."""
        return self.updated if self.completed is None else self.completed

    @property
    def in_currency(self) -> str:
        """The currency of its worth, else the latest that was stated, else empty: the workspace's."""
        stated = self.currency[2] if self.currency else ""
        return (self.worth[3] if self.worth else "") or stated

    @property
    def currencies(self) -> frozenset[str]:
        """All currencies that its amounts are in."""
        return frozenset(currency for _, currency in self.amounts())

    def amounts(self) -> Iterator[tuple[int, str]]:
        """Give its worth, and each refund as less; a refund without a currency is in the order's."""
        currency = self.in_currency
        if self.worth:
            yield self.worth[2], currency
        for amount, stated in self.refunds.values():
            yield -amount, stated or currency


Ledger = Mapping[str, Order]


def drawer_of(event: Event) -> str | None:
    """Say in which of the sixteen drawers of the ledger an event's order lies; None if it is no order's event."""
    if event.name not in ORDER_EVENTS:
        return None
    order_id = _order_id(event.properties)
    if order_id is None:
        return None
    return f"{blake2b(order_id.encode(), digest_size=1).digest()[0] % DRAWERS:x}"


def entry(event: Event) -> Ledger:
    """What one event says about its order, as a ledger of one."""
    order_id = _order_id(event.properties)
    if order_id is None:
        return {}
    if event.name == "Order Cancelled":
        return {order_id: Order(ended=True)}
    amount, currency = amount_of(event.properties), currency_of(event.properties)
    if event.name == "Order Refunded":
        return {order_id: _given_back(event, amount, currency)}
    return {order_id: _stated(event, amount, currency)}


def combine(one: Ledger, other: Ledger) -> Ledger:
    """Add two ledgers: the union of what was said of each order."""
    both = one.keys() & other.keys()
    return {**one, **other, **{order_id: _combine(one[order_id], other[order_id]) for order_id in both}}


def cut(ledger: Ledger) -> Ledger:
    """Keep the first 200 orders by id of a drawer: a cut that no order of arrival can change."""
    if len(ledger) <= MAX_ORDERS:
        return ledger
    return {order_id: ledger[order_id] for order_id in sorted(ledger)[:MAX_ORDERS]}


def net(order: Order, rates: Rates, day_of: DayOf = utc_day_of) -> int | None:
    """
    Millionths of the workspace's currency that remain of an order; None where its day has no rate for one of them.

    Never below zero, and nothing once it is ended. What its amounts come to is rounded once, halves to the even.
    """
    if order.instant is None or order.ended:
        return 0
    total, day = 0, day_of(order.instant)
    for amount, currency in order.amounts():
        rate = rates.rate(currency, day)
        if rate is None:
            return None
        total += amount * rate
    return max(0, half_even(total, ONE))


def stands(order: Order, remains: int) -> bool:
    """Say whether an order of which so much remains still stands: a free one does, until something is given back."""
    if order.instant is None or order.ended:
        return False
    return remains > 0 or (not order.refunds and (order.worth is None or order.worth[2] == 0))


def _given_back(event: Event, amount: int | None, currency: str) -> Order:
    return Order(ended=True) if amount is None else Order(refunds={_name(event): (abs(amount), currency)})


def _stated(event: Event, amount: int | None, currency: str) -> Order:
    is_update = event.name == "Order Updated"
    name = f"{'u' if is_update else 'c'}{_name(event)}"
    return Order(
        worth=None if amount is None else (event.at, name, amount, currency),
        currency=(event.at, name, currency) if currency else None,
        completed=None if is_update else event.at,
        updated=event.at if is_update else None,
    )


def _combine(one: Order, other: Order) -> Order:
    both = one.refunds.keys() & other.refunds.keys()
    same = {name: max(one.refunds[name], other.refunds[name]) for name in both}  # told twice, differently
    return Order(
        worth=max((each for each in (one.worth, other.worth) if each), default=None),
        currency=max((each for each in (one.currency, other.currency) if each), default=None),
        completed=_earlier(one.completed, other.completed),
        updated=_earlier(one.updated, other.updated),
        refunds=_first_refunds({**one.refunds, **other.refunds, **same}),
        ended=one.ended or other.ended,
    )


def _earlier(one: int | None, other: int | None) -> int | None:
    return min((each for each in (one, other) if each is not None), default=None)


def _first_refunds(refunds: Mapping[str, Refund]) -> Mapping[str, Refund]:
    if len(refunds) <= MAX_REFUNDS:
        return refunds
    return {name: refunds[name] for name in sorted(refunds)[:MAX_REFUNDS]}


def _name(event: Event) -> str:
    """Name an event in few characters, which SQL finds as well."""
    return md5(event.moment.encode(), usedforsecurity=False).hexdigest()[:NAME]


def _order_id(properties: Mapping[str, Any]) -> str | None:
    values = (properties.get(name) for name in ORDER_IDS)
    return next((str(each)[:128] for each in values if _is_id(each)), None)


def _is_id(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""
