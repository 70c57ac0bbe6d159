"""What a stranger with a public key can put into an event costs nobody else anything."""

import json
from dataclasses import replace
from typing import Any

import pytest

from regulars.domain.numbers import to_amount
from regulars.domain.orders import MAX_ORDERS, MAX_REFUNDS
from regulars.domain.packing import unpack
from regulars.domain.parts import fold
from regulars.domain.state import MAX_TRAITS
from regulars.domain.watches import Watches
from regulars.pipeline.sealing import QUARANTINED
from regulars.stores.database import size_of
from regulars.stores.identities import part_to_item
from tests.builders import an_identify, an_order
from tests.messages import a_track_call
from tests.pipeline.front_door import FrontDoor, outcomes

WATCHES = Watches(version=1, by_event={})


@pytest.mark.parametrize("number", ["1e9999999", "-1e9999999", "1e-9999999", "1e400", "9" * 5_000, "NaN", "Infinity"])
def test_a_number_beyond_all_bounds_is_none_or_nothing(number: str) -> None:
    assert to_amount(number) in (None, 0)


@pytest.mark.parametrize(
    "properties",
    [
        {"order_id": "o", "revenue": "1e9999999"},
        {"coupon": "%" + "25" * 1_100},
        {"path": "%25" * 2_000 + "user%2540example.com"},
    ],
)
def test_an_odd_event_is_taken_or_set_aside_and_its_neighbours_are_taken(
    front_door: FrontDoor, properties: dict[str, Any]
) -> None:
    odd = a_track_call(messageId="odd", event="Order Completed", properties=properties, userId="1e9999999")

    assert "accepted" in outcomes(front_door.batch(odd, a_track_call(messageId="good")))
    assert front_door.count("events", "quarantine") == 2


@pytest.mark.parametrize("levels", [90, 700, 930, 960])
@pytest.mark.parametrize("shape", ["event", "properties"])
def test_a_body_nested_too_deep_to_be_written_is_no_failure(front_door: FrontDoor, levels: int, shape: str) -> None:
    deep: Any = "x"
    for _ in range(levels):
        deep = {"a": deep}
    odd = [deep] if shape == "event" else a_track_call(messageId="deep", properties={"a": deep})

    receipt = front_door.batch(odd, a_track_call(messageId="good"))
    (row,) = front_door.quarantined()

    assert outcomes(receipt)[0] in ("too_deep", "invalid_event")
    assert "accepted" in outcomes(receipt)
    opened = front_door.sealer.open(row.owner, QUARANTINED, row.sealed)
    assert opened is not None
    assert ("…" in json.dumps(unpack(opened), ensure_ascii=False)) == (levels > 100)


def test_two_refused_events_under_one_id_are_both_kept(front_door: FrontDoor) -> None:
    one, other = (a_track_call(messageId="m", event="", properties={"n": number}) for number in (1, 2))

    front_door.batch(one, other)
    front_door.batch(one)

    assert len(front_door.quarantined()) == 2


def test_no_number_of_orders_or_refunds_makes_a_part_too_large_for_an_item() -> None:
    ids = ["\x01" * 120 + f"{number:05d}" for number in range(3 * MAX_ORDERS)]
    events = [an_order(number, properties={"order_id": id}) for number, id in enumerate(ids)]
    events += [
        an_order(10_000 + number, name="Order Refunded", properties={"order_id": ids[0], "revenue": 1})
        for number in range(2 * MAX_REFUNDS)
    ]
    drawers = [f"orders#{drawer:x}" for drawer in range(16)]

    sizes = [size_of(part_to_item(fold("user_id:u", name, events, WATCHES, version=0, read=0))) for name in drawers]
    assert max(sizes) < 350_000


def test_a_flood_of_trait_names_does_not_push_out_what_everybody_uses() -> None:
    flood = {f"!{number}": "x" for number in range(2 * MAX_TRAITS)}

    events = [an_identify(1, email="e"), replace(an_identify(2), traits=flood)]

    part = fold("user_id:u", "traits", events, WATCHES, version=0, read=0)

    assert "email" in part.state.traits
    assert len(part.state.traits) == MAX_TRAITS
