"""What requests and answers about templates, webhooks and the inbox look like."""

from collections.abc import Mapping

from regulars.adapters.shapes import FIELDS, FLAG, INSTANT, MASKED, TEXT, WHOLE, Schema, a_list, an_object, or_null, ref

_SECRET: Mapping[str, Schema] = {
    "print": TEXT,
    "minted_at": INSTANT,
    "ends_at": {**or_null(INSTANT), "description": "from when on nothing is signed with it; null: it has no end"},
}
TEMPLATE_SCHEMAS: Mapping[str, Schema] = {
    "WebhookSecret": an_object(_SECRET),
    "WebhookSecrets": an_object({"secrets": a_list(ref("WebhookSecret"))}),
    "MintedWebhookSecret": an_object({**_SECRET, "secret": {**TEXT, "description": "told this once, and never again"}}),
    "TemplatePreviewWish": an_object(
        {
            "profile": {**TEXT, "description": "a reference to a profile: p_…, or kind:value of an identifier"},
            "entry": {**FIELDS, "description": "properties of the entry; those left out are shown by their names"},
            "answers": {**FIELDS, "description": "answers of webhooks; those left out are shown by their names"},
        },
        optional=("entry", "answers"),
    ),
    "TemplatePreview": an_object(
        {
            "channel": TEXT,
            "missing": {**or_null(TEXT), "description": "the name that has no value: to this person it is not sent"},
            "subject": or_null(TEXT),
            "html": or_null(TEXT),
            "text": or_null(TEXT),
            "link": or_null(TEXT),
            "sms": {
                "anyOf": [an_object({"alphabet": TEXT, "signs": WHOLE, "parts": WHOLE}), {"type": "null"}],
                "description": "how long an SMS is, and in how many parts it is paid",
            },
            "masked": MASKED,
        }
    ),
    "InboxToken": an_object({"token": TEXT, "until": INSTANT}),
    "InboxTokenWish": an_object(
        {"for": {**TEXT, "default": "1 hour", "description": "how long it holds: 1 minute to 30 days"}},
        optional=("for",),
    ),
    "InboxMessage": an_object(
        {
            "id": TEXT,
            "sent_at": INSTANT,
            "read_at": or_null(INSTANT),
            "title": TEXT,
            "text": TEXT,
            "link": or_null(TEXT),
            "journey": TEXT,
            "template": TEXT,
        }
    ),
    "Inbox": an_object(
        {
            "messages": a_list(ref("InboxMessage")),
            "unread": {**or_null(WHOLE), "description": "of the newest hundred, on the first page; null on others"},
            "next": or_null(TEXT),
        }
    ),
    "InboxRead": an_object({"id": TEXT, "read_at": INSTANT, "changed": FLAG}),
}
