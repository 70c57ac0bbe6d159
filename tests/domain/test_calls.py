"""One parser for the messages of all SDKs: who is named, what counts, and what is sealed."""

import random
from collections.abc import Mapping
from typing import Any

import pytest

from regulars.domain.calls import Call, Delivery, read
from regulars.domain.identifiers import Identifier, kind_of, owner_key
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.instants import SECOND
from regulars.domain.messages import Envelope
from regulars.domain.sources import Source
from regulars.errors import InvalidEventError
from tests.messages import a_track_call, an_identify_call

HASH_KEY = b"k" * 32
RECEIVED = 1_767_225_660 * SECOND  # 2026-01-01T00:01:00


def a_delivery(**changes: Any) -> Delivery:
    values = {
        "source": Source(id="web", name="web"),
        "received": RECEIVED,
        "rules": DEFAULT_RULES,
        "hash_key": HASH_KEY,
    }
    return Delivery(**{**values, **changes})


def reading(message: Mapping[str, Any], type: str | None = None, **changes: Any) -> Call:
    return read(message, a_delivery(**changes), type)


def owner(kind: str, value: str) -> str:
    return owner_key(Identifier(kind, value), HASH_KEY)


EXTERNAL = {"externalIds": [{"id": "c-7", "type": "crm_id", "collection": "users", "encoding": "none"}]}
REFUSED: Mapping[str, tuple[object, str]] = {
    "no object": (7, "invalid_event"),
    "null": (None, "invalid_event"),
    "no type": (a_track_call(type=None), "unknown_type"),
    "another type": (a_track_call(type="delete"), "unknown_type"),
    "a type that is no text": (a_track_call(type=["track"]), "unknown_type"),
    "nobody at all": (a_track_call(anonymousId=None), "missing_identifier"),
    "nobody, in the way of RudderStack": (a_track_call(anonymousId=None, userId=""), "missing_identifier"),
    "a list as userId": (a_track_call(userId=["u"]), "invalid_identifier"),
    "an object as anonymousId": (a_track_call(anonymousId={"id": 1}), "invalid_identifier"),
    "an id of a kind that no rule names": (a_track_call(anonymousId=None, context=EXTERNAL), "missing_identifier"),
    "no event": (a_track_call(event=None), "invalid_event_name"),
    "an empty event": (a_track_call(event=" "), "invalid_event_name"),
    "a number as event": (a_track_call(event=7), "invalid_event_name"),
    "a long event": (a_track_call(event="e" * 201), "invalid_event_name"),
    "a control character in the event": (a_track_call(event="a\nb"), "invalid_event_name"),
    "an address in the event": (a_track_call(event="Mail to jane@example.com"), "personal_event_name"),
    "a name in the event": (a_track_call(event="Hello customer-1", userId="customer-1"), "personal_event_name"),
    "properties as a list": (a_track_call(properties=[1]), "invalid_field"),
    "traits as text": (an_identify_call(traits="gold"), "invalid_field"),
    "context as a number": (a_track_call(context=1), "invalid_field"),
    "a group call without a group": ({"type": "group", "userId": "u"}, "invalid_group_id"),
    "a group of 501 characters": ({"type": "group", "userId": "u", "groupId": "g" * 501}, "invalid_group_id"),
    "an alias call without a former id": ({"type": "alias", "userId": "u"}, "missing_previous_id"),
    "a flaw": (a_track_call(properties={"price": float("nan")}), "invalid_number"),
}


@pytest.mark.parametrize(("message", "code"), REFUSED.values(), ids=REFUSED)
def test_says_why_a_message_is_no_event(message: object, code: str) -> None:
    with pytest.raises(InvalidEventError) as error:
        read(message, a_delivery())
    assert error.value.code == code


NAMED: Mapping[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "a visitor": (a_track_call(), [("anonymous_id", "visitor-1")]),
    "a customer first": (a_track_call(userId="u"), [("user_id", "u"), ("anonymous_id", "visitor-1")]),
    "null for nobody": (a_track_call() | {"userId": None}, [("anonymous_id", "visitor-1")]),
    "empty for nobody": (a_track_call(userId=""), [("anonymous_id", "visitor-1")]),
    "a blocked value": (a_track_call(userId="'undefined'"), [("anonymous_id", "visitor-1")]),
    "a number": (a_track_call(userId=123), [("user_id", "123"), ("anonymous_id", "visitor-1")]),
    "a decimal names nobody": (a_track_call(userId=1.5), [("anonymous_id", "visitor-1")]),
    "true names nobody": (a_track_call(userId=True), [("anonymous_id", "visitor-1")]),
    "separators": (a_track_call(userId="a#b|c:d"), [("user_id", "a#b|c:d"), ("anonymous_id", "visitor-1")]),
    "an address in traits": (
        an_identify_call(traits={"email": " Jane@Example.com"}),
        [("user_id", "customer-1"), ("email", "jane@example.com"), ("anonymous_id", "visitor-1")],
    ),
    "an address in the context": (
        a_track_call(context={"traits": {"email": "jane@example.com"}}),
        [("email", "jane@example.com"), ("anonymous_id", "visitor-1")],
    ),
    "a phone": (
        a_track_call(context={"device": {"type": "ios", "id": "d-1"}}),
        [("anonymous_id", "visitor-1"), ("ios.id", "d-1")],
    ),
    "a company's address is nobody's": (
        a_track_call(type="group", groupId="g", traits={"email": "office@example.com"}),
        [("anonymous_id", "visitor-1")],
    ),
    "a former id is no link": (
        {"type": "alias", "userId": "u", "previousId": "visitor-1"},
        [("user_id", "u")],
    ),
    "an alias to itself": ({"type": "alias", "userId": "u", "previousId": "u"}, [("user_id", "u")]),
}


@pytest.mark.parametrize(("message", "identifiers"), NAMED.values(), ids=NAMED)
def test_names_whom_a_message_names(message: dict[str, Any], identifiers: list[tuple[str, str]]) -> None:
    call = reading(message)

    assert call.event.links == tuple(owner(kind, value) for kind, value in identifiers)
    assert call.event.owner == call.event.links[0]
    assert call.personal["ids"] == dict(identifiers)


def test_an_id_of_a_kind_that_no_rule_names_links_but_owns_no_event() -> None:
    beside = reading(a_track_call(context=EXTERNAL)).event
    alone = reading(a_track_call(anonymousId="null", context=EXTERNAL)).event

    assert beside.links == (owner("anonymous_id", "visitor-1"), owner("crm_id", "c-7"))
    assert (kind_of(alone.owner), alone.links) == ("nobody", ())


def test_seals_all_values_of_one_kind_and_leaves_none_in_clear() -> None:
    more = [{"id": f"ann{n}@x.example", "type": "email", "collection": "users", "encoding": "none"} for n in (1, 2)]
    call = reading(an_identify_call(traits={"email": "ann1@x.example"}, context={"externalIds": more}))

    assert call.personal["ids"]["email"] == ["ann1@x.example", "ann2@x.example"]
    assert "externalIds" not in call.event.context


def test_stores_an_event_that_names_nobody_any_more_for_nobody() -> None:
    call = reading(a_track_call(anonymousId="[object Object]"))

    assert (kind_of(call.event.owner), call.event.links) == ("nobody", ())
    assert call.personal["said"] == {"anonymousId": "[object Object]"}
    assert call.event.owner == reading(a_track_call(anonymousId="undefined")).event.owner


@pytest.mark.parametrize(
    ("message", "name", "properties"),
    [
        (a_track_call(event="👩‍👩‍👧 bought"), "👩‍👩‍👧 bought", {"product_id": "p-1", "price": 10}),
        ({"type": "page", "anonymousId": "a", "name": "Home"}, "Page Viewed", {"name": "Home"}),
        (
            {"type": "page", "anonymousId": "a", "name": "Home", "category": "Shop", "properties": {"name": "Start"}},
            "Page Viewed",
            {"name": "Start", "category": "Shop"},
        ),
        ({"type": "screen", "anonymousId": "a", "properties": None}, "Screen Viewed", {}),
        (an_identify_call(), None, {}),
    ],
)
def test_names_an_event(message: dict[str, Any], name: str | None, properties: dict[str, Any]) -> None:
    event = reading(message).event

    assert (event.name, event.properties) == (name, properties)


def test_lets_the_path_of_a_single_call_say_its_type() -> None:
    assert reading(a_track_call(type=None), "track").event.type == "track"


@pytest.mark.parametrize(
    ("message", "traits"),
    [
        (an_identify_call(), {"plan": "gold"}),
        (an_identify_call(traits=None, context={"traits": {"plan": "gold"}}), {"plan": "gold"}),
        (an_identify_call(context={"traits": {"plan": "iron", "points": 3}}), {"plan": "gold", "points": 3}),
    ],
    ids=["Segment", "RudderStack in browsers and Python", "RudderStack in node"],
)
def test_finds_the_traits_of_an_identify_call(message: dict[str, Any], traits: dict[str, Any]) -> None:
    call = reading(message)

    assert (call.event.traits, call.event.context) == (traits, {})


def test_merges_what_the_batch_says_into_each_message() -> None:
    envelope = Envelope(
        sent_at="2026-01-01T00:00:59Z", context={"locale": "de", "app": 1}, integrations={"All": True, "X": True}
    )
    call = reading(a_track_call(context={"locale": "fr"}, integrations={"X": False}), envelope=envelope)

    assert call.event.context == {"locale": "fr", "app": 1}
    assert call.personal["integrations"] == {"All": True, "X": False}
    assert call.event.at == RECEIVED - 59 * SECOND


def test_a_group_call_names_its_group_in_clear() -> None:
    call = reading(a_track_call(type="group", groupId=77))

    assert call.event.context == {"groupId": "77"}


def test_a_group_that_tells_a_person_is_sealed() -> None:
    call = reading(a_track_call(type="group", groupId="jane@example.com"))

    assert call.event.context == {}
    assert call.personal["context"] == {"groupId": "jane@example.com"}


def test_seals_what_is_personal_and_nothing_else() -> None:
    call = reading(
        an_identify_call(
            traits={"email": "jane@example.com", "plan": "gold", "jane@example.com": 1},
            properties={"url": "https://shop.example/p?token=1", "note": "hello", "price": 1, "jane@example.com": 1},
            context={"ip": "203.0.113.9", "locale": "de", "page": {"path": "/p", "url": "https://shop.example/p?q=1"}},
        )
    )

    assert call.event.traits == {"plan": "gold"}
    assert call.event.properties == {"price": 1, "url": "https://shop.example/p"}
    assert call.event.context == {"locale": "de", "page": {"path": "/p"}}
    assert call.personal_traits == {"email": "jane@example.com"}
    assert call.personal["traits"] == {"jane@example.com": 1}
    assert call.personal["properties"] == {
        "url": "https://shop.example/p?token=1", "note": "hello", "jane@example.com": 1,
    }  # fmt: skip


def test_finds_an_address_that_is_escaped() -> None:
    call = reading(a_track_call(context={"page": {"path": "/thanks/jane%40example.com"}}))

    assert call.event.context == {}


IDS: Mapping[str, tuple[object, bool]] = {
    "a text": ("ajs-next-1767225600000-4e3c8f5e-6f3c-4c5e-8f5e-6f3c4c5e8f5e", True),
    "a number": (17, True),
    "separators": ("a#b#c", True),
    "100 characters": ("m" * 100, True),
    "101 characters": ("m" * 101, False),
    "4,000 characters": ("m" * 4_000, False),
    "a control character": ("a\nb", False),
    "an address": ("jane@example.com-1", False),
    "its own visitor": ("visitor-1/17", False),
    "empty": ("", False),
    "absent": (None, False),
    "a list": ([1], False),
}


@pytest.mark.parametrize(("given", "kept"), IDS.values(), ids=IDS)
def test_knows_an_event_by_the_sender_s_id_or_a_hash(given: object, kept: bool) -> None:
    message_id = reading(a_track_call(messageId=given)).event.message_id

    assert message_id == str(given) if kept else message_id.startswith("h-") and len(message_id) == 28


def test_keeps_the_sender_s_id_sealed_if_the_event_is_known_by_a_hash() -> None:
    assert reading(a_track_call(messageId="jane@example.com-1")).personal["messageId"] == "jane@example.com-1"


def test_names_messages_without_an_id_by_what_they_say() -> None:
    one, other = a_track_call(messageId=None), a_track_call(messageId=None, properties={"price": 11})

    assert reading(one).event.moment == reading(one, received=RECEIVED + 9).event.moment
    assert reading(one).event.moment != reading(other).event.moment


def test_a_retry_is_the_same_event() -> None:
    first = reading(a_track_call(sentAt="2026-01-01T00:00:01Z", context={"a": 1}))
    retry = reading(
        a_track_call(sentAt="2026-01-01T00:09:00Z", context={"a": 2}, _metadata={"retryCount": 1}, writeKey="x"),
        received=RECEIVED + 600 * SECOND,
    )

    assert (retry.event.owner, retry.event.moment) == (first.event.owner, first.event.moment)
    assert retry.event.fingerprint == first.event.fingerprint


@pytest.mark.parametrize(
    "changes",
    [
        {"event": "Other"},
        {"properties": {"price": 11}},
        {"userId": "u"},
        {"traits": {"plan": "gold"}},
        {"type": "page"},
    ],
    ids=str,
)
def test_another_body_has_another_fingerprint(changes: dict[str, Any]) -> None:
    assert reading(a_track_call(**changes)).event.fingerprint != reading(a_track_call()).event.fingerprint


def test_reads_the_same_whatever_the_order_of_fields() -> None:
    message = an_identify_call(properties={"b": 1, "a": {"d": 1, "c": 2}}, messageId=None)
    names = list(message)
    random.Random(1).shuffle(names)

    assert reading({name: message[name] for name in names}) == reading(message)


def test_sources_may_use_the_same_ids() -> None:
    one = reading(a_track_call(), source=Source(id="web", name="Web"))
    other = reading(a_track_call(), source=Source(id="app", name="App"))

    assert one.event.moment != other.event.moment
    assert one.event.message_id == other.event.message_id
