"""What an explanation looks like, as JSON Schemas."""

from collections.abc import Mapping

from regulars.adapters.shapes import (
    ANY,
    FLAG,
    ID,
    INSTANT,
    PROFILE_ID,
    TEXT,
    WHOLE,
    Schema,
    a_list,
    an_object,
    or_null,
    ref,
)

WHY_SCHEMAS: Mapping[str, Schema] = {
    "Cause": an_object(
        {
            "event": or_null(TEXT),
            "timestamp": INSTANT,
            "identifier": or_null(PROFILE_ID),
            "source": TEXT,
            "message_id": TEXT,
        }
    ),
    "Reason": an_object(
        {
            "condition": TEXT,
            "true": FLAG,
            "found": {**ANY, "description": "what was compared; null where there was nothing"},
            "next_change_at": or_null(INSTANT),
            "events": a_list(ref("Cause")),
            "below": a_list(ref("Reason")),
        }
    ),
    "SegmentWhy": an_object(
        {
            "profile_id": PROFILE_ID,
            "segment": ID,
            "version": WHOLE,
            "as_of": INSTANT,
            "member": FLAG,
            "since": or_null(INSTANT),
            "known": FLAG,
            "restricted": {**FLAG, "description": "the person may be in no segment"},
            "next_change_at": or_null(INSTANT),
            "why": ref("Reason"),
            "words": a_list(TEXT),
        }
    ),
}
