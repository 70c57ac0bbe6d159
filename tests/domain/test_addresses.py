"""Addresses: what providers take, and the owners that one is in all spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.addresses import address_of, email_address, phone_number
from regulars.domain.identifiers import Identifier, normalise, owner_key

KEY = bytes(32)
DIGITS = st.from_regex(r"[1-9][0-9]{6,14}", fullmatch=True)
SIGNS = st.sampled_from(["", " ", "-", ".", "/", "(", ")", "\u00a0"])
WORDS = st.text(st.sampled_from("abcäöüéßñ"), min_size=1, max_size=8)


def owner(kind: str, value: str) -> str:
    return owner_key(Identifier(kind, normalise(kind, value) or ""), KEY)


@given(DIGITS, st.data())
def test_a_number_is_one_however_it_is_spelled(digits: str, data: st.DataObject) -> None:
    spelled = "+" + "".join(data.draw(SIGNS) + digit for digit in digits)
    plain, found = address_of("phone", f"+{digits}", KEY), address_of("phone", spelled, KEY)

    assert plain
    assert found
    assert (plain.to, plain.owner, plain.also) == (f"+{digits}", owner("phone", f"+{digits}"), ())
    assert (found.to, found.owner) == (plain.to, plain.owner)
    assert set(found.owners) == {plain.owner, owner("phone", spelled)}


@given(WORDS, st.booleans())
def test_a_host_is_one_in_letters_and_as_it_is_asked_for(word: str, loud: bool) -> None:
    said = f"Ann@{word.upper() if loud else word}.example"
    found = address_of("email", said, KEY)
    assert found
    again = address_of("email", found.to, KEY)

    assert again
    assert found.to.isascii()
    assert again.owner == found.owner == owner("email", found.to)
    assert set(again.owners) <= set(found.owners)
    assert owner("email", said) in found.owners
    if word.isascii():
        assert found.also == ()


@given(st.one_of(st.text(max_size=30), st.integers(), st.none(), st.from_regex(r"\A[^@]{0,9}@(xn--)?.{0,20}\Z")))
def test_what_is_no_address_is_none(value: object) -> None:
    for kind, read in (("email", email_address), ("phone", phone_number)):
        found = address_of(kind, value, KEY)
        assert (found.to if found else None) == read(value)
        assert found is None or len(set(found.owners)) == len(found.owners)


@pytest.mark.parametrize("value", ["a@xn--.example", "a@xn--a.example", "a@xn--99999999.example"])
def test_a_host_that_is_written_in_no_letters_stays_as_it_is(value: str) -> None:
    found = address_of("email", value, KEY)

    assert found is None or found.owner == owner("email", value)
