"""A public key's claim takes nobody over whose identity was proven; devices may still come along."""

import hmac
from hashlib import sha256

from regulars.domain.calls import Delivery, read
from regulars.domain.events import Event
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.instants import SECOND
from regulars.domain.sources import Source
from regulars.domain.write_keys import KeyRule
from regulars.stores.events import from_item, to_item
from regulars.stores.identities import LINK, IdentityStore
from tests.builders import START, an_event
from tests.messages import an_identify_call
from tests.resolving import Resolving

SECRET = b"s" * 32
U, E, MINE, A, B = "user_id:u", "email:e", "email:mine", "anonymous_id:a", "anonymous_id:b"


def said(number: int, *links: str, proven: bool = False) -> Event:
    return an_event(number, links=links, type="identify", name=None, proven=proven)


def test_an_address_that_nobody_proved_is_not_given_to_a_proven_person() -> None:
    world = Resolving()

    world.resolve(said(1, U, E, proven=True), said(2, U, MINE, B))

    assert world.groups() == {frozenset({U, E, B})}
    assert world.counted("identifiers_dropped", limit="unproven") == 1


def test_a_visitor_who_claims_a_proven_address_keeps_a_profile_of_their_own() -> None:
    world = Resolving()

    world.resolve(said(1, U, E, proven=True), said(2, "user_id:mine", A), said(3, "user_id:mine", E))

    assert world.groups() == {frozenset({U, E}), frozenset({"user_id:mine", A})}


def test_where_nobody_proves_anything_profiles_merge_as_ever() -> None:
    world = Resolving()

    world.resolve(said(1, U, E), said(2, U, MINE), said(3, MINE, B))

    assert world.groups() == {frozenset({U, E, MINE, B})}


def test_what_was_attached_by_a_claim_is_proven_once_a_server_says_the_same() -> None:
    world = Resolving()

    world.resolve(said(1, U, A), said(2, U, A, proven=True), said(3, U, MINE))

    assert world.groups() == {frozenset({U, A})}
    link = IdentityStore(world.database).link(U)
    assert link is not None
    assert (link.proven, link.event) == (True, f"{U} {said(1, U, A).moment}")


def test_a_server_proves_an_identifier_also_where_it_names_it_alone() -> None:
    world = Resolving()

    world.resolve(said(1, U, A), said(2, U, proven=True), said(3, U, MINE))

    assert world.groups() == {frozenset({U, A})}


def test_claims_of_one_batch_count_in_their_order() -> None:
    world = Resolving()
    batch = [said(1, U, "anonymous_id:1"), *(said(n, U, f"anonymous_id:{n}") for n in range(2, 7))]

    world.resolver.apply(U, batch, stored=batch[-1].arrival)

    assert world.groups() == {frozenset({U, *(f"anonymous_id:{n}" for n in range(1, 6))})}


def test_to_say_it_again_writes_nothing() -> None:
    world = Resolving()
    world.resolve(said(1, U, A, proven=True))
    before = world.database.all("identities"), world.database.all("profiles")

    world.resolve(said(2, U, A, proven=True))

    links = [item for item in world.database.all("identities") if item["part"] == LINK]
    assert links == [item for item in before[0] if item["part"] == LINK]
    assert world.database.all("profiles") == before[1]


def a_delivery(signing: str = "off", kind: str = "public") -> Delivery:
    source = Source(id="web", name="web", key=KeyRule(label="web", kind=kind), signing=signing)  # type: ignore[arg-type]  # as text
    return Delivery(source=source, received=START + SECOND, rules=DEFAULT_RULES, hash_key=bytes(32), secrets=(SECRET,))


def proof(value: str, before: str = "") -> str:
    return hmac.new(SECRET, f"{before}{value}".encode(), sha256).hexdigest()


def test_an_event_knows_whether_a_server_stands_for_it() -> None:
    signed = {"userIdHash": proof("customer-1")}
    both = {**signed, "emailHash": proof("ann@x.example", "email:")}
    cases = {
        "a server key": (a_delivery(kind="server"), {}, {}),
        "a public key": (a_delivery(), signed, {}),
        "no signature": (a_delivery("watched"), {}, {}),
        "a signature": (a_delivery("watched"), signed, {}),
        "one of two": (a_delivery("watched"), signed, {"email": "ann@x.example"}),
        "both": (a_delivery("watched"), both, {"email": "ann@x.example"}),
        "one of two, where the other is no identifier then": (
            a_delivery("required"),
            signed,
            {"email": "ann@x.example"},
        ),
        "none where it is required": (a_delivery("required"), {}, {}),
    }
    proven = {
        name
        for name, (delivery, context, traits) in cases.items()
        if read(an_identify_call(context=context, traits=traits), delivery).event.proven
    }

    assert proven == {
        "a server key",
        "a signature",
        "both",
        "one of two, where the other is no identifier then",
    }


def test_the_stored_event_says_so_too() -> None:
    assert [from_item(to_item(said(1, U, A, proven=proven))).proven for proven in (True, False)] == [True, False]
