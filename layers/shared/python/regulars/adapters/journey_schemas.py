"""What journeys look like over HTTP."""

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
    an_object,
    named,
    or_null,
    ref,
)
from regulars.domain.journey_lives import LIVES
from regulars.domain.passages import Ending

_STATES = [state for state in LIVES if state != "preparing"]
_NEXT: Schema = {**or_null(TEXT), "description": "the cursor to go on with; null at the end"}
_DRAFT: Mapping[str, Schema] = {
    "id": ID,
    "definition": FIELDS,
    "version": {**WHOLE, "description": "of the draft"},
    "origin": {"enum": ["file", "api"]},
    "changed_at": INSTANT,
    "versions": {**a_list(ref("JourneyVersion")), "description": "that were published, the newest first"},
}
_STEPS = a_list(TEXT)
_KEY = (
    "once for each: an order, a booking; it never says of whom it is. "
    "Needed where an event with a key lets people in, unless properties say it"
)

JOURNEY_SCHEMAS: Mapping[str, Schema] = {
    "JourneyVersion": an_object(
        {
            "version": WHOLE,
            "state": {"enum": _STATES},
            "published_at": INSTANT,
            "by": {**TEXT, "description": "who published it, by the id of their token"},
            "definition": FIELDS,
        }
    ),
    "JourneyChanges": an_object(
        {
            "added": {**_STEPS, "description": "ids of steps that came"},
            "removed": {**_STEPS, "description": "ids of steps that went: who is in them stays on their version"},
            "changed": {**_STEPS, "description": "ids of steps that say something else"},
            "rules": {**_STEPS, "description": "what else says something else, such as entry, goal, holdout"},
        }
    ),
    "JourneyWithVersions": an_object(_DRAFT),
    "Journey": an_object({**_DRAFT, "changes": {"oneOf": [ref("JourneyChanges"), {"type": "null"}]}}),
    "JourneyPage": an_object({"journeys": a_list(ref("JourneyWithVersions")), "next": _NEXT}),
    "JourneyPublication": an_object({"draft": {**WHOLE, "description": "the version of the draft as it was read"}}),
    "JourneyPublished": an_object(
        {
            "id": ID,
            "published": {**FLAG, "description": "false where this very draft was published before"},
            "version": ref("JourneyVersion"),
            "changes": ref("JourneyChanges"),
        }
    ),
    "JourneyVersions": an_object({"id": ID, "versions": a_list(ref("JourneyVersion"))}),
    "JourneyEntry": an_object(
        {
            "profile": {**TEXT, "description": "a profile id, or an identifier as `kind:value`"},
            "key": {**TEXT, "description": _KEY},
            "properties": FIELDS,
            "messageId": TEXT,
        },
        optional=("key", "properties", "messageId"),
    ),
    "JourneyEntryRequested": an_object(
        {"id": ID, "profile_id": PROFILE_ID, "key": TEXT, "messageId": TEXT, "duplicate": FLAG}
    ),
    "Passage": an_object(
        {
            "id": TEXT,
            "journey": ID,
            "version": WHOLE,
            "key": TEXT,
            "entered_at": INSTANT,
            "place": {**or_null(TEXT), "description": "where they are: a step, and which turn of it (`tip#2`)"},
            "since": {**or_null(INSTANT), "description": "when they came there"},
            "waits_until": or_null(INSTANT),
            "answers": {**named(WHOLE), "description": "by place, the number of the way that was taken"},
            "converted_at": {**or_null(INSTANT), "description": "when they met the goal"},
            "ended_at": or_null(INSTANT),
            "ending": {"enum": [*get_args(Ending), None]},
        }
    ),
    "PassagePage": an_object({"profile_id": PROFILE_ID, "journeys": a_list(ref("Passage")), "next": _NEXT}),
}
