"""The order ledger: what an order is worth after refunds and cancellation, whatever the order of its events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from regulars.domain.events import Event
from regulars.domain.numbers import to_amount

ORDER_EVENTS = frozenset({"Order Completed", "Order Updated", "Order Refunded", "Order Cancelled"})
ORDER_IDS = ("order_id", "orderId")
DRAWERS = 16
MAX_ORDERS = 200  # in a drawer: an item holds 400 KB, and one that outgrows it would stall everybody behind it
MAX_REFUNDS = 32  # of an order

Register = tuple[int, str, int]  # instant, print of the event, amount: the latest counts, ties by print


@dataclass(frozen=True, slots=True)
class Order:
    """One order: its latest stated worth, its refunds by event, and when it was cancelled."""

    worth: Register | None = None
    refunds: Mapping[str, int | None] = field(default_factory=dict)
    cancelled: bool = False

    @property
    def net(self) -> int:
        """Millionths that remain: never below zero, nothing once cancelled or refunded without an amount."""
        if self.worth is None or self.cancelled or None in self.refunds.values():
            return 0
        return max(0, self.worth[2] - sum(amount or 0 for amount in self.refunds.values()))


Ledger = Mapping[str, Order]


def drawer_of(event: Event) -> str | None:
    """Say in which of the sixteen drawers of the ledger an event's order lies; None if it is no order's event."""
    order_id = _order_id(event)
    if event.name not in ORDER_EVENTS or order_id is None:
        return None
    return f"{blake2b(order_id.encode(), digest_size=1).digest()[0] % DRAWERS:x}"


def entry(event: Event) -> Ledger:
    """What one event says about its order, as a ledger of one."""
    order_id = _order_id(event)
    amount = to_amount(event.properties.get("revenue", event.properties.get("total")))
    name = event.mark.print.hex()
    if order_id is None:
        return {}
    match event.name:
        case "Order Refunded":
            return {order_id: Order(refunds={name: amount})}
        case "Order Cancelled":
            return {order_id: Order(cancelled=True)}
        case _:
            return {order_id: Order(worth=(event.at, name, amount or 0))}


def combine(one: Ledger, other: Ledger) -> Ledger:
    """Add two ledgers: the union of what was said of each order."""
    both = one.keys() & other.keys()
    return {**one, **other, **{order_id: _combine(one[order_id], other[order_id]) for order_id in both}}


def cut(ledger: Ledger) -> Ledger:
    """Keep the first 200 orders by id of a drawer: a cut that no order of arrival can change."""
    if len(ledger) <= MAX_ORDERS:
        return ledger
    return {order_id: ledger[order_id] for order_id in sorted(ledger)[:MAX_ORDERS]}


def net_revenue(ledger: Ledger) -> int:
    """Millionths of all orders, net of refunds and cancellations."""
    return sum(order.net for order in ledger.values())


def count_standing(ledger: Ledger) -> int:
    """How many orders were completed and neither cancelled nor given back whole."""
    return sum(1 for order in ledger.values() if order.net > 0 or _stands_at_nothing(order))


def _stands_at_nothing(order: Order) -> bool:
    return order.worth is not None and order.worth[2] == 0 and not order.cancelled and not order.refunds


def _combine(one: Order, other: Order) -> Order:
    worths = [worth for worth in (one.worth, other.worth) if worth]
    both = one.refunds.keys() & other.refunds.keys()
    same = {name: _larger(one.refunds[name], other.refunds[name]) for name in both}
    return Order(
        worth=max(worths, default=None),
        refunds=_first_refunds({**one.refunds, **other.refunds, **same}),
        cancelled=one.cancelled or other.cancelled,
    )


def _larger(one: int | None, other: int | None) -> int | None:
    """Of one refund that was told twice, differently; one without an amount gives back the whole."""
    return None if one is None or other is None else max(one, other)


def _first_refunds(refunds: Mapping[str, int | None]) -> Mapping[str, int | None]:
    if len(refunds) <= MAX_REFUNDS:
        return refunds
    return {name: refunds[name] for name in sorted(refunds)[:MAX_REFUNDS]}


def _order_id(event: Event) -> str | None:
    value = next((event.properties[name] for name in ORDER_IDS if name in event.properties), None)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)[:128] or None
