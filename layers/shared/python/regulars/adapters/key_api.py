"""What the admin API answers about the keys of a source."""

from collections.abc import Mapping
from typing import Any

from regulars.adapters.admin_api import AdminApi, Answer, key_json, minted_json
from regulars.adapters.bodies import only, read_body
from regulars.adapters.routes import Call
from regulars.domain.durations import read_duration
from regulars.domain.instants import DAY
from regulars.errors import InvalidRequestError

OVERLAP = "24 hours"
_LONGEST = 90 * DAY


def list_keys(api: AdminApi, call: Call) -> Answer:
    """Answer with the keys of a source, the oldest first."""
    api.definitions.get("source", call["id"])
    used = api.write_keys.used()
    return {"keys": [key_json(key, used.get(key.print)) for key in api.write_keys.of(call["id"])]}


def mint_key(api: AdminApi, call: Call) -> Answer:
    """Give a source another key of a label."""
    body = read_body(call.request)
    only(body, {"label"})
    return minted_json(api.write_keys.mint(api.source(call["id"]), _label(body)))


def rotate_key(api: AdminApi, call: Call) -> Answer:
    """Mint a key of a label, and say when the ones before end."""
    body = read_body(call.request)
    only(body, {"label", "overlap"})
    overlap = read_duration(body.get("overlap", OVERLAP))
    if overlap is None or overlap > _LONGEST:
        raise InvalidRequestError("overlap is a number and a unit, such as 24 hours or 7 days, and at most 90 days")
    return minted_json(api.write_keys.rotate(api.source(call["id"]), _label(body), overlap=overlap))


def revoke_key(api: AdminApi, call: Call) -> Answer:
    """Take a key away for good."""
    api.write_keys.revoke(call["id"], call["print"])
    return {"id": call["print"], "deleted": True}


def _label(body: Mapping[str, Any]) -> str:
    label = body.get("label")
    if not isinstance(label, str):
        raise InvalidRequestError("label is that of a key in the source's definition, such as default")
    return label
