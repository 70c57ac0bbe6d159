"""Payloads 61 to 79: what is JSON, and yet means little or too much."""

import json
from typing import Any

from tests.messages import a_batch, a_track_call, an_identify_call
from tests.payloads.payload import PUBLIC, Sent, a_message, identify, payload, properties, raw, track

TIMES: tuple[Any, ...] = (
    "yesterday",
    "",
    0,
    -1,
    1_767_225_600,
    1_767_225_600_000,
    1_767_225_600_000_000,
    10**30,
    1e300,
    "+10000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00Z",
    "2016-12-31T23:59:60Z",
    "2026-02-30",
    [],
    {},
    True,
)
REVENUES: tuple[Any, ...] = ("1,00", 1e308, -1, "", None, True, [], "1e308")
RESERVED = ("a.b", "a[0]", "#x", ":x", "size", "attribute_exists", "NULL", "$set", "$ref", "", " ", "*")


def alias(user: object, previous: object) -> Sent:
    return a_message({"type": "alias", "userId": user, "previousId": previous, "messageId": f"{user}-{previous}"})


def group(**changes: object) -> Sent:
    return a_message(a_track_call(type="group", event=None, **changes))


SEMANTICS = (
    payload(61, "no id at all", "quarantine `missing_identifier`", track(anonymousId=None), track(anonymousId="")),
    payload(
        62,
        "unknown type",
        "quarantine `unknown_type`",
        track(type="delete"),
        track(type=None),
        track(type=["track"]),
        track(type="Track"),
    ),
    payload(
        63,
        "event name: emoji, 200 characters",
        "accept",
        track(event="👩‍👩‍👧 bought"),
        track(event="e" * 200),
        track(event="日本語"),
    ),
    payload(
        63,
        "event name: 1 KB, empty, none, control characters",
        "quarantine `invalid_event_name`",
        track(event="e" * 1_024),
        track(event=""),
        track(event=" "),
        track(event=None),
        track(event=7),
        track(event="a\x00b"),
    ),
    payload(
        63,
        "event name that tells a person",
        "quarantine `personal_event_name`",
        track(event="Mail to jane@example.com"),
    ),
    payload(
        64,
        "timestamp: words, any unit, year 10000, negative, leap second",
        "accept",
        *(track(timestamp=time) for time in TIMES),
        *(track(timestamp=None, originalTimestamp=time) for time in TIMES),
    ),
    payload(
        65,
        "`sentAt` in 2099",
        "accept",
        a_message({**a_track_call(), "sentAt": "2099-01-01T00:00:00Z"}),
        *(a_message({**a_track_call(), "sentAt": time}) for time in TIMES),
    ),
    payload(
        66,
        "`messageId`: empty, 4 KB, no text",
        "accept",
        track(messageId=""),
        track(messageId="m" * 4_096),
        track(messageId=7),
        track(messageId=[1]),
        track(messageId="a\nb"),
    ),
    payload(
        66,
        "`messageId` again, by another source",
        "accept",
        Sent(body=track().body, headers={"X-Write-Key": "wk_other"}, before=track()),
    ),
    payload(
        66,
        "`messageId` again, with another body",
        "quarantine `duplicate_with_other_body`",
        Sent(body=track(event="Other").body, headers=PUBLIC, before=track()),
    ),
    payload(
        67,
        "`__proto__`, `constructor`, `__class__`",
        "accept",
        *properties({"__proto__": {"admin": True}}, {"constructor": {"prototype": 1}}, {"__class__": "x"}),
        identify(traits={"__proto__": 1, "hasOwnProperty": 2}),
    ),
    payload(
        68,
        "names that are reserved or mean a path somewhere",
        "accept",
        *properties(dict.fromkeys(RESERVED, 1)),
        identify(traits=dict.fromkeys(RESERVED, 1)),
    ),
    payload(69, "trait of 400 KB", "accept", identify(traits={"plan": "x" * 400_000})),
    payload(
        69,
        "trait of over 512 KB, in a batch of two",
        "quarantine `event_too_large`",
        raw(json.dumps(a_batch(an_identify_call(traits={"plan": "x" * 600_000}), {})).encode()),
    ),
    payload(
        69,
        "trait of over 512 KB, alone",
        "413 `too_large`",
        identify(traits={"plan": "x" * 600_000}),
        properties({"a": "x" * 900_000})[0],
    ),
    payload(70, "list of 9,000", "accept", *properties({"list": [1] * 9_000})),
    payload(70, "list of 10,000", "quarantine `too_many_fields`", *properties({"list": [1] * 10_000})),
    payload(
        71,
        "`$set` within",
        "accept",
        *properties({"$set": {"email": "jane@example.com", "plan": "gold"}}),
        identify(traits={"$set": {"$set": {"a": 1}}}),
    ),
    payload(
        72,
        "`context.ip` that is not true, a list of addresses",
        "accept",
        track(context={"ip": "127.0.0.1"}),
        track(context={"ip": "10.0.0.1, 203.0.113.9"}),
        track(context={"ip": ["x"]}),
    ),
    payload(
        73,
        "`integrations` of 20,000 names",
        "quarantine `too_many_fields`",
        track(integrations={str(n): 1 for n in range(20_000)}),
    ),
    payload(
        73,
        "`integrations` of 100,000 names",
        "413 `too_large`",
        track(integrations={str(n): 1 for n in range(100_000)}),
    ),
    payload(
        73,
        "`integrations` that is no object",
        "quarantine `invalid_field`",
        track(integrations=[1]),
        track(integrations="All"),
    ),
    payload(
        74,
        "consent that is broken or huge",
        "accept",
        track(context={"consent": "x"}),
        track(context={"consent": {"tcString": "x" * 100_000}}),
    ),
    payload(
        74,
        "the same, where the source asks for consent",
        "suppress",
        *(
            Sent(body=sent.body, headers={"X-Write-Key": "wk_careful"})
            for sent in (track(context={"consent": "x"}), track(context={"consent": {"tcString": "x" * 100_000}}))
        ),
    ),
    payload(75, "`userId` that is the `anonymousId`", "accept", track(userId="same", anonymousId="same")),
    payload(76, "alias of itself, in a circle", "accept", alias("a", "a"), alias("a", "b"), alias("b", "a")),
    payload(
        77,
        "group of a group",
        "accept",
        group(groupId="g-1", traits={"groupId": "g-2"}),
        group(groupId="g-2", context={"groupId": "g-1"}),
    ),
    payload(
        77,
        "group without an id, or with one of 501 characters",
        "quarantine `invalid_group_id`",
        group(),
        group(groupId="g" * 501),
    ),
    payload(77, "group id that is a list", "quarantine `invalid_identifier`", group(groupId=["g"])),
    payload(
        78,
        '`revenue` of `"1,00"`, `1e308`, `-1`',
        "accept",
        *properties(*({"order_id": "o", "revenue": value} for value in REVENUES)),
    ),
    payload(
        79,
        "true and false as text",
        "accept",
        *properties({"gift": "true", "sale": "False"}),
        identify(traits={"vip": "true"}),
    ),
)
