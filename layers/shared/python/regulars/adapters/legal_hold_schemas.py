"""What legal holds look like."""

from collections.abc import Mapping

from regulars.adapters.shapes import (
    FLAG,
    INSTANT,
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
from regulars.domain.legal_holds import MOST

_HOLD: Mapping[str, Schema] = {
    "id": TEXT,
    "reference": {**TEXT, "description": "the number of the case"},
    "by": {**TEXT, "description": "who placed it, by the id of their token"},
    "placed_at": INSTANT,
    "until": {**or_null(INSTANT), "description": "when it ends by itself"},
    "identifiers": {**WHOLE, "description": "that it names"},
    "stands": {**FLAG, "description": "nothing is deleted because of it"},
    "released_at": or_null(INSTANT),
    "released_by": or_null(TEXT),
}
LEGAL_HOLD_SCHEMAS: Mapping[str, Schema] = {
    "LegalHoldWish": an_object(
        {
            "reference": {
                "type": "string",
                "pattern": "^[A-Za-z0-9._/#-]{1,64}$",
                "description": "the number of the case; it is kept in clear",
            },
            "identifiers": {
                **a_list(TEXT),
                "minItems": 1,
                "maxItems": MOST,
                "description": "each `kind:value`, or a profile id; everybody it leads to is held",
            },
            "until": {**INSTANT, "description": "when it ends by itself; without it, once it is released"},
        },
        optional=("until",),
    ),
    "LegalHold": an_object(_HOLD),
    "NamedLegalHold": an_object({**_HOLD, "names": a_list(PROFILE_ID)}),
    "LegalHoldIds": an_object({"holds": a_list(TEXT)}),
    "LegalHoldPage": a_page("holds", a_list(ref("LegalHold"))),
}
