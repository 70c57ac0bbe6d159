"""What answers about segments look like."""

from collections.abc import Mapping
from typing import get_args

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
    a_page,
    an_object,
    or_null,
)
from regulars.domain.segment_definitions import STATUSES
from regulars.domain.transitions import Reason

_VERSION: Mapping[str, Schema] = {
    "version": WHOLE,
    "definition": FIELDS,
    "origin": {"enum": ["file", "api"]},
    "changed_at": INSTANT,
}
_BACKFILL = an_object(
    {
        "id": TEXT,
        "state": {"enum": ["running", "stalled", "done"]},
        "started_at": INSTANT,
        "segments": {**WHOLE, "description": "into which the work is split"},
        "segments_done": WHOLE,
        "people": {**WHOLE, "description": "who were looked at"},
        "people_expected": {**or_null(WHOLE), "description": "about how many there are; null before that can be told"},
        "failed": {**WHOLE, "description": "who could not be looked at; the log says why"},
        "ends_at": {**or_null(INSTANT), "description": "about when it is done"},
    }
)
_SEGMENT: Mapping[str, Schema] = {
    "id": ID,
    **_VERSION,
    "status": {"enum": list(STATUSES), "description": "as the definition says"},
    "live": {
        **or_null(an_object({"version": WHOLE, "since": INSTANT, "paused": FLAG})),
        "description": "the version whose members readers see",
    },
    "coming": {
        **or_null(an_object({"version": WHOLE, "since": INSTANT, "backfill": or_null(_BACKFILL)})),
        "description": "the version that is live next, once everybody was looked at",
    },
}
_MEMBER: Mapping[str, Schema] = {
    "profile_id": PROFILE_ID,
    "since": INSTANT,
    "version": {**WHOLE, "description": "of the definition, when the person entered"},
    "reason": {"enum": list(get_args(Reason)), "description": "what woke the evaluation by which they entered"},
}
SEGMENT_SCHEMAS: Mapping[str, Schema] = {
    "Segment": an_object({**_SEGMENT, "size": {**WHOLE, "description": "how many are in it"}}),
    "SegmentPage": a_page("segments", a_list(an_object(_SEGMENT))),
    "SegmentSizes": an_object(
        {"size": WHOLE, "sizes": a_list(an_object({"hour": INSTANT, "size": WHOLE}))},
    ),
    "EditedSegment": an_object(
        {
            **_SEGMENT,
            "changed": FLAG,
            "effective": {**TEXT, "description": "from when on it holds"},
            "keeps": {**TEXT, "description": "what it keeps of each person, and about how much that is"},
        }
    ),
    "SegmentVersions": a_page("versions", a_list(an_object(_VERSION))),
    "MemberPage": an_object(
        {
            "members": a_list(an_object(_MEMBER)),
            "held_back": {**WHOLE, "description": "members of this page who do not consent to the purpose asked for"},
            "next": {**or_null(TEXT), "description": "the cursor to go on with; null at the end"},
        },
        optional=("held_back",),
    ),
}
