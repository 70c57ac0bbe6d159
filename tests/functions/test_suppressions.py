"""Addresses that get no messages any more: who may look, and lift that, and what it leaves in the audit trail."""

import pytest

from regulars.domain.identifiers import Identifier, owner_key
from regulars.stores.journeys import JourneyStore, Suppressed
from tests.builders import START, an_identify
from tests.messages import an_identify_call
from tests.workspace import Workspace

PATH = "/v1/profiles/user_id:ann/suppressions"
ROLES = ("admin", "engineer", "marketer", "analyst", "service", "privacy")


@pytest.fixture
def shop() -> Workspace:
    """Ann, whose address bounced."""
    workspace = Workspace()
    workspace.send(an_identify_call(userId="ann", traits={"email": "Ann@shop.example", "phone": "+491701234567"}))
    workspace.world.settle()
    suppress(workspace, "email", "ann@shop.example")
    return workspace


def suppress(workspace: Workspace, kind: str, value: str, reason: str = "bounce") -> None:
    owner = owner_key(Identifier(kind, value), workspace.sealer.hash_key)
    channel = "email" if kind == "email" else "sms"
    JourneyStore(workspace.world.database).suppress(
        Suppressed(owner=owner, channel=channel, since=START, reason=reason)  # type: ignore[arg-type]  # one of two
    )


def test_shows_and_lifts_what_bounced(shop: Workspace) -> None:
    suppress(shop, "phone", "+491701234567")
    found = shop.ask("GET", PATH, "service").content["suppressions"]

    assert [(one["channel"], one["reason"], one["since"][:10]) for one in found] == [
        ("email", "bounce", "2026-01-01"),
        ("sms", "bounce", "2026-01-01"),
    ]
    assert "ann@" not in repr(found)
    lifted = shop.ask("POST", PATH, "service", body={"lift": "email"})
    assert [one["channel"] for one in lifted.content["suppressions"]] == ["email"]
    assert [one["channel"] for one in shop.ask("GET", PATH, "service").content["suppressions"]] == ["sms"]
    assert shop.ask("POST", PATH, "service", body={"lift": "email"}).content == {"suppressions": []}


def test_only_those_who_serve_people_look_and_lift(shop: Workspace) -> None:
    allowed = {role for role in ROLES if shop.ask("GET", PATH, role).status == 200}
    lifting = {role for role in ROLES if shop.ask("POST", PATH, role, body={"lift": "sms"}).status == 200}

    assert allowed == lifting == {"admin", "service", "privacy"}


def test_a_lift_is_in_the_audit_trail(shop: Workspace) -> None:
    shop.ask("POST", PATH, "service", body={"lift": "email"})

    assert shop.trail[-1].deed.what == "lift_suppressions"


@pytest.mark.parametrize(
    "body", [{}, {"lift": "in_app"}, {"lift": ["email"]}, {"lift": None}, {"lift": "email", "x": 1}]
)
def test_says_what_a_lift_is(shop: Workspace, body: dict[str, object]) -> None:
    assert shop.ask("POST", PATH, "service", body=body).status == 400


def test_of_nobody_nothing_is_said(shop: Workspace) -> None:
    assert shop.ask("GET", "/v1/profiles/user_id:nobody/suppressions", "service").status == 404


def give(workspace: Workspace, **traits: str) -> None:
    """Let Ann type an address that is no identifier of hers."""
    owner = workspace.owner("user_id", "ann")
    workspace.world.store(an_identify(78, links=(owner,), at=START + 1, arrival=START + 1, **traits))
    workspace.world.settle()


def shown(workspace: Workspace) -> list[tuple[str, str, bool]]:
    """List what gets nothing: channel, why, and whether it is Ann's own."""
    found = workspace.ask("GET", PATH, "service").content["suppressions"]
    return sorted((one["channel"], one["reason"], one["own"]) for one in found)


@pytest.mark.parametrize("known", [True, False], ids=["somebody's", "nobody's"])
def test_a_complaint_of_another_is_shown_and_not_lifted(shop: Workspace, known: bool) -> None:
    if known:
        shop.send(an_identify_call(userId="bob", anonymousId=None, traits={"email": "bob@shop.example"}))
    give(shop, email="bob@shop.example")
    suppress(shop, "email", "bob@shop.example", "complaint")

    assert shown(shop) == [("email", "bounce", True), ("email", "complaint", False)]
    assert len(shop.ask("POST", PATH, "service", body={"lift": "email"}).content["suppressions"]) == 1
    refused = shop.ask("POST", PATH, "service", body={"lift": "email"})
    assert (refused.status, "no identifier of theirs" in refused.text) == (400, True)
    assert shown(shop) == [("email", "complaint", False)]
    if known:
        path = "/v1/profiles/user_id:bob/suppressions"
        lifted = shop.ask("POST", path, "service", body={"lift": "email"}).content["suppressions"]
        assert [(one["reason"], one["own"]) for one in lifted] == [("complaint", True)]
        assert shown(shop) == []


def test_a_bounce_of_what_was_typed_is_lifted(shop: Workspace) -> None:
    give(shop, email="bob@shop.example")
    suppress(shop, "email", "bob@shop.example")

    assert shown(shop) == [("email", "bounce", False), ("email", "bounce", True)]
    shop.ask("POST", PATH, "service", body={"lift": "email"})
    assert shown(shop) == []


@pytest.mark.parametrize("spelling", ["ann@müller.example", "ann@xn--mller-kva.example"])
def test_an_own_address_is_own_in_every_spelling(spelling: str) -> None:
    shop = Workspace()
    shop.send(an_identify_call(userId="ann", traits={"email": "Ann@Müller.example"}))
    give(shop, email="ann@shop.example")  # what she says now is another
    suppress(shop, "email", spelling, "complaint")

    assert shown(shop) == [("email", "complaint", True)]
    assert shop.ask("POST", PATH, "service", body={"lift": "email"}).status == 200
    assert shown(shop) == []


def test_of_two_addresses_in_one_call_both_are_own() -> None:
    shop = Workspace()
    shop.send(
        an_identify_call(
            userId="ann", traits={"email": "a@Müller.example"}, context={"traits": {"email": "b@x.example"}}
        )
    )
    suppress(shop, "email", "a@xn--mller-kva.example", "complaint")

    assert shown(shop) == [("email", "complaint", True)]
