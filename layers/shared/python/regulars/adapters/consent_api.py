"""What a person consents to, over HTTP: by purpose and channel, what they decided, and how to record it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from regulars.adapters.bodies import only, read_body, whole_number
from regulars.adapters.routes import Call, Parameter
from regulars.domain.instants import DAY, to_text
from regulars.domain.preference_tokens import LONGEST_DAYS, USUAL_DAYS
from regulars.domain.profiles import founder
from regulars.domain.recorded_decisions import Decision
from regulars.domain.references import profile_id_of
from regulars.domain.standing import Consent
from regulars.errors import InvalidRequestError
from regulars.pipeline.consents import ShownDecision, ShownStanding
from regulars.pipeline.opening import Shown
from regulars.pipeline.preferences import LinkWish
from regulars.pipeline.timeline import Position

if TYPE_CHECKING:
    from regulars.adapters.change_api import ChangeApi
    from regulars.adapters.profile_api import ProfileApi

Answer = Mapping[str, Any]
GATE = (
    Parameter(
        name="purpose",
        description="leave out who does not consent to this purpose, and count them in `held_back`",
        schema={"type": "string", "pattern": "^[a-z][a-z0-9_]{0,62}$"},
    ),
    Parameter(
        name="channel",
        description="the channel of that purpose; left out, all that it has",
        schema={"type": "string", "pattern": "^[a-z][a-z0-9_]{0,62}$"},
    ),
)
_EXAMPLE = '{"purpose": "newsletter", "channel": "email", "state": "denied", "reason": "by phone on 3 May"}'


def get_consent(api: "ProfileApi", call: Call) -> Answer:
    """Answer with how a person stands to each purpose."""
    profile_id, opener = api.asked(call)
    asked = api.consents.of(profile_id)
    return consent_json(asked.found.profile_id, asked.consent, api.consents.standings(asked.consent, opener))


def list_decisions(api: "ProfileApi", call: Call) -> Answer:
    """Answer with what a person decided, newest first."""
    profile_id, opener = api.asked(call)
    asked = api.pager.asked(call, "decisions", profile_id)
    moment, _, owner = (asked.after or "").rpartition("\0")
    before = Position(moment, owner) if asked.after else None
    found, place = api.consents.decisions(profile_id, opener, before=before, limit=asked.limit)
    next = api.pager.cursor(asked, f"{place.moment}\0{place.owner}" if place else None)
    return {"decisions": [decision_json(one) for one in found], "next": next}


def record_decision(api: "ChangeApi", call: Call) -> Answer:
    """Record what a person decided, and answer with what they consent to with it."""
    profile_id = profile_id_of(call["ref"], api.sealer.hash_key)
    recorded = api.recorder.record(profile_id, _read_decision(call))
    standings = api.consents.standings(recorded.consent, None)
    return {
        **consent_json(recorded.found.profile_id, recorded.consent, standings),
        "messageId": recorded.message_id,
        "duplicate": recorded.duplicate,
    }


def make_link(api: "ChangeApi", call: Call) -> Answer:
    """Make the links by which a person decides by themselves."""
    body = read_body(call.request)
    only(body, {"purpose", "channel", "days", "kind"})
    purpose, channel, kind = _text(body, "purpose"), _text(body, "channel"), _text(body, "kind")
    days = whole_number(str(body.get("days", USUAL_DAYS)), "days", 1, LONGEST_DAYS)
    profile_id = profile_id_of(call["ref"], api.sealer.hash_key)
    wish = LinkWish(named=founder(profile_id), kind=kind, purpose=purpose, channel=channel, length=days * DAY)
    links = api.links.make(profile_id, wish)
    return {
        "preferences": f"/v1/preferences?token={links.preferences}",
        "unsubscribe": f"/v1/unsubscribe?token={links.unsubscribe}",
        "ends_at": to_text(links.until),
    }


def read_gate(query: Mapping[str, str]) -> tuple[str, str | None] | None:
    """Read for which purpose a list is asked; None where none is named. Raises InvalidRequestError."""
    purpose, channel = query.get("purpose"), query.get("channel")
    if purpose is None:
        if channel is not None:
            raise InvalidRequestError("channel is one of a purpose: name that, too")
        return None
    return purpose, channel


def consent_json(profile_id: str, consent: Consent, standings: Sequence[ShownStanding]) -> Answer:
    """Write how a person stands to each purpose."""
    return {
        "profile_id": profile_id,
        "known": consent.known,
        "purposes": [_standing_json(one) for one in standings],
    }


def decision_json(shown: ShownDecision) -> Answer:
    """Write an event that decided something."""
    event = shown.event
    return {
        "at": to_text(event.at),
        "received_at": to_text(event.arrival),
        "source": event.source,
        "message_id": event.message_id,
        "event": event.name,
        "proven": event.proven,
        "matters": {matter: _state(granted=not denied) for matter, denied in sorted(shown.matters.items())},
        "text": shown.text,
        "by": shown.by,
        "proof": _shown_json(shown.proof),
        "reason": _shown_json(shown.reason),
        "masked": shown.proof.masked or shown.reason.masked,
    }


def _standing_json(shown: ShownStanding) -> Answer:
    said = shown.standing.said
    return {
        "purpose": shown.purpose.id,
        "name": shown.purpose.name,
        "basis": shown.purpose.basis,
        "channel": shown.channel,
        "state": _state(granted=shown.standing.granted),
        "why": shown.standing.why,
        "since": to_text(said.word.at) if said else None,
        "matter": said.matter if said else None,
        "decision": decision_json(shown.decision) if shown.decision else None,
    }


def _state(*, granted: bool) -> str:
    return "granted" if granted else "denied"


def _shown_json(shown: Shown) -> str | None:
    return shown.value if isinstance(shown.value, str) else None


def _read_decision(call: Call) -> Decision:
    """Read the body of a decision. Raises RequestError."""
    body = read_body(call.request)
    only(body, {"purpose", "channel", "state", "reason", "proof", "text", "messageId"})
    state, reason = body.get("state"), _text(body, "reason")
    if state not in ("granted", "denied") or not reason:
        raise InvalidRequestError(f"the body is such as {_EXAMPLE}")
    purpose, proof = _text(body, "purpose"), _text(body, "proof")
    if state == "granted" and not (purpose and proof):
        raise InvalidRequestError("a grant names its purpose, and its proof: how and when the person said so")
    if purpose is None and "channel" in body:
        raise InvalidRequestError("channel is one of a purpose: name that, too; without both everything is withdrawn")
    return Decision(
        granted=state == "granted",
        by=call.caller.subject,
        purpose=purpose,
        channel=_text(body, "channel"),
        text=_text(body, "text") or "",
        proof=proof or "",
        reason=reason,
        message_id=_text(body, "messageId") or "",
    )


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise InvalidRequestError(f"{name} is a text that says something, or left out")
    return value
