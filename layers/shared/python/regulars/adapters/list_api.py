"""Lists over HTTP, besides their definitions: uploads of identifiers, and who is in one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast, get_args

from regulars.adapters.bodies import only, read_body
from regulars.adapters.routes import Call
from regulars.domain.identifiers import kind_of
from regulars.domain.instants import to_text
from regulars.domain.lists import Mode, Upload
from regulars.domain.profiles import alone
from regulars.errors import InvalidRequestError
from regulars.pipeline.opening import Opener

if TYPE_CHECKING:
    from regulars.adapters.admin_api import AdminApi

Answer = Mapping[str, Any]
MAX_ROWS_BODY = 1_000_000


def begin_upload(api: "AdminApi", call: Call) -> Answer:
    """Begin an upload."""
    body = read_body(call.request)
    only(body, {"mode", "kind"})
    mode, kind = body.get("mode"), body.get("kind")
    if mode not in get_args(Mode) or not isinstance(kind, str):
        raise InvalidRequestError('the body is {"mode": "add", "kind": "email"}; mode may be remove or replace, too')
    return upload_json(api.lists.begin(call["id"], cast(Mode, mode), kind, call.caller.subject))


def list_uploads(api: "AdminApi", call: Call) -> Answer:
    """Answer with the uploads of a list, newest first."""
    asked = api.pager.asked(call, "uploads", call["id"])
    found = api.lists.uploads(call["id"], before=asked.after, limit=asked.one_more)
    shown, next = api.pager.page(asked, found, upload_json, lambda upload: upload.id)
    return {"uploads": shown, "next": next}


def add_rows(api: "AdminApi", call: Call) -> Answer:
    """Take rows of an upload."""
    body = read_body(call.request, MAX_ROWS_BODY)
    only(body, {"rows"})
    rows = body.get("rows")
    if not isinstance(rows, list):
        raise InvalidRequestError('the body is {"rows": ["ann@shop.example", …]}')
    taken = api.lists.add(call["id"], call["upload"], rows)
    call.counted(taken.accepted)
    return {
        "accepted": taken.accepted,
        "duplicates": taken.duplicates,
        "known": taken.known,
        "unknown": taken.unknown,
        "refused": [{"index": index, "reason": reason} for index, reason in taken.refused],
    }


def end_upload(api: "AdminApi", call: Call) -> Answer:
    """End an upload, or go on with its end."""
    only(read_body(call.request), set())
    asked = api.pager.asked(call, "end of an upload", call["id"], call["upload"])
    shard, _, owner = (asked.after or "0 ").partition(" ")
    swept = api.lists.end(call["id"], call["upload"], after=(int(shard), owner))
    call.counted(swept.left)
    next = api.pager.cursor(asked, f"{swept.next[0]} {swept.next[1]}" if swept.next else None)
    return {"left": swept.left, "next": next}


def list_list_members(api: "AdminApi", call: Call) -> Answer:
    """Answer with the identifiers that are in a list."""
    asked = api.pager.asked(call, "list members", call["id"])
    shard, _, owner = (asked.after or "0 ").partition(" ")
    found, place = api.lists.members(call["id"], after=(int(shard), owner), limit=asked.limit)
    opener = Opener(api.sealer, personal=call.personal)
    members = []
    for one in found:
        newest = api.events.newest(one.owner, limit=1) if opener.personal else []
        shown = opener.identifier(one.owner, newest[0] if newest else None)
        said = {"kind": kind_of(one.owner), "value": shown.value, "masked": shown.masked, "since": to_text(one.at)}
        members.append({"profile_id": alone(one.owner), **said})
    call.saw(*(alone(one.owner) for one in found))
    return {"members": members, "next": api.pager.cursor(asked, f"{place[0]} {place[1]}" if place else None)}


def upload_json(upload: Upload) -> Answer:
    """Write an upload."""
    return {
        "id": upload.id,
        "mode": upload.mode,
        "kind": upload.kind,
        "by": upload.by,
        "state": upload.state,
        "begun_at": to_text(upload.at),
    }
