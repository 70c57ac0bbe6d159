"""Third parties say of anonymous people which audience they are in, and nothing else; nobody else says that."""

from dataclasses import replace
from typing import Any

import pytest

from regulars.domain.calls import Delivery, read
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.sources import Source
from regulars.domain.write_keys import KeyRule
from regulars.errors import InvalidEventError

ACME = Source(id="acme", name="Acme", third_party=True, key=KeyRule(label="default", kind="server"))
DELIVERY = Delivery(source=ACME, received=1_767_225_600_000_000, rules=DEFAULT_RULES, hash_key=bytes(32))
SAID = {"audience": "sports", "provider": "acme"}


def a_word(**changes: Any) -> dict[str, Any]:
    """Build a call of a third party."""
    call = {"type": "track", "event": "Audience Entered", "messageId": "m-1", "anonymousId": "a-1", "properties": SAID}
    return {name: value for name, value in {**call, **changes}.items() if value is not None}


def code_of(call: dict[str, Any], delivery: Delivery = DELIVERY) -> str | None:
    """Read a call; give the code under which it is refused, if it is."""
    try:
        read(call, delivery)
    except InvalidEventError as error:
        return error.code
    return None


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"event": "Audience Exited"},
        {"properties": {**SAID, "score": 0.7, "rank": 3}},
        {"context": {"library": {"name": "acme", "version": "1"}}},
        {"context": {"import": {"mapping": "acme", "row": 2}}},
        {"anonymousId": None, "context": {"device": {"type": "ios", "id": "D-1"}}},
    ],
)
def test_takes_an_anonymous_identifier_and_an_audience(changes: dict[str, Any]) -> None:
    event = read(a_word(**changes), DELIVERY).event

    assert event.links == (event.owner,)
    assert (event.properties["audience"], event.properties["provider"], event.source) == ("sports", "acme", "acme")


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "identify", "traits": {"plan": "gold"}},
        {"type": "page"},
        {"event": "Order Completed"},
        {"userId": "ann"},
        {"userId": "null"},
        {
            "context": {
                "externalIds": [{"type": "email", "id": "a@b.example", "collection": "users", "encoding": "none"}]
            }
        },
        {"context": {"traits": {"email": "a@b.example"}}},
        {"traits": {"plan": "gold"}},
        {"context": {"ip": "192.0.2.1"}},
        {"context": {"userAgent": "x"}},
        {"context": {"page": {"url": "https://shop.example"}}},
        {"context": {"device": {"type": "ios", "id": "D-1"}}},
        {"context": {"device": {"type": "ios", "name": "Ann's phone"}}},
        {"context": {"device": "D-1"}},
        {"integrations": {"All": False}},
        {"properties": {}},
        {"properties": {"audience": "sports"}},
        {"properties": {**SAID, "audience": ""}},
        {"properties": {**SAID, "audience": "x" * 101}},
        {"properties": {**SAID, "audience": "a@b.example"}},
        {"properties": {**SAID, "audience": ["sports"]}},
        {"properties": {**SAID, "audience": "a\x00b"}},
        {"properties": {**SAID, "email": "a@b.example"}},
        {"properties": {**SAID, "score": "high"}},
        {"properties": {**SAID, "score": True}},
        {"properties": {**SAID, "score": {"a": 1}}},
        {"properties": {**SAID, "score": None}},
        {"properties": {**SAID, **{f"n{n}": n for n in range(6)}}},
    ],
)
def test_says_no_more_than_that(changes: dict[str, Any]) -> None:
    assert code_of(a_word(**changes)) == "third_party"


def test_a_reason_never_repeats_what_was_said() -> None:
    with pytest.raises(InvalidEventError) as refused:
        read(a_word(properties={**SAID, "c4n4ry": "c4n4ry@example.com"}), DELIVERY)

    assert "c4n4ry" not in str(refused.value)


@pytest.mark.parametrize("event", ["Audience Entered", "Audience Exited", "List Joined", "List Left"])
def test_nobody_else_tells_of_audiences_and_lists(event: str) -> None:
    ours = replace(DELIVERY, source=replace(ACME, third_party=False))

    assert code_of(a_word(event=event), ours) == "reserved_event_name"
