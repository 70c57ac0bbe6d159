"""What is personal is sealed, and what the ledger and the segments need is not lost by it."""

from typing import Any

import pytest

from regulars.domain.calls import Delivery, read
from regulars.domain.classification import sort_fields
from regulars.domain.identifiers import DEFAULT_RULES
from regulars.domain.instants import SECOND
from regulars.domain.orders import drawer_of
from regulars.domain.sources import Source
from tests.builders import START

DELIVERY = Delivery(
    source=Source(id="web", name="web"), received=START + SECOND, rules=DEFAULT_RULES, hash_key=bytes(32)
)


def sorted_properties(own: str, **properties: Any) -> set[str]:
    """The names of the properties that stay in clear in a call of this user."""
    return set(sort_fields(properties, {}, {}, [own]).properties)


@pytest.mark.parametrize(("own", "value"), [("ann", "banner"), ("100", "Scrolled 100 %"), ("123", "A-1234")])
def test_a_short_id_inside_another_text_is_chance(own: str, value: str) -> None:
    assert sorted_properties(own, label=value) == {"label"}


@pytest.mark.parametrize(
    ("own", "value"), [("ann", "ann"), ("customer-17", "order of customer-17"), ("ann", ["x", {"of": "ann"}])]
)
def test_the_whole_of_an_id_or_a_long_one_inside_a_text_is_sealed(own: str, value: object) -> None:
    assert sorted_properties(own, label=value) == set()


def test_an_amount_stays_in_clear_even_if_somebody_is_called_so() -> None:
    assert sorted_properties("100", revenue="100", label="100") == {"revenue"}


def test_an_order_whose_id_tells_a_person_is_kept_in_the_ledger_under_a_hash() -> None:
    def order(order_id: str) -> Any:
        message = {
            "messageId": "m-1",
            "type": "track",
            "event": "Order Completed",
            "userId": "customer-17",
            "properties": {"order_id": order_id, "revenue": 5},
        }
        return read(message, DELIVERY)

    once, again, other = order("customer-17/1"), order("customer-17/1"), order("customer-17/2")

    assert "customer-17" not in str(once.event)
    assert once.personal["properties"] == {"order_id": "customer-17/1"}
    assert drawer_of(once.event) == drawer_of(again.event)
    assert once.event.properties["order_id"] == again.event.properties["order_id"]
    assert once.event.properties["order_id"] != other.event.properties["order_id"]
