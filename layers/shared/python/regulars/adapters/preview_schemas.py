"""What requests and answers about previews look like."""

from collections.abc import Mapping

from regulars.adapters.shapes import (
    FIELDS,
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
)

_DRAFT: Mapping[str, Schema] = {
    "id": {**ID, "description": "of a live segment, with which a definition is compared"},
    "definition": {**FIELDS, "description": "as in catalog/segments; without it the live one is asked"},
}
_ENGINE: Schema = {"enum": ["athena", "duckdb"], "default": "athena"}
_REASON = an_object({"path": TEXT, "condition": {**TEXT, "description": "in words"}, "truth": FLAG})
_CHANGE: Schema = {
    "type": ["object", "null"],
    "description": "null where there is no definition to compare with",
    "properties": {"count": WHOLE, "sample": a_list(PROFILE_ID)},
    "required": ["count", "sample"],
    "additionalProperties": False,
}
PREVIEW_SCHEMAS: Mapping[str, Schema] = {
    "SegmentDraft": an_object(_DRAFT, optional=("id", "definition")),
    "SegmentQuestion": an_object({**_DRAFT, "engine": _ENGINE}, optional=("id", "definition", "engine")),
    "SegmentSql": an_object({"id": ID, "engine": {"enum": ["athena", "duckdb"]}, "sql": TEXT}),
    "SegmentPreview": an_object(
        {
            "id": ID,
            "as_of": {**INSTANT, "description": "the instant at which windows end"},
            "newest_event": {**or_null(INSTANT), "description": "when the newest event in the lake arrived"},
            "count": WHOLE,
            "known": WHOLE,
            "anonymous": WHOLE,
            "sample": a_list(an_object({"profile_id": PROFILE_ID, "known": FLAG, "reasons": a_list(_REASON)})),
            "against": {**or_null(WHOLE), "description": "the live version that the definition is compared with"},
            "enters": _CHANGE,
            "leaves": _CHANGE,
        }
    ),
}
