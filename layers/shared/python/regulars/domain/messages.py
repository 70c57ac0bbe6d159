"""A message of the Segment spec, however an SDK spells it, with every field where the spec has it."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast, get_args

from regulars.domain.consent import OPTED_OUT, Purpose, keep_to
from regulars.domain.events import NAMES, EventType
from regulars.domain.payloads import MAX_EVENT, MAX_INFLATED, Ambiguous, check, measure
from regulars.domain.reserved_events import DECIDING, JOINED, JOURNEY_EVENTS, LEFT
from regulars.errors import InvalidEventError, TooLargeError

TYPES = frozenset(get_args(EventType))
LONGEST_NAME = 200
LONGEST_GROUP_ID = 500
RESERVED: Mapping[str, str] = {
    JOINED: "upload the people to a list",
    LEFT: "upload the people to a list, to remove them",
    **dict.fromkeys(JOURNEY_EVENTS, "it is what a journey did; what others send and do has names of its own"),
}
_IDS = ("userId", "anonymousId", "previousId", "groupId")
_CONTAINERS = frozenset({dict, list, Ambiguous})
_OBJECTS = ("properties", "traits", "context", "integrations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """
    What a batch says once for all its messages, and how many bytes it adds to each.

    `opted_out` is said by the browser: `Sec-GPC: 1`. `key` is the label of the write key that it came with, `is_server`
    says that this was a server's.
    """

    sent_at: object = None
    context: Mapping[str, Any] = field(default_factory=dict)
    integrations: Mapping[str, Any] = field(default_factory=dict)
    size: int = 0
    opted_out: bool = False
    key: str | None = None
    is_server: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; `fields` is all that was said, `name` the name under which it counts."""

    type: EventType
    name: str | None
    fields: Mapping[str, Any]
    properties: Mapping[str, Any]
    traits: Mapping[str, Any]
    context: Mapping[str, Any]
    integrations: Mapping[str, Any]


def read_envelope(body: Mapping[str, Any]) -> Envelope:
    """
    Read what a batch says around its messages; what is no object there says nothing.

    Raises InvalidEventError, and TooLargeError if it would be too much, said in each of them.
    """
    around = {name: body[name] for name in ("sentAt", "context", "integrations") if body.get(name)}
    if not around:
        return Envelope()
    check(around, MAX_INFLATED)
    sent_at = around.pop("sentAt", None)
    size, batch = measure(around) if around else 0, body.get("batch")
    if isinstance(batch, list) and size * len(batch) > MAX_INFLATED:
        raise TooLargeError(
            f"what stands around the events of a batch counts in each of them, and {MAX_INFLATED} bytes are the most"
        )
    context, integrations = around.get("context"), around.get("integrations")
    return Envelope(
        sent_at=sent_at if isinstance(sent_at, int | float) or _is_short(sent_at) else None,
        context=context if isinstance(context, Mapping) else {},
        integrations=integrations if isinstance(integrations, Mapping) else {},
        size=size,
    )


def read_message(
    raw: object,
    envelope: Envelope,
    type: str | None = None,
    purposes: Sequence[Purpose] = (),
    *,
    received: int | None = None,
) -> Message:
    """
    Read a message; the path of a single call says its `type`, a message of a batch says it itself.

    What its sender did not agree to of these purposes, when it was `received`, is left out.

    Raises InvalidEventError, SuppressedError.
    """
    if not isinstance(raw, Mapping):
        raise InvalidEventError("invalid_event", "an event is an object")
    check(raw, MAX_EVENT - envelope.size)
    fields: Mapping[str, Any] = _together(raw, envelope)
    if purposes:
        decides = (type or raw.get("type")) == "track" and raw.get("event") in DECIDING
        fields = keep_to(purposes, fields, opted_out=envelope.opted_out, decides=decides, at=received)
    type_ = _type(type or raw.get("type"))
    _check_ids(type_, fields)
    return Message(
        type=type_,
        name=_name(type_, fields),
        fields=fields,
        properties=_properties(type_, fields),
        traits=_traits(type_, fields),
        context=_context(type_, fields),
        integrations=fields["integrations"],
    )


def _together(raw: Mapping[str, Any], envelope: Envelope) -> dict[str, Any]:
    """Put a message and what its batch says together."""
    fields = {**raw, "sentAt": raw.get("sentAt", envelope.sent_at)}
    for name in _OBJECTS:
        fields[name] = _object(raw, name)
    noted = {OPTED_OUT: True} if envelope.opted_out else {}
    fields["context"] = {**envelope.context, **fields["context"], **noted}
    fields["integrations"] = {**envelope.integrations, **fields["integrations"]}
    return fields


def _is_short(text: object) -> bool:
    """Say whether a text can be a time at all: a longer one would stand in every event that its batch refuses."""
    return isinstance(text, str) and len(text) <= LONGEST_NAME


def _object(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = raw.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidEventError("invalid_field", f"{name} is an object")
    return value


def _type(type: object) -> EventType:
    if not isinstance(type, str) or type not in TYPES:
        raise InvalidEventError("unknown_type", f"the type of an event is one of {', '.join(sorted(TYPES))}")
    return cast(EventType, type)


def _check_ids(type: EventType, fields: Mapping[str, Any]) -> None:
    for name in _IDS:
        if fields.get(name).__class__ in _CONTAINERS:
            raise InvalidEventError("invalid_identifier", f"{name} is a text or a number")
    group_id = fields.get("groupId")
    if type == "group" and (group_id in (None, "") or len(str(group_id)) > LONGEST_GROUP_ID):
        raise InvalidEventError("invalid_group_id", f"a group call has a groupId of 1 to {LONGEST_GROUP_ID} characters")
    if type == "alias" and fields.get("previousId") in (None, ""):
        raise InvalidEventError("missing_previous_id", "an alias call has a previousId and a userId")


def _name(type: EventType, fields: Mapping[str, Any]) -> str | None:
    if type != "track":
        return NAMES.get(type)
    name = fields.get("event")
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
        raise InvalidEventError("invalid_event_name", f"a track call has an event of 1 to {LONGEST_NAME} characters")
    if not name.isprintable() and any(unicodedata.category(letter) == "Cc" for letter in name):
        raise InvalidEventError("invalid_event_name", "the name of an event has no control characters")
    if name in RESERVED:
        raise InvalidEventError("reserved_event_name", f"{name} is told by the platform itself: {RESERVED[name]}")
    return name


def _properties(type: EventType, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    if type not in NAMES:
        return cast(Mapping[str, Any], fields["properties"])
    said = {name: fields[name] for name in ("name", "category") if isinstance(fields.get(name), str)}
    return {**said, **fields["properties"]}


def _traits(type: EventType, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """RudderStack puts the traits of an identify call into its context."""
    own = fields["context"].get("traits")
    if type == "identify" and isinstance(own, Mapping):
        return {**own, **fields["traits"]}
    return cast(Mapping[str, Any], fields["traits"])


def _context(type: EventType, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    context = dict(fields["context"])
    if type == "identify" and isinstance(context.get("traits"), Mapping):
        del context["traits"]
    if type == "group":
        context["groupId"] = str(fields["groupId"])
    return context
