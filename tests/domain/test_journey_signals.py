"""What an event has in common with the one that was entered by."""

import pytest

from regulars.domain.journey_signals import is_awaited
from regulars.domain.journeys import Awaited
from regulars.domain.segments import Selection
from tests.builders import an_event


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("c-1", "c-1", True),
        ("x" * 100 + "a", "x" * 100 + "a", True),
        ("x" * 100 + "a", "x" * 100 + "b", False),
        (7, 7.0, True),
        (7, 7.5, False),
        (12345678901234567890, 12345678901234567891, False),
        (7, "7", False),
        (1, True, False),
        (True, True, True),
        (None, None, False),
        ({"a": 1}, {"a": 1}, False),
    ],
)
def test_the_same_is_the_same_value(here: object, there: object, *, expected: bool) -> None:
    awaited = Awaited(Selection(event="Order Completed"), same=(("order_id", "id"),))
    event = an_event(1, name="Order Completed", properties={"order_id": here})

    assert is_awaited(awaited, event, {"id": there}) is expected
