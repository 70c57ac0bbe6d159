"""Which identifiers a call names: Segment's eleven less the account's, what a rule promotes, and external ids."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.extraction import MOST, extract, with_owner
from regulars.domain.identifiers import Identifier
from regulars.domain.identity_definitions import parse_rules
from regulars.domain.identity_rules import DEFAULT_RULES, IdentityRules

USER = {"kind": "user_id", "from": ["userId"], "limit": 1}


def named(call: Mapping[str, Any], rules: IdentityRules = DEFAULT_RULES) -> list[tuple[str, str]]:
    return [(identifier.kind, identifier.value) for identifier in extract(call, rules)]


def a_device(type: str, **fields: Any) -> dict[str, Any]:
    return {"context": {"device": {"type": type, **fields}}}


def an_external_id(type: Any = "crm_id", id: Any = "c-7", **changes: Any) -> dict[str, Any]:
    entry = {"id": id, "type": type, "collection": "users", "encoding": "none", **changes}
    return {name: value for name, value in entry.items() if value is not ...}


def with_external(*entries: Any, **call: Any) -> dict[str, Any]:
    return {**call, "context": {**call.get("context", {}), "externalIds": list(entries)}}


GOOGLE = {"Google Analytics": {"clientId": "1033501218.1368477899"}}
DEFAULTS: Mapping[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "user_id": ({"userId": "u"}, [("user_id", "u")]),
    "email in traits": ({"traits": {"email": "Ann@x.example"}}, [("email", "ann@x.example")]),
    "email in the context": ({"context": {"traits": {"email": "ann@x.example"}}}, [("email", "ann@x.example")]),
    "anonymous_id": ({"anonymousId": "a"}, [("anonymous_id", "a")]),
    "android.id": (a_device("android", id="d"), [("android.id", "d")]),
    "android.push_token": (a_device("android", token="t"), [("android.push_token", "t")]),
    "android.idfa": (
        a_device("android", advertisingId="ad", adTrackingEnabled=True),
        [("android.idfa", "ad")],
    ),
    "ios.id": (a_device("ios", id="d"), [("ios.id", "d")]),
    "ios.push_token": (a_device("ios", token="t"), [("ios.push_token", "t")]),
    "ios.idfa": (a_device("ios", advertisingId="ad", adTrackingEnabled=True), [("ios.idfa", "ad")]),
    "ga_client_id": ({"integrations": GOOGLE}, [("ga_client_id", "1033501218.1368477899")]),
    "ga_client_id in the context": (
        {"context": {"integrations": GOOGLE}},
        [("ga_client_id", "1033501218.1368477899")],
    ),
    "an account's is nobody's": ({"groupId": "acme", "context": {"groupId": "acme"}}, []),
    "a device that may not be tracked": (a_device("ios", advertisingId="ad", adTrackingEnabled=False), []),
    "a device that does not say": (a_device("ios", advertisingId="ad"), []),
    "a text that says true": (a_device("ios", advertisingId="ad", adTrackingEnabled="true"), []),
    "a number that is one": (a_device("ios", advertisingId="ad", adTrackingEnabled=1), []),
    "a device without an advertising id": (
        a_device("ios", advertisingId="00000000-0000-0000-0000-000000000000", adTrackingEnabled=True),
        [],
    ),
    "an integration that is on": ({"integrations": {"Google Analytics": True}}, []),
}


@pytest.mark.parametrize(("call", "identifiers"), DEFAULTS.values(), ids=DEFAULTS)
def test_reads_the_default_identifiers_where_segment_has_them(
    call: dict[str, Any], identifiers: list[tuple[str, str]]
) -> None:
    assert named(call) == identifiers


def test_orders_them_user_id_email_then_by_name() -> None:
    kinds = [rule.kind for rule in DEFAULT_RULES.rules]

    assert kinds == ["user_id", "email", *sorted(set(kinds) - {"user_id", "email"})]


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("traits.customer_id", {"traits": {"customerId": "7"}}),
        ("traits.customer_id", {"traits": {"customer_id": "7"}}),
        ("traits.customerId", {"traits": {"customer_id": "7"}}),
        ("properties.customer_id", {"properties": {"customerId": "7"}}),
        ("context.traits.customer_id", {"context": {"traits": {"customerId": "7"}}}),
        ("traits.loyalty_club.card_id", {"traits": {"loyaltyClub": {"cardId": 7}}}),
    ],
)
def test_promotes_a_trait_or_property_in_camel_or_snake_case(path: str, call: dict[str, Any]) -> None:
    rules = parse_rules({"identifiers": [USER, {"kind": "customer", "from": [path]}]})

    assert named(call, rules) == [("customer", "7")]


def test_reads_other_fields_as_they_are_spelled() -> None:
    rules = parse_rules({"identifiers": [USER, {"kind": "customer", "from": ["context.customer_id"]}]})

    assert named({"context": {"customerId": "7"}}, rules) == []


def test_takes_the_spelling_of_the_rule_first() -> None:
    rules = parse_rules({"identifiers": [USER, {"kind": "customer", "from": ["traits.customer_id"]}]})

    assert named({"traits": {"customerId": "camel", "customer_id": "snake"}}, rules) == [("customer", "snake")]


def test_takes_external_ids_of_kinds_that_no_rule_names_last_and_by_name() -> None:
    call = with_external(an_external_id("zoo"), an_external_id("crm_id"), anonymousId="a")

    assert named(call) == [("anonymous_id", "a"), ("crm_id", "c-7"), ("zoo", "c-7")]


NO_IDENTIFIER: Mapping[str, Any] = {
    "no id": an_external_id(id=...),
    "an id that is blocked": an_external_id(id="null"),
    "an id that is true": an_external_id(id=True),
    "no type": an_external_id(...),
    "a type in capitals": an_external_id("CRM"),
    "a type that is no text": an_external_id(["crm_id"]),
    "a type that no owner may have": an_external_id("nobody"),
    "a type like a profile's": an_external_id("p_crm"),
    "the type of an account": an_external_id("group_id"),
    "no collection": an_external_id(collection=...),
    "the collection of accounts": an_external_id(collection="accounts"),
    "no encoding": an_external_id(encoding=...),
    "another encoding": an_external_id(encoding="sha256"),
    "no object": "crm_id:c-7",
}


@pytest.mark.parametrize("entry", NO_IDENTIFIER.values(), ids=NO_IDENTIFIER)
def test_an_external_id_without_all_four_fields_links_nobody(entry: Any) -> None:
    assert named(with_external(entry, userId="u")) == [("user_id", "u")]


def test_an_external_id_that_a_rule_names_counts_with_its_rule() -> None:
    rules = parse_rules({"identifiers": [USER, {"kind": "crm_id", "blocked": ["c-0"]}]})

    assert named(with_external(an_external_id(id="c-0"), an_external_id("aaa"), an_external_id()), rules) == [
        ("crm_id", "c-7"),
        ("aaa", "c-7"),
    ]


def test_two_values_of_one_kind_count_both_and_each_once() -> None:
    emails = [an_external_id("email", value) for value in ("Ann@x.example", "ann@y.example", "ann@y.example")]

    assert named(with_external(*emails, traits={"email": "ann@x.example"})) == [
        ("email", "ann@x.example"),
        ("email", "ann@y.example"),
    ]


def test_twenty_external_ids_count_at_most() -> None:
    call = with_external(*(an_external_id(id=f"c-{number}") for number in range(MOST + 1)))

    assert len(extract(call, DEFAULT_RULES)) == MOST


def test_what_is_blocked_at_the_top_is_blocked_for_every_kind() -> None:
    rules = parse_rules({"identifiers": [USER], "blocked": ["Demo"]})

    assert named(with_external(an_external_id(id="demo"), userId="“DEMO”"), rules) == []


values = st.sampled_from(["1", "2", "null"])
external = st.builds(an_external_id, st.sampled_from(["crm_id", "email", "zoo"]), values)
calls = st.builds(
    lambda ids, entries: with_external(*entries, **ids),
    st.dictionaries(st.sampled_from(["userId", "anonymousId"]), values),
    st.lists(external, max_size=4),
)


@given(calls)
def test_a_kind_that_gets_a_rule_takes_no_event_from_its_owner(call: dict[str, Any]) -> None:
    """So an event that is sent again after the change lies where it lay."""
    before = {"identifiers": [USER, {"kind": "anonymous_id", "from": ["anonymousId"]}]}
    after = {"identifiers": [*before["identifiers"], {"kind": "zoo"}]}

    owners = [owner_of(call, parse_rules(rules)) for rules in (before, after)]

    assert owners[0] in (None, owners[1])


def owner_of(call: dict[str, Any], rules: IdentityRules) -> Identifier | None:
    return next(iter(with_owner(extract(call, rules), rules)), None)
