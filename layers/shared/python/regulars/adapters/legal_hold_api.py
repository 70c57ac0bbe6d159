"""Answers about legal holds: placed, listed, released."""

from collections.abc import Mapping
from typing import Any

from regulars.adapters.bodies import only, read_body
from regulars.adapters.privacy_api import LARGEST, PrivacyApi, read_reference
from regulars.adapters.profile_api import ProfileApi
from regulars.adapters.routes import Call
from regulars.domain.instants import to_text
from regulars.domain.legal_holds import LegalHold
from regulars.domain.profiles import alone, founder
from regulars.domain.references import profile_id_of
from regulars.domain.timestamps import parse
from regulars.errors import InvalidRequestError
from regulars.pipeline.legal_holds import Case

Answer = Mapping[str, Any]


def place_hold(api: PrivacyApi, call: Call) -> Answer:
    """Hold people."""
    body = read_body(call.request, LARGEST)
    only(body, {"reference", "identifiers", "until"})
    case = Case(
        reference=read_reference(body.get("reference", "")), until=_until(body.get("until")), by=call.caller.subject
    )
    return _told(api, call, api.holds.place(case, api.owners(body.get("identifiers"))))


def list_holds(api: PrivacyApi, call: Call) -> Answer:
    """Answer with legal holds, newest first."""
    asked = api.pager.asked(call, "legal_holds")
    found = api.holds.newest(before=asked.after, limit=asked.one_more)
    shown, next = api.pager.page(asked, found, lambda hold: hold_json(api, hold), lambda hold: hold.id)
    return {"holds": shown, "next": next}


def get_hold(api: PrivacyApi, call: Call) -> Answer:
    """Answer with a legal hold, and whom it names."""
    hold = api.holds.get(call["id"])
    return {**hold_json(api, hold), "names": [alone(owner) for owner in api.holds.named(hold.id)]}


def release_hold(api: PrivacyApi, call: Call) -> Answer:
    """End a legal hold."""
    return _told(api, call, api.holds.release(call["id"], by=call.caller.subject))


def list_holds_of(api: ProfileApi, call: Call) -> Answer:
    """Answer with the legal holds that hold a person."""
    return {"holds": list(api.holding().by(founder(profile_id_of(call["ref"], api.sealer.hash_key))))}


def hold_json(api: PrivacyApi, hold: LegalHold) -> Answer:
    """Write a hold."""
    return {
        "id": hold.id,
        "reference": hold.reference,
        "by": hold.by,
        "placed_at": to_text(hold.placed),
        "until": to_text(hold.until) if hold.until else None,
        "identifiers": hold.identifiers,
        "stands": api.holds.stands(hold),
        "released_at": to_text(hold.released) if hold.released else None,
        "released_by": hold.released_by or None,
    }


def _told(api: PrivacyApi, call: Call, hold: LegalHold) -> Answer:
    call.saw(hold.id)
    return hold_json(api, hold)


def _until(raw: object) -> int:
    if raw is None:
        return 0
    until = parse(raw) if isinstance(raw, str) else None
    if until is None:
        raise InvalidRequestError("until is an instant, such as 2027-06-30T00:00:00Z")
    return until
