"""What messages that were sent to somebody look like, as JSON Schemas."""

from collections.abc import Mapping
from typing import get_args

from regulars.adapters.shapes import (
    FLAG,
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
from regulars.domain.passages import Outcome

SENT_SCHEMAS: Mapping[str, Schema] = {
    "SentMessage": an_object(
        {
            "id": {**TEXT, "description": "by which it is known to providers; `send` of the events that tell of it"},
            "journey": TEXT,
            "version": WHOLE,
            "passage": {**TEXT, "description": "on which way through the journey"},
            "step": TEXT,
            "place": {**TEXT, "description": "the step, and in which turn of a repeat: `tip#2`"},
            "channel": TEXT,
            "template": TEXT,
            "purpose": TEXT,
            "class": TEXT,
            "at": {**INSTANT, "description": "when it was decided that it is sent"},
            "outcome": {
                "enum": list(get_args(Outcome)),
                "description": "unknown: perhaps sent, and never sent again; claimed: about to be sent",
            },
            "settled_at": {**or_null(INSTANT), "description": "since when the outcome is known"},
            "reason": {**or_null(TEXT), "description": "why it was not sent, or did not arrive"},
            "provider_id": or_null(TEXT),
            "content": {
                **an_object({"title": TEXT, "text": TEXT, "link": or_null(TEXT), "read_at": or_null(INSTANT)}),
                "type": ["object", "null"],
                "description": "of an in-app message, as long as it lies in the inbox",
            },
            "masked": {**FLAG, "description": "its content may not be opened for whoever asks"},
        }
    ),
    "MessagePage": an_object(
        {
            "messages": a_list(ref("SentMessage")),
            "suppressed": a_list(
                an_object({"identifier": PROFILE_ID, "channel": TEXT, "since": INSTANT, "reason": TEXT})
            ),
            "next": {**or_null(TEXT), "description": "the cursor to go on with; null at the end"},
        }
    ),
}
