"""A reference names a person by profile id or by `kind:value`; nonsense names nobody, and never fails."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.identifiers import Identifier, owner_key
from regulars.domain.references import profile_id_of, profile_id_of_value

KEY = bytes(32)
ID = re.compile(r"p_[a-z0-9_.]{1,40}:[a-z2-7]{26}")


def test_a_profile_id_is_taken_as_it_is() -> None:
    profile_id = f"p_{owner_key(Identifier('email', 'jane@example.com'), KEY)}"

    assert profile_id_of(profile_id, KEY) == profile_id


def test_a_value_is_brought_to_its_normal_form() -> None:
    expected = f"p_{owner_key(Identifier('email', 'jane@example.com'), KEY)}"

    assert profile_id_of("email: Jane@Example.COM ", KEY) == expected
    assert profile_id_of_value("email", "JANE@example.com", KEY) == expected


def test_a_value_may_hold_colons() -> None:
    assert profile_id_of("user_id:a:b", KEY) == f"p_{owner_key(Identifier('user_id', 'a:b'), KEY)}"


def test_a_value_that_looks_like_a_hash_is_just_a_value() -> None:
    owner = owner_key(Identifier("email", "jane@example.com"), KEY)

    assert profile_id_of(owner, KEY) != f"p_{owner}"


def test_a_number_is_the_same_as_its_text() -> None:
    assert profile_id_of_value("user_id", 123, KEY) == profile_id_of("user_id:123", KEY)


@pytest.mark.parametrize(
    "ref", ["", ":", "email:", "p_", "p_x:", "p_email:short", "../x", "\ud800:a", "user_id:\ud800"]
)
def test_nonsense_becomes_an_id_that_nothing_has(ref: str) -> None:
    assert ID.fullmatch(profile_id_of(ref, KEY))


@given(st.text(st.characters(), max_size=300))
def test_any_text_becomes_an_id_that_can_be_stored(ref: str) -> None:
    assert ID.fullmatch(profile_id_of(ref, KEY))


@given(st.text(max_size=50), st.one_of(st.text(), st.integers(), st.booleans(), st.floats()))
def test_any_kind_and_value_become_an_id_that_can_be_stored(kind: str, value: object) -> None:
    assert ID.fullmatch(profile_id_of_value(kind, value, KEY))
