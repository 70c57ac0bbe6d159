"""Who a page may claim to be: a hash proves a user id or an address, for exactly the one it was made for."""

import hmac
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.identifiers import Identifier
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.proofs import hashes_of, sign, unproven, without_hashes
from regulars.domain.sources import parse_source
from regulars.errors import DefinitionError

SECRET = b"ss_of_this_source"
ANN = Identifier("user_id", "ann")
ADDRESS = Identifier("email", "ann@shop.example")


def left(identifiers: list[Identifier], hashes: dict[str, str], *secrets: bytes) -> list[Identifier]:
    """What is not proven."""
    return unproven(identifiers, hashes, DEFAULT_RULES, secrets or [SECRET])


def test_a_hash_is_the_one_that_every_language_makes() -> None:
    assert sign(ANN, SECRET) == hmac.new(SECRET, b"ann", sha256).hexdigest()
    assert sign(ADDRESS, SECRET) == hmac.new(SECRET, b"email:ann@shop.example", sha256).hexdigest()


def test_a_hash_proves_its_own_claim_only() -> None:
    hashes = {"user_id": sign(ANN, SECRET), "email": sign(ADDRESS, SECRET)}

    assert left([ANN, ADDRESS], hashes) == []
    assert left([ANN, ADDRESS], {"user_id": hashes["user_id"].upper()}) == [ADDRESS]
    assert left([Identifier("user_id", "bob")], hashes) == [Identifier("user_id", "bob")]
    assert left([ANN], {"email": hashes["user_id"]}) == [ANN]
    assert left([ANN], hashes, b"another") == [ANN]
    assert left([ANN], hashes, b"another", SECRET) == []
    assert unproven([ANN], hashes, DEFAULT_RULES, []) == [ANN]


def test_devices_need_no_proof_and_kinds_that_tell_a_person_cannot_go_without() -> None:
    rules = {"identifiers": [{"kind": "user_id", "from": ["userId"], "limit": 1}]}
    card = {"kind": "loyalty.card", "from": ["traits.card"], "known": True}
    from regulars.domain.identity_definitions import parse_rules

    known = parse_rules({"identifiers": [*rules["identifiers"], card]})
    claims = [Identifier("loyalty.card", "7"), Identifier("anonymous_id", "a"), Identifier("ios.id", "i")]
    assert unproven(claims, {}, known, [SECRET]) == claims[:1]


def test_whoever_may_choose_a_user_id_cannot_prove_an_address_by_it() -> None:
    chosen = Identifier("user_id", "email:ann@shop.example")

    assert sign(chosen, SECRET) == sign(ADDRESS, SECRET)
    assert left([chosen], {"user_id": sign(chosen, SECRET)}) == [chosen]


@given(st.text(max_size=20), st.text(max_size=70), st.sampled_from(["user_id", "email"]))
def test_nothing_but_the_hash_proves_anything(value: str, given_hash: str, kind: str) -> None:
    claim = Identifier(kind, value)

    assert left([claim], {kind: given_hash}) == [claim]


def test_hashes_are_read_and_left_out_of_what_is_kept() -> None:
    context: dict[str, Any] = {"userIdHash": "a", "emailHash": ["b"], "page": {"path": "/"}}

    assert hashes_of(context) == {"user_id": "a"}
    assert without_hashes(context) == {"page": {"path": "/"}}


@pytest.mark.parametrize(
    ("setting", "signing"), [(None, "off"), ({"required": True}, "required"), ({"required": False}, "watched")]
)
def test_a_source_asks_for_signed_ids_watches_them_or_does_neither(setting: object, signing: str) -> None:
    assert parse_source("web", {} if setting is None else {"signed_user_ids": setting}).signing == signing


@pytest.mark.parametrize("setting", [True, {}, {"required": "yes"}, {"required": True, "secret": "mine"}])
def test_says_what_is_wrong_with_the_setting(setting: object) -> None:
    with pytest.raises(DefinitionError, match="signed_user_ids"):
        parse_source("web", {"signed_user_ids": setting})
