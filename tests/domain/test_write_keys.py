"""What a source says of its keys, and from where each may come."""

from typing import Any

import pytest

from regulars.domain.sources import parse_source
from regulars.domain.write_keys import DEFAULT_KEY, Accepted, KeyRule, Visit, admit
from regulars.errors import DefinitionError, ExposedKeyError, InvalidEventError, OriginForbiddenError

SHOP = "https://shop.example.com"


def a_source(*keys: dict[str, Any]) -> dict[str, Any]:
    """A definition with these keys."""
    return {"name": "Shop", "keys": list(keys)}


def test_a_source_has_one_public_key_unless_it_says_otherwise() -> None:
    assert parse_source("web", {}).keys == (DEFAULT_KEY,) == (KeyRule(label="default", kind="public"),)


def test_a_source_lists_its_keys_by_label() -> None:
    web = {
        "label": "web",
        "origins": [SHOP],
        "origins_required": True,
        "accepts": ["page", {"track": ["Product Viewed"]}],
    }
    source = parse_source("web", a_source(web, {"label": "backend", "kind": "server"}))

    assert source.rule("backend") == KeyRule(label="backend", kind="server")
    assert source.rule("web") == KeyRule(
        label="web",
        origins=(SHOP,),
        origins_required=True,
        accepted=Accepted(types=frozenset({"page"}), events=frozenset({"Product Viewed"})),
    )
    assert source.rule("app") is None


@pytest.mark.parametrize(
    ("key", "complaint"),
    [
        ({}, "keys[0].label: is a lower-case letter"),
        ({"label": "signing"}, "keys[0].label: is a lower-case letter"),
        ({"label": "web", "kind": "secret"}, "keys[0].kind: is one of public, server"),
        ({"label": "web", "key": "wk_1"}, "keys[0]: does not know key; it takes label, kind, origins"),
        ({"label": "web", "origins": SHOP}, "keys[0].origins: is a list of 1 to 100 entries"),
        ({"label": "web", "origins": ["shop.example.com"]}, "keys[0].origins[0]: is an origin without a path"),
        ({"label": "web", "origins": [f"{SHOP}/"]}, "keys[0].origins[0]: is an origin without a path"),
        ({"label": "web", "origins_required": True}, "keys[0].origins_required: needs origins"),
        ({"label": "web", "kind": "server", "origins": [SHOP]}, "keys[0].origins: is for public keys"),
        ({"label": "web", "accepts": ["click"]}, "keys[0].accepts[0]: is one of track, identify"),
        ({"label": "web", "accepts": [{"track": []}]}, "keys[0].accepts[0].track: is a list of 1 to 100 entries"),
        ({"label": "web", "accepts": [{"track": [5]}]}, "keys[0].accepts[0].track[0]: is the name of an event"),
    ],
)
def test_says_what_is_wrong_with_a_key(key: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DefinitionError) as error:
        parse_source("web", a_source(key))
    assert str(error.value).startswith(complaint)


def test_labels_are_told_apart() -> None:
    with pytest.raises(DefinitionError, match="keys: names a label twice"):
        parse_source("web", a_source({"label": "web"}, {"label": "web", "kind": "server"}))


ORIGINS = (SHOP, "https://*.pages.example.com", "capacitor://localhost")


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        (None, True),  # no page sent it: a server, an app, a program
        (SHOP, True),
        ("https://a.pages.example.com", True),
        ("https://a.b.pages.example.com", True),
        ("capacitor://localhost", True),
        ("https://pages.example.com", False),
        ("https://evilpages.example.com", False),
        ("http://a.pages.example.com", False),
        ("https://shop.example.com:8443", False),
        ("https://shop.example.com.evil.example", False),
        ("https://evil.example/.pages.example.com", False),
        ("https://evil.example\n.pages.example.com", False),
        ("null", False),
    ],
)
def test_a_public_key_is_for_pages_of_its_origins(origin: str | None, welcome: bool) -> None:
    rule = KeyRule(label="web", origins=ORIGINS)
    try:
        admit("wk_1", rule, Visit(origin=origin))
    except OriginForbiddenError:
        assert not welcome
    else:
        assert welcome


def test_a_key_may_ask_for_a_page() -> None:
    with pytest.raises(OriginForbiddenError, match="no page sent this"):
        admit("wk_1", KeyRule(label="web", origins=ORIGINS, origins_required=True), Visit())


def test_a_public_key_without_origins_is_for_any_page_and_any_url() -> None:
    visit = Visit(origin="https://anywhere.example", in_url=frozenset(["wk_1"]))
    admit("wk_1", DEFAULT_KEY, visit)

    with pytest.raises(OriginForbiddenError):
        admit("wk_1", KeyRule(label="web", origins=ORIGINS), visit)


@pytest.mark.parametrize("visit", [Visit(origin=SHOP), Visit(origin="null"), Visit(in_url=frozenset(["sk_1"]))])
def test_a_server_key_never_comes_where_anybody_can_read_it(visit: Visit) -> None:
    rule = KeyRule(label="backend", kind="server")
    admit("sk_1", rule, Visit(in_url=frozenset(["wk_1"])))

    with pytest.raises(ExposedKeyError, match="rotate it"):
        admit("sk_1", rule, visit)


def test_a_key_takes_the_calls_that_it_is_for() -> None:
    rule = KeyRule(label="web", accepted=Accepted(types=frozenset({"page"}), events=frozenset({"Product Viewed"})))
    rule.check("page", "Page Viewed")
    rule.check("track", "Product Viewed")

    for call in (("track", "Order Completed"), ("identify", None), ("screen", "Product Viewed")):
        with pytest.raises(InvalidEventError) as error:
            rule.check(*call)
        assert error.value.code == "not_accepted"
