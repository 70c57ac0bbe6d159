"""What requests and answers about the quarantine look like."""

from collections.abc import Mapping

from regulars.adapters.shapes import (
    FIELDS,
    FLAG,
    ID,
    INSTANT,
    TEXT,
    WHOLE,
    Schema,
    a_list,
    a_page,
    an_object,
    or_null,
    ref,
)

_ROW: Mapping[str, Schema] = {
    "id": {"type": "string", "description": "source, day, code and a mark, with dots between"},
    "source": ID,
    "message_id": TEXT,
    "received_at": INSTANT,
    "code": TEXT,
    "reason": TEXT,
    "mended": {**FLAG, "description": "it was repaired, and a replay reads it so"},
    "last_try": {
        "oneOf": [an_object({"at": INSTANT, "code": TEXT, "reason": TEXT}), {"type": "null"}],
        "description": "why the newest replay was refused",
    },
    "event": {
        "oneOf": [an_object({"profile_id": TEXT, "message_id": TEXT, "replayed_at": INSTANT}), {"type": "null"}],
        "description": "the event that it became; its context names this row as `quarantine`",
    },
    "version": WHOLE,
}
_BODY: Schema = {**or_null(TEXT), "description": "JSON in a text; null where it is gone"}
_DAY: Schema = {"type": "string", "format": "date"}
_REPAIR: Schema = {
    "type": "object",
    "properties": {
        "when": {**FIELDS, "description": "values that a message must have, by path"},
        "drop": a_list(TEXT),
        "rename": {"type": "object", "additionalProperties": TEXT},
        "convert": {
            "type": "object",
            "additionalProperties": {"enum": ["text", "number", "boolean", "instant", "object"]},
        },
        "set": FIELDS,
    },
    "additionalProperties": False,
}
_PLACE: Mapping[str, Schema] = {"source": ID, "day": _DAY, "code": TEXT}

QUARANTINE_SCHEMAS: Mapping[str, Schema] = {
    "Quarantined": an_object(_ROW),
    "QuarantinePage": a_page("events", a_list(ref("Quarantined"))),
    "QuarantinedBody": an_object({**_ROW, "body": _BODY, "sent": _BODY, "masked": FLAG}),
    "QuarantineCounts": a_page(
        "counts", a_list(an_object({"source": ID, "day": _DAY, "code": TEXT, "open": WHOLE, "replayed": WHOLE}))
    ),
    "QuarantineEdit": {"oneOf": [an_object({"message": FIELDS}), an_object({"repair": _REPAIR})]},
    "QuarantineRepair": an_object({**_PLACE, "repair": _REPAIR}, optional=("code",)),
    "Repaired": an_object(
        {
            "row": ref("Quarantined"),
            "changed": FLAG,
            "acceptable": {**FLAG, "description": "a replay would accept it now"},
            "code": or_null(TEXT),
            "reason": or_null(TEXT),
        }
    ),
    "RepairedPage": an_object(
        {
            "read": WHOLE,
            "changed": WHOLE,
            "acceptable": WHOLE,
            "refused": {"type": "object", "additionalProperties": WHOLE, "description": "the others, by code"},
            "gone": {**WHOLE, "description": "rows whose body is gone"},
            "next": or_null(TEXT),
        }
    ),
    "QuarantineReplay": {
        "oneOf": [
            an_object({"ids": {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 100}}),
            an_object(_PLACE, optional=("code",)),
        ]
    },
    "ReplayedPage": a_page(
        "results",
        a_list(
            an_object(
                {
                    "outcome": {
                        "enum": ["replayed", "replayed_before", "duplicate", "quarantined", "suppressed", "gone"]
                    },
                    "row": ref("Quarantined"),
                }
            )
        ),
    ),
}
