"""What is answered to servers that want their users to read their messages."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from regulars.adapters.bodies import only, read_body
from regulars.adapters.routes import Call
from regulars.domain.durations import read_duration
from regulars.domain.inbox_tokens import LONGEST, SHORTEST, USUAL
from regulars.domain.instants import to_text
from regulars.domain.references import profile_id_of
from regulars.errors import InvalidRequestError

if TYPE_CHECKING:
    from regulars.adapters.change_api import ChangeApi


def make_inbox_token(api: "ChangeApi", call: Call) -> Mapping[str, Any]:
    """Make a token for the inbox of a person."""
    body = read_body(call.request)
    only(body, {"for"})
    length = read_duration(body.get("for", USUAL))
    if length is None or not SHORTEST <= length <= LONGEST:
        raise InvalidRequestError("for is how long it holds: a number and a unit, from 1 minute to 30 days")
    profile_id = profile_id_of(call["ref"], api.sealer.hash_key)
    call.saw(profile_id)
    token, until = api.tokens.make(profile_id, length=length)
    return {"token": token, "until": to_text(until)}
