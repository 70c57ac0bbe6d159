"""Facets: what is kept in clear of a sealed trait, made by the door alone, and what a segment may ask of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.calls import Call, Delivery, read
from regulars.domain.facet_values import hash_of
from regulars.domain.facets import FACETS
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.plan_definitions import parse_plan
from regulars.domain.plans import compile_plan
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import traits_read
from regulars.domain.sources import Source
from regulars.errors import DefinitionError, InvalidEventError

KEY = bytes(range(32))
TRAITS = {
    "email": {"x-facets": ["hash", "domain"]},
    "phone": {"x-facets": ["calling_code"]},
    "address": {"x-facets": ["country"]},
    "birthday": {"x-facets": ["month_day", "year"]},
    "shoe_size": {"x-privacy": "personal", "x-facets": ["hash"]},
}


def a_plan(traits: dict[str, Any] = TRAITS) -> dict[str, Any]:
    """Write the plan of identify calls."""
    return {"type": "identify", "traits": {"properties": traits}}


def a_delivery(plan: dict[str, Any] | None = None) -> Delivery:
    """A delivery to a workspace with that plan."""
    judge = compile_plan([parse_plan("identify", plan)]) if plan else None
    source = Source(id="web", name="Web")
    return Delivery(source=source, received=1_767_225_600_000_000, rules=DEFAULT_RULES, hash_key=KEY, plan=judge)


PLANNED, UNPLANNED = a_delivery(a_plan()), a_delivery()


def identify(**traits: Any) -> Call:
    """Read an identify call under the plan."""
    return say(PLANNED, traits)


def say(delivery: Delivery, traits: dict[str, Any]) -> Call:
    """Read an identify call."""
    return read({"type": "identify", "messageId": "m", "userId": "u-1", "traits": traits}, delivery)


def test_keeps_in_clear_what_the_plan_names_and_nothing_else() -> None:
    call = identify(email="Ann@Shop.Example", phone="+49 (0)170 1234567", birthday="1990-02-28", lastName="Lee")

    assert call.event.traits == {
        "email.hash": hash_of("email", "ann@shop.example", KEY),
        "email.domain": "shop.example",
        "phone.calling_code": "+49",
        "birthday.month_day": "2000-02-28",
        "birthday.year": "1990",
    }
    assert call.personal_traits.keys() == {"email", "phone", "birthday", "lastName"}


@pytest.mark.parametrize(
    ("trait", "value", "facets"),
    [
        ("email", "ann@München.example", {"email.domain": "xn--mnchen-3ya.example"}),
        ("email", "ann", {"email.domain": None}),
        ("email", '"a@b"@shop.example', {"email.domain": "shop.example"}),
        ("email", "a@" + "x" * 300, {"email.domain": None}),
        ("email", "a@b c", {"email.domain": None}),
        ("email", ["ann@shop.example"], {"email.domain": None, "email.hash": None}),
        ("email", None, {"email.domain": None, "email.hash": None}),
        ("phone", "0033 1 23 45 67 89", {"phone.calling_code": "+33"}),
        ("phone", "+1 202 555 0100", {"phone.calling_code": "+1"}),
        ("phone", "+353 1 234 5678", {"phone.calling_code": "+353"}),
        ("phone", "030 1234567", {"phone.calling_code": None}),
        ("phone", 491701234567, {"phone.calling_code": None}),
        ("address", {"country": "de", "city": "Bern"}, {"address.country": "DE"}),
        ("address", {"country": "Germany"}, {"address.country": None}),
        ("birthday", "1988-02-29T23:00:00Z", {"birthday.month_day": "2000-02-29", "birthday.year": "1988"}),
        ("birthday", "29.02.1988", {"birthday.month_day": None, "birthday.year": None}),
        ("birthday", "1989-02-29", {"birthday.month_day": None, "birthday.year": None}),
        ("shoe_size", 44, {"shoe_size.hash": hash_of("shoe_size", "44", KEY)}),
        ("shoe_size", True, {"shoe_size.hash": None}),
    ],
)
def test_a_value_has_these_facets(trait: str, value: object, facets: dict[str, str | None]) -> None:
    made = identify(**{trait: value}).event.traits

    assert {name: made[name] for name in facets} == facets


def test_a_trait_that_is_not_said_changes_no_facet() -> None:
    assert identify(plan="gold").event.traits == {"plan": "gold"}


def test_one_hash_is_not_that_of_another_trait() -> None:
    assert hash_of("email", "x", KEY) != hash_of("login", "x", KEY) != hash_of("login", "x", bytes(32))


@pytest.mark.parametrize(
    "name", ["email.domain", "email.hash", "phone.calling_code", "birthday.year", "home_email.hash"]
)
@pytest.mark.parametrize("delivery", [PLANNED, UNPLANNED], ids=["planned", "unplanned"])
def test_a_facet_that_a_sender_says_itself_is_refused(name: str, delivery: Delivery) -> None:
    with pytest.raises(InvalidEventError) as refused:
        say(delivery, {name: "gmail.example"})

    assert refused.value.code == "reserved_trait"


def test_the_facet_of_a_trait_that_only_the_plan_calls_personal_is_refused_too() -> None:
    with pytest.raises(InvalidEventError):
        identify(**{"shoe_size.hash": "x"})


@pytest.mark.parametrize("name", ["page.domain", "release.year", "shop.country", "email.opened"])
def test_other_names_with_dots_are_traits_as_any(name: str) -> None:
    assert name in identify(**{name: "x"}).event.traits


@given(
    st.dictionaries(
        st.sampled_from([*TRAITS]),
        st.recursive(
            st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("country"), inner, max_size=1),
            max_leaves=5,
        ),
    )
)
def test_whatever_a_trait_holds_its_facets_are_short_text_or_nothing(traits: dict[str, Any]) -> None:
    try:
        made = identify(**traits).event.traits
    except InvalidEventError:
        return

    named = [value for name, value in made.items() if name.rpartition(".")[2] in FACETS]
    assert all(value is None or (isinstance(value, str) and len(value) <= 253) for value in named)


@pytest.mark.parametrize(
    "traits",
    [
        {"plan": {"x-facets": ["hash"]}},
        {"email": {"x-privacy": "sensitive", "x-facets": ["hash"]}},
        {"email": {"x-facets": []}},
        {"email": {"x-facets": ["hash", "hash"]}},
        {"email": {"x-facets": ["local_part"]}},
        {"email": {"x-facets": "hash"}},
        {"email": {"anyOf": [{"x-facets": ["hash"]}]}},
        {"address": {"properties": {"city": {"x-facets": ["hash"]}}}},
        {f"email_{'x' * 80}_email": {"x-facets": ["hash"]}},
    ],
)
def test_a_plan_names_facets_of_sealed_traits_only(traits: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError):
        parse_plan("identify", a_plan(traits))


@pytest.mark.parametrize("section", ["properties", "context"])
def test_a_plan_names_facets_of_traits_only(section: str) -> None:
    with pytest.raises(DefinitionError, match="x-facets"):
        parse_plan("x", {"event": "X", section: {"properties": {"email": {"x-facets": ["hash"]}}}})


@pytest.mark.parametrize("trait", ["email.domain", "phone.calling_code", "birthday.year", "address.country"])
def test_a_segment_asks_for_a_facet_by_its_name(trait: str) -> None:
    assert traits_read(parse("x", {"where": {"trait": trait, "equals": "x"}})) == {trait}


def test_a_segment_of_named_people_is_a_list() -> None:
    with pytest.raises(DefinitionError, match=r"email\.domain.*upload a list"):
        parse("x", {"where": {"trait": "email", "equals": "ann@shop.example"}})


def test_without_facets_nothing_is_made() -> None:
    assert say(UNPLANNED, {"email": "ann@shop.example"}).event.traits == {}
