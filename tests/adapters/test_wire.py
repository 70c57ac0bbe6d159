"""Items cross the wire and come back as they were."""

from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.adapters.wire import from_wire, to_wire
from regulars.stores.database import Item

ITEMS = st.dictionaries(st.text(), st.text() | st.integers() | st.binary())


@given(ITEMS)
def test_an_item_comes_back_as_it_was(item: Item) -> None:
    assert from_wire(to_wire(item)) == item


@given(ITEMS)
def test_an_item_comes_back_from_a_stream_as_it_was(item: Item) -> None:
    told = {
        name: {kind: b64encode(value).decode() if isinstance(value, bytes) else value for kind, value in typed.items()}
        for name, typed in to_wire(item).items()
    }

    assert from_wire(told) == item


@pytest.mark.parametrize(
    "value",
    [{"M": {}}, {"L": []}, {"BOOL": True}, {"NULL": True}, {"SS": ["a"]}, {}, {"N": "1.5"}, {"B": "%"}, {"S": 1}],
)
def test_refuses_what_no_table_holds(value: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_wire({"state": value})
