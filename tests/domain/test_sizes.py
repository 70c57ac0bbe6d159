"""Whatever strangers send, a part stays one item: what outgrew it would stall everybody behind it."""

from collections.abc import Iterable
from typing import Any

from regulars.domain.events import Event, Mark, Sealed
from regulars.domain.order_amounts import LARGEST
from regulars.domain.orders import DRAWERS, MAX_ORDERS, MAX_REFUNDS, drawer_of
from regulars.domain.parts import REMEMBERED, Part
from regulars.domain.state import MAX_TRAIT, MAX_TRAIT_NAME, MAX_TRAITS, State, add, parts_of, state_of
from regulars.domain.watches import Watch, Watches
from regulars.stores.database import size_of
from regulars.stores.identities import part_to_item
from tests.builders import START, an_event

ITEM = 400 * 1_024
OWNER = f"{'k' * 40}:{'x' * 26}"
MESSAGE_ID = "\U0001f600" * 95  # printable, and four bytes each


def stored(events: Iterable[Event]) -> int:
    """How large the part of these events is as an item."""
    state, name = State(), ""
    for event in events:
        name = parts_of(event, Watches(by_event={}))[-1]
        state = add(state, state_of(event, name, Watch()), Watch())
    marks = frozenset(Mark(10**16 + number, bytes(5)) for number in range(REMEMBERED))
    stamps: Any = {"version": 10**9, "catalog": 10**6, "floor": 10**16, "whole": 10**16}
    return size_of(part_to_item(Part(owner=OWNER, name=name, watch="w" * 10, marks=marks, state=state, **stamps)))


def identify(number: int, name: str, value: object) -> Event:
    """One trait, said in a message of the longest name."""
    message_id = f"{MESSAGE_ID}{number:05}"
    return an_event(number, links=(OWNER,), type="identify", name=None, traits={name: value}, message_id=message_id)


def test_the_largest_traits_are_one_item() -> None:
    escaped = MAX_TRAIT_NAME // 6 - 2  # a control character is written in six bytes
    events = [
        identify(number, "\x01" * escaped + f"{number:05}", "\x01" * ((MAX_TRAIT - 2) // 6))
        for number in range(MAX_TRAITS + 50)
    ]
    sealed = [identify(number, f"{number:0100}", Sealed(OWNER, "s" * MAX_TRAIT)) for number in range(MAX_TRAITS + 50)]

    assert MAX_TRAITS * MAX_TRAIT < stored(events) < ITEM
    assert MAX_TRAITS * MAX_TRAIT < stored(sealed) < ITEM


def test_a_name_or_value_counts_as_it_is_stored() -> None:
    fits, too_long = "\x01" * ((MAX_TRAIT_NAME - 2) // 6), "\x01" * (MAX_TRAIT_NAME // 6 + 1)
    event = an_event(
        type="identify", name=None, traits={fits: "x" * (MAX_TRAIT - 2), too_long: 1, "v": "\x01" * MAX_TRAIT}
    )

    traits = state_of(event, "traits", Watch()).traits
    assert {name: trait[2] for name, trait in traits.items()} == {fits: "x" * (MAX_TRAIT - 2), "v": None}


def test_the_largest_drawer_of_orders_is_one_item() -> None:
    ids = ["\x01" * 120 + f"{number:08}" for number in range(DRAWERS * MAX_ORDERS * 2)]
    drawer = [id for id in ids if drawer_of(an_event(name="Order Completed", properties={"order_id": id})) == "f"]
    events = []
    for number, id in enumerate(drawer[: MAX_ORDERS + 20]):
        for told in range(MAX_REFUNDS + 4):
            name = ("Order Completed", "Order Updated", "Order Cancelled")[told] if told < 3 else "Order Refunded"
            said: dict[str, Any] = {"order_id": id, "currency": "EUR" if told == 1 else "USD"}
            said |= {} if told == 1 else {"revenue": -LARGEST}
            at, message_id = START + told, f"{number} {told}"
            events.append(an_event(links=(OWNER,), at=at, name=name, properties=said, message_id=message_id))

    assert len(drawer) > MAX_ORDERS
    assert MAX_ORDERS * 1_500 < stored(events) < ITEM
