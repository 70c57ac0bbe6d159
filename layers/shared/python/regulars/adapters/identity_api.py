"""Identity over HTTP, besides its rules: which claims were refused."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from regulars.adapters.days import read_days
from regulars.adapters.routes import Call
from regulars.domain.identifiers import kind_of
from regulars.domain.instants import to_text
from regulars.domain.profiles import alone
from regulars.pipeline.opening import Opener, Shown
from regulars.pipeline.refused_claims import ShownClaim
from regulars.stores.holds import HeldIdentifier

if TYPE_CHECKING:
    from regulars.adapters.admin_api import AdminApi

Answer = Mapping[str, Any]


def list_refused(api: "AdminApi", call: Call) -> Answer:
    """Answer with the claims that were refused on some days."""
    days = read_days(call.request.query)
    asked = api.pager.asked(call, "refused claims", days[0], days[-1])
    day, shard, part = json.loads(asked.after) if asked.after else (days[0], 0, None)
    after = (day, (shard, part)) if part is not None else None
    opener = Opener(api.sealer, personal=call.personal)
    found = [
        (place, api.refused.show(claim, opener))
        for place, claim in api.refused.of(days, after=after, limit=asked.one_more)
    ]
    shown, next = api.pager.page(
        asked, found, lambda row: _claim_json(row[1]), lambda row: json.dumps([row[0][0], *row[0][1]])
    )
    if opener.personal:
        call.saw(*(row["refused"]["profile_id"] for row in shown), *(row["from"]["profile_id"] for row in shown))
    return {"claims": shown, "next": next}


def list_held(api: "AdminApi", call: Call) -> Answer:
    """Answer with the identifiers that tied too many together."""
    asked = api.pager.asked(call, "held identifiers")
    opener = Opener(api.sealer, personal=call.personal)
    found = api.held.list(after=asked.after, limit=asked.one_more)
    shown, next = api.pager.page(asked, found, lambda held: _held_json(api, held, opener), lambda held: held.owner)
    if opener.personal:
        call.saw(*(row["id"] for row in shown))
    return {"held": shown, "next": next}


def _held_json(api: "AdminApi", held: HeldIdentifier, opener: Opener) -> dict[str, Any]:
    owner, _, moment = held.event.partition(" ")
    _, source, message_id = moment.split("#", 2)
    shown = opener.identifier(held.owner, api.events.get(owner, moment) if opener.personal else None)
    kind = kind_of(held.owner)
    return {
        "id": alone(held.owner),
        "kind": kind,
        "value": shown.value,
        "masked": shown.masked,
        "since": to_text(held.since),
        "source": source,
        "message_id": message_id,
        "proposal": f"block it: add it to `blocked` of {kind} in the identity rules, then heal; or let it go",
    }


def _claim_json(row: ShownClaim) -> dict[str, Any]:
    claim = row.claim
    owner, _, moment = claim.event.partition(" ")
    return {
        "at": to_text(claim.at),
        "limit": claim.limit,
        "refused": _identifier_json(claim.owner, row.shown),
        "from": _identifier_json(owner, row.kept),
        "source": claim.source,
        "message_id": moment.split("#", 2)[2],
    }


def _identifier_json(owner: str, shown: Shown) -> dict[str, Any]:
    return {"kind": kind_of(owner), "value": shown.value, "masked": shown.masked, "profile_id": alone(owner)}
