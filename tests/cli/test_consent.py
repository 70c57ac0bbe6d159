"""What a person consents to, shown, recorded, and left to them."""

import pytest

from tests.cli.conftest import Regulars


@pytest.fixture
def shop(applied: Regulars) -> Regulars:
    """A workspace with the purposes of the catalog, and one person."""
    applied.platform.workspace.send({"type": "identify", "userId": "ann", "traits": {"email": "ann@shop.example"}})
    return applied


def decide(shop: Regulars, *more: str) -> None:
    """Record a grant."""
    shop(
        "profile",
        "decide",
        "user_id:ann",
        "newsletter/email",
        "granted",
        "--proof",
        "a form",
        "--reason",
        "asked",
        *more,
    )
    shop.platform.workspace.world.settle()


def test_shows_records_and_lists_what_a_person_decided(shop: Regulars) -> None:
    before = shop("profile", "consent", "user_id:ann").out
    decide(shop)
    after, history = (shop("profile", "consent", "user_id:ann", *more).out for more in ((), ("--history",)))

    assert "nothing" in before
    assert "granted" in after
    assert ("granted" in history, "a form" in history) == (True, True)
    assert "•••" in shop("profile", "consent", "user_id:ann", "--history", token="analyst").out


def test_withdraws_from_everything(shop: Regulars) -> None:
    decide(shop)
    said = shop("profile", "decide", "user_id:ann", "everything", "denied", "--reason", "on the phone").out
    shop.platform.workspace.world.settle()

    assert "recorded as" in said
    states = {one["purpose"]: one["state"] for one in shop.json("profile", "consent", "user_id:ann")["purposes"]}
    assert (states["newsletter"], states["orders"]) == ("denied", "granted")


def test_says_it_was_recorded_before(shop: Regulars) -> None:
    decide(shop, "--message-id", "case-1")
    again = shop(
        *("profile", "decide", "user_id:ann", "newsletter/email", "granted"),
        *("--proof", "a form", "--reason", "asked", "--message-id", "case-1"),
    )

    assert "recorded as case-1, as it was before" in again.out


def test_makes_links_and_tells_nobody_of_whom(shop: Regulars) -> None:
    links = shop.json("profile", "link", "email:ann@shop.example", "--purpose", "newsletter", "--channel", "email")
    out = shop("profile", "link", "email:ann@shop.example").out

    assert links["preferences"].startswith("/v1/preferences?token=")
    assert links["unsubscribe"].startswith("/v1/unsubscribe?token=")
    assert "http" in out
    assert not any("@" in path for _, path in shop.platform.asked)


def test_a_decision_is_granted_or_denied(shop: Regulars) -> None:
    ended = shop("profile", "decide", "user_id:ann", "newsletter", "yes", "--reason", "asked")

    assert (ended.code, "say granted or denied" in ended.err) == (1, True)
