"""What requests and answers look like: one JSON Schema for each name that a route uses."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer"}
_FLAG: Schema = {"type": "boolean"}
_INSTANT: Schema = {"type": "string", "format": "date-time"}
_ANY: Schema = {"description": "any JSON"}
_FIELDS: Schema = {"type": "object", "additionalProperties": True}
_ID: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,62}$"}
_PROFILE_ID: Schema = {"type": "string", "pattern": "^p_[a-z0-9_.]{1,40}:[a-z2-7]{26}$"}
_MASKED: Schema = {"type": "boolean", "description": "the value is personal and was not opened for this caller"}


def _object(properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """Describe an object that has exactly these fields."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": dict(properties),
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _named(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _page(name: str, items: Schema) -> Schema:
    return _object(
        {name: items, "next": {**_or_null(_TEXT), "description": "the cursor to go on with; null at the end"}}
    )


_DEFINITION: Mapping[str, Schema] = {
    "id": _ID,
    "definition": _FIELDS,
    "version": _WHOLE,
    "origin": {"enum": ["file", "api"]},
    "changed_at": _INSTANT,
}
_WRITE_KEY: Schema = {"type": "string", "pattern": "^wk_", "description": "told this once, and kept by nobody"}

SCHEMAS: Mapping[str, Schema] = {
    "Error": _object({"code": _TEXT, "message": _TEXT, "docs": _TEXT}),
    "Identifier": _object(
        {
            "kind": _TEXT,
            "value": _or_null(_TEXT),
            "masked": _MASKED,
            "source": _or_null(_TEXT),
            "since": _or_null(_INSTANT),
        }
    ),
    "Trait": _object({"value": _ANY, "masked": _MASKED, "source": _TEXT, "time": _INSTANT, "message_id": _TEXT}),
    "Membership": _object(
        {
            "segment": _ID,
            "name": _TEXT,
            "since": _INSTANT,
            "next_change_at": {**_or_null(_INSTANT), "description": "when time alone may change it"},
            "number": {**_WHOLE, "description": "counts the transitions of this person and segment"},
        }
    ),
    "Event": _object(
        {
            "messageId": _TEXT,
            "type": {"enum": ["track", "identify", "page", "screen", "group", "alias"]},
            "event": _or_null(_TEXT),
            "timestamp": {**_INSTANT, "description": "when it counts: the earlier of sent and received"},
            "receivedAt": _INSTANT,
            "source": _TEXT,
            "identifiers": _FIELDS,
            "properties": _FIELDS,
            "traits": _FIELDS,
            "context": _FIELDS,
            "masked": _MASKED,
        }
    ),
    "Profile": _object(
        {
            "profile_id": _PROFILE_ID,
            "known": {**_FLAG, "description": "it has an identifier that makes it no anonymous one"},
            "identifiers": _list(_ref("Identifier")),
            "traits": _named(_ref("Trait")),
            "memberships": _list(_ref("Membership")),
            "orders": _object({"count": _WHOLE, "revenue": {"type": "number"}}),
            "incomplete": {
                "type": "array",
                "items": {"enum": ["identifiers", "traits"]},
                "description": "which lists are cut here: read them page by page",
            },
        }
    ),
    "Lookup": {
        "oneOf": [
            _object({"kind": _TEXT, "value": {"type": ["string", "integer"]}}),
            _object({"ref": {**_TEXT, "description": "a profile id, or kind:value"}}),
        ]
    },
    "TraitPage": _page("traits", _named(_ref("Trait"))),
    "IdentifierPage": _page("identifiers", _list(_ref("Identifier"))),
    "MembershipPage": _page("memberships", _list(_ref("Membership"))),
    "EventPage": _page("events", _list(_ref("Event"))),
    "Definition": _object(_DEFINITION),
    "SegmentPage": _page("segments", _list(_ref("Definition"))),
    "SourcePage": _page("sources", _list(_ref("Definition"))),
    "ImportPage": _page("imports", _list(_ref("Definition"))),
    "Edit": _object(
        {
            "definition": _FIELDS,
            "version": {**_WHOLE, "minimum": 0, "description": "the version that was read; 0: there must be none"},
            "origin": {"enum": ["file", "api"], "default": "api"},
        },
        optional=("version", "origin"),
    ),
    "Edited": _object({**_DEFINITION, "changed": _FLAG}),
    "EditedSegment": _object({**_DEFINITION, "changed": _FLAG, "effective": _TEXT}),
    "EditedSource": _object({**_DEFINITION, "changed": _FLAG, "write_key": _WRITE_KEY}, optional=("write_key",)),
    "Source": _object({**_DEFINITION, "write_keys": _list(_object({"print": _TEXT, "since": _INSTANT}))}),
    "Deleted": _object({"id": _TEXT, "deleted": _FLAG}),
    "MemberPage": _page("members", _list(_object({"profile_id": _PROFILE_ID, "since": _INSTANT}))),
    "QuarantinePage": _page(
        "events",
        _list(
            _object(
                {
                    "message_id": _TEXT,
                    "received_at": _INSTANT,
                    "code": _TEXT,
                    "reason": _TEXT,
                    "body": {**_or_null(_TEXT), "description": "what was sent, as JSON in a text; null if it is gone"},
                    "masked": _MASKED,
                }
            )
        ),
    ),
    "Document": {"type": "object", "description": "an OpenAPI 3.1 document"},
    "Call": {"type": "object", "description": "a call of the Segment spec: docs/events.md"},
    "Batch": _object(
        {"batch": _list(_ref("Call")), "sentAt": _INSTANT, "writeKey": _TEXT, "context": _FIELDS},
        optional=("sentAt", "writeKey", "context"),
    ),
    "Accepted": _object(
        {
            "success": _FLAG,
            "accepted": _WHOLE,
            "duplicate": _WHOLE,
            "quarantined": _WHOLE,
            "verdicts": {
                "type": "array",
                "items": _object(
                    {
                        "index": _WHOLE,
                        "messageId": _TEXT,
                        "verdict": {"enum": ["duplicate", "quarantined"]},
                        "code": _TEXT,
                    },
                    optional=("code",),
                ),
                "description": "what became of those that were not accepted",
            },
        }
    ),
    "Settings": {"type": "object", "description": "what an SDK asks for before it starts"},
}
