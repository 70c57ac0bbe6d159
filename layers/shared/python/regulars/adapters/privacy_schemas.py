"""What requests of persons and the register look like."""

from collections.abc import Mapping

from regulars.adapters.shapes import (
    FIELDS,
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
from regulars.domain.privacy_deadlines import DEADLINES, EXTENSIONS, LAWS
from regulars.domain.privacy_requests import AT_ONCE, KINDS, PROOFS, STATES

_IDENTIFIERS: Schema = {
    **a_list(TEXT),
    "maxItems": AT_ONCE,
    "description": "each `kind:value`, such as email:ann@shop.example, or a profile id; everybody it leads to is meant",
}
PRIVACY_SCHEMAS: Mapping[str, Schema] = {
    "PrivacyWish": an_object(
        {
            "kind": {
                "enum": list(KINDS),
                "description": (
                    "anonymisation is an erasure that leaves counts of many; lift undoes the ledger of both, release a"
                    " restriction; opt_out begins at once"
                ),
            },
            "identifiers": _IDENTIFIERS,
            "law": {
                "enum": list(LAWS),
                "default": "gdpr",
                "description": "a month, or 45 days; an opt-out has 15 business days",
            },
            "reference": {
                "type": "string",
                "pattern": "^[A-Za-z0-9._/#-]{0,64}$",
                "description": "the number of the case; it is kept in clear",
            },
        },
        optional=("identifiers", "law", "reference"),
    ),
    "PrivacyIdentifiers": an_object({"identifiers": _IDENTIFIERS}),
    "PrivacyExtension": an_object({"reason": {"enum": list(EXTENSIONS)}}),
    "PrivacyProof": an_object(
        {"how": {"enum": list(PROOFS), "description": "an opt-out needs none"}}, optional=("how",)
    ),
    "PrivacyRequest": an_object(
        {
            "id": TEXT,
            "kind": {"enum": list(KINDS)},
            "state": {"enum": list(STATES)},
            "law": {"enum": list(LAWS)},
            "reference": TEXT,
            "by": {**TEXT, "description": "who took it, by the id of their token"},
            "identifiers": {**WHOLE, "description": "that it names"},
            "received_at": INSTANT,
            "due_at": INSTANT,
            "deadline": {
                "enum": [*DEADLINES, None],
                "description": "soon: within a week; met or missed once it is done; null if it was cancelled",
            },
            "extended_at": or_null(INSTANT),
            "extended_by": or_null(TEXT),
            "extension": {"enum": [*EXTENSIONS, None], "description": "why its time was made longer"},
            "verified_at": or_null(INSTANT),
            "verified_by": or_null(TEXT),
            "verified_how": or_null(TEXT),
            "suppressed_since": {**or_null(INSTANT), "description": "since when nothing new of them is taken"},
            "stage": {**or_null(TEXT), "description": "what is being done"},
            "round": {**WHOLE, "description": "how many rounds over all places have ended"},
            "next_round_at": or_null(INSTANT),
            "found": {**named(WHOLE), "description": "what was removed so far, by place"},
            "changed": {**a_list(TEXT), "description": "names of traits that were corrected"},
            "held_by": {**a_list(TEXT), "description": "the legal holds because of which it waits"},
            "set_aside": {**or_null(TEXT), "description": "the request in which those of them wait who are held"},
            "ended_at": or_null(INSTANT),
        }
    ),
    "Kept": an_object(
        {
            "default_days": {**WHOLE, "description": "from its arrival, of an event that no rule names"},
            "anonymous_days": {
                **WHOLE,
                "description": "from the first event of who is unknown and came once",
            },
            "profiles_days": {**WHOLE, "description": "from the last arrival of anybody"},
            "rules": a_list(
                an_object({"by": {"enum": ["event", "type", "source", "field"]}, "name": TEXT, "days": WHOLE})
            ),
            "deleted_after_days": {**WHOLE, "description": "from the end of a period, past which nobody sees it"},
            "sweep": an_object(
                {
                    "running": FLAG,
                    "overdue": {**FLAG, "description": "none has ended for 14 days"},
                    "started_at": or_null(INSTANT),
                    "ended_at": {**or_null(INSTANT), "description": "of the last one that ended"},
                    "found": {**named(WHOLE), "description": "what that did"},
                }
            ),
        }
    ),
    "PrivacyProfilePage": a_page("profiles", a_list(PROFILE_ID)),
    "PrivacyRequestPage": a_page("requests", a_list(ref("PrivacyRequest"))),
    "Certificate": {**FIELDS, "description": "docs/requests.md; `signature` is over all other fields"},
    "CertificateCheck": an_object({"genuine": FLAG}),
    "Register": an_object(
        {
            "places": a_list(
                an_object(
                    {
                        "name": TEXT,
                        "sort": TEXT,
                        "names": a_list(TEXT),
                        "holds": TEXT,
                        "why": TEXT,
                        "kept": TEXT,
                        "treatment": {"enum": ["deleted", "rewritten", "emptied", "ends", "kept", "none"]},
                        "receives": TEXT,
                        "days": {**WHOLE, "description": "after an erasure until what there is has ended by itself"},
                    }
                )
            )
        }
    ),
}
