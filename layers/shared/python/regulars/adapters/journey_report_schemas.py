"""What an answer about a journey looks like."""

from collections.abc import Mapping

from regulars.adapters.shapes import ID, INSTANT, TEXT, WHOLE, Schema, a_list, an_object, named, or_null

_COUNTS = named(WHOLE)
_NUMBER: Schema = {"type": "number"}
_ESTIMATE: Schema = {
    **an_object({"value": _NUMBER, "low": _NUMBER, "high": or_null(_NUMBER)}),
    "type": ["object", "null"],
    "description": "with the bounds of its 95 % interval; null where nothing can be said",
}
_GROUP = an_object(
    {
        "name": {**TEXT, "description": "`treated`, `held_out`, or the part of a split (`none`: drawn for no part)"},
        "people": {**WHOLE, "description": "whose time for the goal is over"},
        "converted": {**WHOLE, "description": "of them those that met it in time"},
        "rate": _NUMBER,
        "too_early": {**WHOLE, "description": "people whose time is not over; they are in none of these numbers"},
    }
)
_COMPARISON = an_object(
    {
        "one": TEXT,
        "other": TEXT,
        "not_said": {
            "enum": ["too_few_people", "too_few_goals", None],
            "description": "why nothing is said: fewer than 100 people in a group, or 10 goals in both",
        },
        "difference": {**_ESTIMATE, "description": "of the rates, as a part of one"},
        "ratio": _ESTIMATE,
        "p": {**or_null(_NUMBER), "description": "how likely chance alone makes such a difference, either way"},
        "p_adjusted": {**or_null(_NUMBER), "description": "the same, corrected for all comparisons of the trial"},
    }
)
_TRIAL = an_object(
    {
        "kind": {
            "enum": ["held_out", "everything", "split"],
            "description": "by the holdout of the journey, by that of all journeys, or by a step that splits",
        },
        "step": or_null(TEXT),
        "groups": a_list(_GROUP),
        "comparisons": a_list(_COMPARISON),
    }
)
_PLACE = an_object(
    {
        "place": {**TEXT, "description": "the step, and its turn where it is repeated"},
        "step": TEXT,
        "in_draft": {
            "type": ["boolean", "null"],
            "description": "whether the draft has the step; null without a draft",
        },
        "entered": {**WHOLE, "description": "passages that came here"},
        "waiting": {**WHOLE, "description": "passages that are here"},
        "converted": {**WHOLE, "description": "of those that came here, with the goal met"},
        "came": {**_COUNTS, "description": "how often it was passed, by what came of it; those begun anew too"},
        "begun_anew": WHOLE,
        "left": {**_COUNTS, "description": "passages that ended here without passing it, by ending"},
        "messages": {**_COUNTS, "description": "passages by what became of the message: sent, delivered, bounced, …"},
        "not_sent": {**_COUNTS, "description": "passages by why no message was sent"},
    }
)
_VERSION = an_object(
    {
        "version": WHOLE,
        "state": {"type": ["string", "null"], "description": "null where the version is not in the catalog any more"},
        "published_at": or_null(INSTANT),
        "entered": {**WHOLE, "description": "passages: those held out, waiting and ended together"},
        "entrants": {**WHOLE, "description": "people, who may enter more than once"},
        "held_out": WHOLE,
        "waiting": WHOLE,
        "endings": {**_COUNTS, "description": "passages that ended, by how"},
        "converted": {**WHOLE, "description": "passages that met the goal, of those not held out"},
        "held_out_converted": WHOLE,
        "refused": {**_COUNTS, "description": "how often nobody was let in, by reason"},
        "places": a_list(_PLACE),
        "trials": {**a_list(_TRIAL), "description": "none where the journey has no goal, or nothing goes by lot"},
    }
)
JOURNEY_REPORT_SCHEMAS: Mapping[str, Schema] = {
    "JourneyReport": an_object(
        {
            "id": ID,
            "as_of": INSTANT,
            "newest_event": {**or_null(INSTANT), "description": "when the newest event in the lake arrived"},
            "since": or_null(INSTANT),
            "until": INSTANT,
            "versions": {**a_list(_VERSION), "description": "the newest first"},
        }
    ),
}
