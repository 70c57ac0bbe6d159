"""What requests and answers look like: one JSON Schema for each name that a route uses."""

from collections.abc import Mapping
from typing import get_args

from regulars.adapters.audit_schemas import AUDIT_SCHEMAS
from regulars.adapters.change_schemas import CHANGE_SCHEMAS
from regulars.adapters.consent_schemas import CONSENT_SCHEMAS
from regulars.adapters.export_schemas import EXPORT_SCHEMAS
from regulars.adapters.graph_schemas import GRAPH_SCHEMAS
from regulars.adapters.journey_report_schemas import JOURNEY_REPORT_SCHEMAS
from regulars.adapters.journey_schemas import JOURNEY_SCHEMAS
from regulars.adapters.key_schemas import KEY_SCHEMAS
from regulars.adapters.legal_hold_schemas import LEGAL_HOLD_SCHEMAS
from regulars.adapters.list_schemas import LIST_SCHEMAS
from regulars.adapters.preview_schemas import PREVIEW_SCHEMAS
from regulars.adapters.privacy_schemas import PRIVACY_SCHEMAS
from regulars.adapters.quarantine_schemas import QUARANTINE_SCHEMAS
from regulars.adapters.segment_schemas import SEGMENT_SCHEMAS
from regulars.adapters.sent_schemas import SENT_SCHEMAS
from regulars.adapters.shapes import (
    ANY,
    FIELDS,
    FLAG,
    ID,
    INSTANT,
    MASKED,
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
from regulars.adapters.template_schemas import TEMPLATE_SCHEMAS
from regulars.adapters.why_schemas import WHY_SCHEMAS
from regulars.domain.computing import Type
from regulars.domain.transitions import Reason
from regulars.pipeline.receipts import OUTCOMES

_DEFINITION: Mapping[str, Schema] = {
    "id": ID,
    "definition": FIELDS,
    "version": WHOLE,
    "origin": {"enum": ["file", "api"]},
    "changed_at": INSTANT,
}

_TRANSITION: Mapping[str, Schema] = {
    "version": {**WHOLE, "description": "of the segment's definition"},
    "reason": {"enum": list(get_args(Reason)), "description": "what woke the evaluation that found it"},
}

SCHEMAS: Mapping[str, Schema] = {
    **AUDIT_SCHEMAS,
    **EXPORT_SCHEMAS,
    **JOURNEY_SCHEMAS,
    "Error": an_object({"code": TEXT, "message": TEXT, "docs": TEXT}),
    "Identifier": an_object(
        {
            "kind": TEXT,
            "value": or_null(TEXT),
            "masked": MASKED,
            "source": or_null(TEXT),
            "since": or_null(INSTANT),
        }
    ),
    "Trait": an_object(
        {
            "value": ANY,
            "masked": MASKED,
            "source": {**TEXT, "description": "the id of the source, or corrections"},
            "time": INSTANT,
            "message_id": {**TEXT, "description": "the event that it comes from"},
            "correction": {
                **an_object({"by": TEXT, "reason": or_null(TEXT), "masked": MASKED}),
                "description": "who corrected it, by the id of their token, and why; only where somebody did",
            },
        },
        optional=("correction",),
    ),
    "Computed": an_object(
        {
            "name": TEXT,
            "type": {"enum": list(get_args(Type))},
            "value": {
                "description": "a number, an amount, an instant as text, text, true, false, or a list; null of nothing"
            },
            "count": {**WHOLE, "description": "of a list: how many values it has; the first 100 of them are told"},
            "as_of": INSTANT,
            "next_change_at": {**or_null(INSTANT), "description": "when time alone changes it, or may"},
        },
        optional=("count",),
    ),
    "Membership": an_object(
        {
            "segment": ID,
            "name": TEXT,
            "since": INSTANT,
            "next_change_at": {**or_null(INSTANT), "description": "when time alone may change it"},
            "number": {**WHOLE, "description": "counts the transitions of this person and segment"},
            **_TRANSITION,
            "paused": {**FLAG, "description": "the segment is: nobody enters or leaves it"},
        }
    ),
    "Event": an_object(
        {
            "messageId": TEXT,
            "type": {"enum": ["track", "identify", "page", "screen", "group", "alias"]},
            "event": or_null(TEXT),
            "timestamp": {**INSTANT, "description": "when it counts: the earlier of sent and received"},
            "receivedAt": INSTANT,
            "source": TEXT,
            "identifiers": FIELDS,
            "properties": FIELDS,
            "traits": FIELDS,
            "context": FIELDS,
            "masked": MASKED,
        }
    ),
    "Audiences": an_object(
        {
            "audiences": a_list(
                an_object(
                    {
                        "audience": TEXT,
                        "provider": TEXT,
                        "third_party": {"const": True},
                        "source": ID,
                        "since": INSTANT,
                    }
                )
            )
        }
    ),
    "Profile": an_object(
        {
            "profile_id": PROFILE_ID,
            "known": {**FLAG, "description": "it has an identifier that makes it no anonymous one"},
            "identifiers": a_list(ref("Identifier")),
            "traits": named(ref("Trait")),
            "computed": named(ref("Computed")),
            "memberships": a_list(ref("Membership")),
            "orders": ref("Orders"),
            "incomplete": {
                "type": "array",
                "items": {"enum": ["identifiers", "traits", "computed"]},
                "description": "which lists are cut here: read them page by page",
            },
        }
    ),
    "Orders": an_object(
        {
            "count": {**WHOLE, "description": "orders that stand, of those that have a rate"},
            "revenue": {"type": "number", "description": "what they come to, net of refunds and cancellations"},
            "currency": {**or_null(TEXT), "description": "the workspace's; null where no rates say one"},
            "unconverted": {
                **named(WHOLE),
                "description": "orders that are left out, for their day has no rate, by currency",
            },
            "mixed": {**a_list(TEXT), "description": "currencies that were added as if they were one"},
        }
    ),
    "Lookup": {
        "oneOf": [
            an_object({"kind": TEXT, "value": {"type": ["string", "integer"]}}),
            an_object({"ref": {**TEXT, "description": "a profile id, or kind:value"}}),
        ]
    },
    "TraitPage": a_page("traits", named(ref("Trait"))),
    "IdentifierPage": a_page("identifiers", a_list(ref("Identifier"))),
    "ComputedPage": a_page("computed", named(ref("Computed"))),
    "MembershipPage": a_page("memberships", a_list(ref("Membership"))),
    "TransitionPage": {
        **an_object(
            {
                "transitions": a_list(
                    an_object({"number": WHOLE, "entered": FLAG, "at": INSTANT, **_TRANSITION}),
                ),
                "complete": {**FLAG, "description": "no older one is missing"},
                "next": {**or_null(TEXT), "description": "the cursor to go on with; null at the end"},
            }
        )
    },
    "EventPage": a_page("events", a_list(ref("Event"))),
    **GRAPH_SCHEMAS,
    **WHY_SCHEMAS,
    **PREVIEW_SCHEMAS,
    **JOURNEY_REPORT_SCHEMAS,
    "Definition": an_object(_DEFINITION),
    "ComputedTraitPage": a_page("computed_traits", a_list(ref("Definition"))),
    "SourcePage": a_page("sources", a_list(ref("Definition"))),
    "ImportPage": a_page("imports", a_list(ref("Definition"))),
    "TemplatePage": a_page("templates", a_list(ref("Definition"))),
    "WebhookPage": a_page("webhooks", a_list(ref("Definition"))),
    "EditedWebhook": an_object(
        {**_DEFINITION, "changed": FLAG, "secret": {"anyOf": [ref("MintedWebhookSecret"), {"type": "null"}]}}
    ),
    "RatesPage": a_page("rates", a_list(ref("Definition"))),
    "TrackingPlanPage": a_page("tracking_plans", a_list(ref("Definition"))),
    "TrackingPlanVersions": a_page(
        "versions",
        a_list(
            an_object({name: _DEFINITION[name] for name in ("version", "definition", "origin", "changed_at")}),
        ),
    ),
    "ViolationPage": a_page(
        "violations",
        a_list(
            an_object(
                {
                    "source": ID,
                    "day": {"type": "string", "format": "date"},
                    "event": {**TEXT, "description": "its name, or the type of the call; (other) beyond a hundred"},
                    "where": {**TEXT, "description": "such as properties.products[].price"},
                    "rule": {**TEXT, "description": "the keyword of JSON Schema that was not met, or unplanned"},
                    "release": {**TEXT, "description": "context.app.version, empty where none was said"},
                    "count": WHOLE,
                }
            )
        ),
    ),
    "RefusedClaimPage": a_page(
        "claims",
        a_list(
            an_object(
                {
                    "at": INSTANT,
                    "limit": {**TEXT, "description": "a kind, merges, identifiers, cut, never, held or unproven"},
                    "refused": ref("ClaimedIdentifier"),
                    "from": {**ref("ClaimedIdentifier"), "description": "whom it did not join: whose event it was"},
                    "source": ID,
                    "message_id": TEXT,
                }
            )
        ),
    ),
    "ClaimedIdentifier": an_object(
        {
            "kind": TEXT,
            "value": {**or_null(TEXT), "description": "null where nothing tells it any more"},
            "masked": MASKED,
            "profile_id": {
                **PROFILE_ID,
                "description": "its profile alone; asked for, it leads to the one it has",
            },
        }
    ),
    "Edit": an_object(
        {
            "definition": FIELDS,
            "version": {**WHOLE, "minimum": 0, "description": "the version that was read; 0: there must be none"},
            "origin": {"enum": ["file", "api"], "default": "api"},
        },
        optional=("version", "origin"),
    ),
    "Edited": an_object({**_DEFINITION, "changed": FLAG}),
    "EditedComputedTrait": an_object(
        {
            **_DEFINITION,
            "changed": FLAG,
            "effective": {**TEXT, "description": "from when on it holds"},
            "keeps": {**TEXT, "description": "what it keeps of each person, and about how much that is"},
        }
    ),
    "EditedSource": an_object({**_DEFINITION, "changed": FLAG, "keys": a_list(ref("MintedKey"))}),
    **SEGMENT_SCHEMAS,
    **KEY_SCHEMAS,
    **TEMPLATE_SCHEMAS,
    "Deleted": an_object({"id": TEXT, "deleted": FLAG}),
    **LIST_SCHEMAS,
    **QUARANTINE_SCHEMAS,
    **CHANGE_SCHEMAS,
    **PRIVACY_SCHEMAS,
    **LEGAL_HOLD_SCHEMAS,
    **SENT_SCHEMAS,
    **CONSENT_SCHEMAS,
    "Document": {"type": "object", "description": "an OpenAPI 3.1 document"},
    "SignIn": an_object({"region": TEXT, "client_id": TEXT}),
    "Call": {"type": "object", "description": "a call of the Segment spec: docs/events.md"},
    "Batch": an_object(
        {"batch": a_list(ref("Call")), "sentAt": INSTANT, "writeKey": TEXT, "context": FIELDS},
        optional=("sentAt", "writeKey", "context"),
    ),
    "Accepted": an_object(
        {
            "success": FLAG,
            **dict.fromkeys(OUTCOMES, WHOLE),
            "verdicts": {
                "type": "array",
                "items": an_object(
                    {
                        "index": WHOLE,
                        "messageId": or_null(TEXT),
                        "verdict": {"enum": list(OUTCOMES)},
                        "code": TEXT,
                        "dropped": {
                            **a_list(TEXT),
                            "description": "fields that the tracking plan left out, such as properties.sizes[].eu",
                        },
                    },
                    optional=("code", "dropped"),
                ),
                "description": "what became of each",
            },
            "gpc": {
                "const": "honoured",
                "description": "the request had `Sec-GPC: 1`: the page may show that it counts",
            },
        },
        optional=("gpc",),
    ),
    "Settings": {"type": "object", "description": "what an SDK asks for before it starts"},
    "SourceConfig": {"type": "object", "description": "what a RudderStack SDK asks for before it starts"},
}
