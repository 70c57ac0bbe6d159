"""What exports look like."""

from collections.abc import Mapping

from regulars.adapters.shapes import (
    FLAG,
    ID,
    INSTANT,
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
from regulars.domain.exports import FORMATS, MOST_TRAITS, STATES

_TRAITS: Schema = {**a_list({**TEXT, "minLength": 1}), "maxItems": MOST_TRAITS, "uniqueItems": True}
EXPORT_SCHEMAS: Mapping[str, Schema] = {
    "ExportWish": an_object(
        {
            "segment": ID,
            "purpose": {**ID, "description": "what the file is for; needed for traits"},
            "channel": {**ID, "description": "of the purpose; left out, all that it has"},
            "traits": _TRAITS,
            "computed": {**_TRAITS, "description": "computed traits, by id"},
            "format": {"enum": list(FORMATS), "default": FORMATS[0]},
            "reason": {
                "type": "string",
                "minLength": 1,
                "maxLength": 200,
                "description": "for whoever agrees to it, and for later; it is kept in clear, and names no customer",
            },
        },
        optional=("purpose", "channel", "traits", "computed", "format"),
    ),
    "ExportApproval": an_object({"print": {**TEXT, "description": "the print of the export as it was read"}}),
    "Export": an_object(
        {
            "id": TEXT,
            "state": {"enum": list(STATES)},
            "by": {**TEXT, "description": "who asked, by the subject of their token"},
            "segment": ID,
            "version": {**WHOLE, "description": "of the segment"},
            "purpose": or_null(TEXT),
            "channel": or_null(TEXT),
            "traits": a_list(TEXT),
            "computed": a_list(TEXT),
            "format": {"enum": list(FORMATS)},
            "reason": TEXT,
            "personal": {**FLAG, "description": "personal traits are opened for it"},
            "asked_at": INSTANT,
            "expected": {**WHOLE, "description": "members that were counted when it was asked for"},
            "needs_approval": FLAG,
            "print": {**TEXT, "description": "a hash over all that somebody agrees to"},
            "lapses_at": {**or_null(INSTANT), "description": "until when somebody may agree to it"},
            "decided_by": or_null(TEXT),
            "decided_at": or_null(INSTANT),
            "started_at": or_null(INSTANT),
            "rows": WHOLE,
            "held_back": {
                **named(WHOLE),
                "description": "members left out for want of consent, restricted, erased or merged meanwhile; of those "
                "in the file, how many have masked traits",
            },
            "ended_at": or_null(INSTANT),
            "kept_until": {**or_null(INSTANT), "description": "until when the file can be taken"},
            "why": {**or_null(TEXT), "description": "why it failed"},
        }
    ),
    "ExportPage": a_page("exports", a_list(ref("Export"))),
    "ExportLink": an_object(
        {
            "url": TEXT,
            "ends_at": {**INSTANT, "description": "or before, if the credentials end that it was made with"},
            "name": TEXT,
            "size": {**WHOLE, "description": "bytes"},
            "sha256": TEXT,
        }
    ),
}
