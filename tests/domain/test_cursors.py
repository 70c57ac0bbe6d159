"""A cursor goes on in the list it was written for, and in no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.cursors import cursor_key, read_cursor, write_cursor
from regulars.errors import InvalidRequestError

KEY = cursor_key(bytes(32))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(position=TEXTS, of=TEXTS)
def test_gives_back_the_position(position: str, of: str) -> None:
    assert read_cursor(write_cursor(position, of=of, key=KEY), of=of, key=KEY) == position


@given(position=TEXTS, of=TEXTS, other=TEXTS)
def test_fits_no_other_list(position: str, of: str, other: str) -> None:
    cursor = write_cursor(position, of=of, key=KEY)

    if other != of:
        with pytest.raises(InvalidRequestError):
            read_cursor(cursor, of=other, key=KEY)


@given(position=TEXTS, data=st.data())
def test_notices_every_changed_letter(position: str, data: st.DataObject) -> None:
    cursor = write_cursor(position, of="events", key=KEY)
    at = data.draw(st.integers(0, len(cursor) - 1))
    letter = data.draw(st.sampled_from("ABCabc019-_=+/ \n"))
    changed = cursor[:at] + letter + cursor[at + 1 :]

    if changed != cursor:
        with pytest.raises(InvalidRequestError):
            read_cursor(changed, of="events", key=KEY)


def test_another_workspace_signs_with_another_key() -> None:
    cursor = write_cursor("m-1", of="events", key=KEY)

    with pytest.raises(InvalidRequestError):
        read_cursor(cursor, of="events", key=cursor_key(bytes(31) + b"\1"))


@pytest.mark.parametrize("cursor", ["", "a", "====", "é", "\x00", "../..", "A" * 9_000, "A" * 22, "null"])
def test_refuses_what_nobody_wrote(cursor: str) -> None:
    with pytest.raises(InvalidRequestError):
        read_cursor(cursor, of="events", key=KEY)


@given(st.text(max_size=300))
def test_refuses_any_text_in_our_own_words(text: str) -> None:
    with pytest.raises(InvalidRequestError):
        read_cursor(text, of="events", key=KEY)


def test_the_place_of_a_separator_matters() -> None:
    cursor = write_cursor("bc", of="a", key=KEY)

    with pytest.raises(InvalidRequestError):
        read_cursor(cursor, of="ab", key=KEY)
