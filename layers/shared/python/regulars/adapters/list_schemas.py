"""What requests and answers about lists look like."""

from collections.abc import Mapping
from typing import get_args

from regulars.adapters.shapes import (
    INSTANT,
    MASKED,
    PROFILE_ID,
    TEXT,
    WHOLE,
    Schema,
    a_list,
    a_page,
    an_object,
    or_null,
    ref,
)
from regulars.domain.lists import Mode, State
from regulars.pipeline.lists import AT_ONCE

_MODE: Schema = {"enum": [*get_args(Mode)]}
_KIND: Schema = {**TEXT, "description": "a kind of identifier of the identity rules, such as email"}
LIST_SCHEMAS: Mapping[str, Schema] = {
    "ListPage": a_page("lists", a_list(ref("Definition"))),
    "UploadWish": an_object({"mode": _MODE, "kind": _KIND}),
    "Upload": an_object(
        {
            "id": TEXT,
            "mode": _MODE,
            "kind": _KIND,
            "by": {**TEXT, "description": "who began it, by the id of their token"},
            "state": {"enum": [*get_args(State)], "description": "sweeping: those that it does not name leave"},
            "begun_at": {**INSTANT, "description": "the instant at which all of its rows count"},
        }
    ),
    "UploadPage": a_page("uploads", a_list(ref("Upload"))),
    "UploadRows": an_object(
        {"rows": {"type": "array", "items": {"type": ["string", "integer"]}, "minItems": 1, "maxItems": AT_ONCE}}
    ),
    "RowsTaken": an_object(
        {
            "accepted": {**WHOLE, "description": "stored now"},
            "duplicates": {**WHOLE, "description": "stored before, or named twice here"},
            "known": {**WHOLE, "description": "of these, identifiers that events have named before"},
            "unknown": WHOLE,
            "refused": a_list(an_object({"index": {**WHOLE, "description": "of the row, from 0"}, "reason": TEXT})),
        }
    ),
    "UploadEnd": an_object({}),
    "UploadEnded": an_object(
        {
            "left": {**WHOLE, "description": "who left in this step"},
            "next": {**or_null(TEXT), "description": "the cursor to go on with; null once it is done"},
        }
    ),
    "ListMemberPage": a_page(
        "members",
        a_list(
            an_object(
                {
                    "profile_id": PROFILE_ID,
                    "kind": TEXT,
                    "value": {**or_null(TEXT), "description": "null where nothing tells it any more"},
                    "masked": MASKED,
                    "since": {**INSTANT, "description": "of the newest upload that named it"},
                }
            )
        ),
    ),
}
