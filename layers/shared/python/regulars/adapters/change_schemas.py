"""What requests and answers about corrections and rebuilds look like."""

from collections.abc import Mapping

from regulars.adapters.shapes import (
    ANY,
    FLAG,
    INSTANT,
    PROFILE_ID,
    TEXT,
    WHOLE,
    Schema,
    a_list,
    a_page,
    an_object,
    named,
    or_null,
    ref,
)

_FOUND: Mapping[str, Schema] = {
    "identifiers": WHOLE,
    "parts": {**WHOLE, "description": "that were folded anew"},
    "changed": {**WHOLE, "description": "parts that said something else than the events"},
    "outdated": {**WHOLE, "description": "parts that were not kept yet for what is live"},
    "awaited": {**WHOLE, "description": "parts that lacked only events of the last minute"},
    "linked": {**WHOLE, "description": "identifiers attached and profiles merged anew"},
}
CHANGE_SCHEMAS: Mapping[str, Schema] = {
    "Correction": an_object(
        {
            "traits": {**named(ANY), "description": "by name; null removes one"},
            "reason": {**TEXT, "minLength": 1, "maxLength": 1_000},
            "messageId": {**TEXT, "description": "so that it may be repeated: it counts once"},
            "request": {
                **TEXT,
                "description": "the verified rectification that is done by this; it is the messageId",
            },
        },
        optional=("messageId", "request"),
    ),
    "Corrected": an_object(
        {
            "profile_id": PROFILE_ID,
            "messageId": TEXT,
            "duplicate": {**FLAG, "description": "it was made before, and counts once"},
            "traits": named(ref("Trait")),
        }
    ),
    "RebuiltProfile": an_object(
        {
            "profile_id": PROFILE_ID,
            "dry_run": FLAG,
            **_FOUND,
            "next": {**or_null(TEXT), "description": "the cursor to go on with; null at the end"},
        }
    ),
    "RebuildWish": an_object({"dry_run": {**FLAG, "default": False}}, optional=("dry_run",)),
    "Rebuild": an_object(
        {
            "id": TEXT,
            "state": {
                "enum": ["running", "stalled", "done"],
                "description": "stalled: no page for five minutes; the next POST goes on with it",
            },
            "dry_run": FLAG,
            "by": {**TEXT, "description": "who began it, by the id of their token"},
            "started_at": INSTANT,
            "segments": {**WHOLE, "description": "into which the events are cut"},
            "segments_done": WHOLE,
            **_FOUND,
            "failed": {**WHOLE, "description": "identifiers that could not be rebuilt: the log of `rebuild` says why"},
        }
    ),
    "RebuildPage": a_page("rebuilds", a_list(ref("Rebuild"))),
}
