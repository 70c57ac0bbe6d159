"""What is far below the limit is not measured exactly, and never mistaken."""

from hypothesis import given
from hypothesis import strategies as st

from regulars.adapters.spilling import _at_most
from regulars.stores.database import Value, size_of

VALUES = st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.integers(), st.binary())


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), VALUES))
def test_an_item_is_never_larger_than_it_seems(item: dict[str, Value]) -> None:
    assert _at_most(item) >= size_of(item)
