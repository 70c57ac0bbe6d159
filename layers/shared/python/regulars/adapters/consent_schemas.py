"""What requests and answers about consent look like."""

from collections.abc import Mapping
from typing import get_args

from regulars.adapters.shapes import (
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
    named,
    or_null,
    ref,
)
from regulars.domain.purposes import BASES
from regulars.domain.standing import Why

_STATE: Schema = {"enum": ["granted", "denied"]}
_CONSENT: Mapping[str, Schema] = {
    "profile_id": PROFILE_ID,
    "known": FLAG,
    "purposes": a_list(
        an_object(
            {
                "purpose": ID,
                "name": TEXT,
                "basis": {"enum": list(BASES)},
                "channel": or_null(TEXT),
                "state": _STATE,
                "why": {"enum": list(get_args(Why))},
                "since": {**or_null(INSTANT), "description": "of the decision that made it so"},
                "matter": {**or_null(TEXT), "description": "how that was said, such as `segment:C0004`"},
                "decision": {"anyOf": [ref("Decision"), {"type": "null"}]},
            }
        )
    ),
}
CONSENT_SCHEMAS: Mapping[str, Schema] = {
    "Decision": an_object(
        {
            "at": INSTANT,
            "received_at": INSTANT,
            "source": TEXT,
            "message_id": TEXT,
            "event": or_null(TEXT),
            "proven": {**FLAG, "description": "a server, a signature of one, or a signed link stands for who said it"},
            "matters": {**named(_STATE), "description": "what was decided, such as `purpose:newsletter/email`"},
            "text": {**TEXT, "description": "the version of the text that the person was shown"},
            "by": {**TEXT, "description": "who recorded it, by the id of their token; empty where nobody did"},
            "proof": or_null(TEXT),
            "reason": or_null(TEXT),
            "masked": FLAG,
        }
    ),
    "ConsentOf": an_object(_CONSENT),
    "DecisionPage": a_page("decisions", a_list(ref("Decision"))),
    "DecisionWish": an_object(
        {
            "state": _STATE,
            "purpose": {**ID, "description": "left out of a withdrawal, everything is withdrawn"},
            "channel": {**ID, "description": "left out, all channels of the purpose"},
            "reason": {**TEXT, "minLength": 1, "maxLength": 1_000},
            "proof": {**TEXT, "minLength": 1, "maxLength": 1_000, "description": "how and when the person said so"},
            "text": {**TEXT, "maxLength": 100, "description": "left out, the version that the purpose names"},
            "messageId": {**TEXT, "description": "so that it may be repeated: it counts once"},
        },
        optional=("purpose", "channel", "proof", "text", "messageId"),
    ),
    "RecordedDecision": an_object({**_CONSENT, "messageId": TEXT, "duplicate": FLAG}),
    "PreferenceLinkWish": an_object(
        {
            "purpose": {**ID, "description": "what the letter is about; left out, everything"},
            "channel": ID,
            "days": {**WHOLE, "minimum": 1, "maximum": 1_100, "default": 365},
            "kind": {**TEXT, "description": "of the identifier that the letter goes to, such as email"},
        },
        optional=("purpose", "channel", "days", "kind"),
    ),
    "Suppressions": an_object(
        {
            "suppressions": a_list(
                an_object(
                    {
                        "channel": {"type": "string", "enum": ["email", "sms"]},
                        "owner": {**TEXT, "description": "the address, by its keyed hash"},
                        "since": INSTANT,
                        "reason": {"type": "string", "enum": ["bounce", "complaint"]},
                        "own": {
                            **FLAG,
                            "description": "it is an identifier of theirs: else a complaint is not theirs to lift",
                        },
                    }
                )
            )
        }
    ),
    "LiftWish": an_object({"lift": {"type": "string", "enum": ["email", "sms"]}}),
    "PreferenceLink": an_object({"preferences": TEXT, "unsubscribe": TEXT, "ends_at": INSTANT}),
}
