"""Addresses that get no messages, over HTTP: which of a person's, since when and why; and how to lift that."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from regulars.adapters.bodies import only, read_body
from regulars.adapters.routes import Call
from regulars.domain.instants import to_text
from regulars.domain.journeys import Channel
from regulars.domain.references import profile_id_of
from regulars.errors import InvalidRequestError
from regulars.pipeline.suppressions import ShownSuppression

if TYPE_CHECKING:
    from regulars.adapters.change_api import ChangeApi

Answer = Mapping[str, Any]
_LIFTED = ("email", "sms")


def list_suppressions(api: "ChangeApi", call: Call) -> Answer:
    """Answer with the addresses of a person that get no messages."""
    profile_id = profile_id_of(call["ref"], api.sealer.hash_key)
    call.saw(profile_id)
    return _json(api.suppressions.of(profile_id))


def lift_suppressions(api: "ChangeApi", call: Call) -> Answer:
    """Let addresses of a person get messages by a channel again."""
    body = read_body(call.request)
    only(body, {"lift"})
    if body.get("lift") not in _LIFTED:
        raise InvalidRequestError('the body is {"lift": "email"}, or sms: the channel that is to be open again')
    profile_id = profile_id_of(call["ref"], api.sealer.hash_key)
    call.saw(profile_id)
    return _json(api.suppressions.lift(profile_id, cast(Channel, body["lift"])))


def _json(found: Sequence[ShownSuppression]) -> Answer:
    return {
        "suppressions": [
            {
                "channel": one.suppressed.channel,
                "owner": one.suppressed.owner,
                "since": to_text(one.suppressed.since),
                "reason": one.suppressed.reason,
                "own": one.own,
            }
            for one in found
        ]
    }
