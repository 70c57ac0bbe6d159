"""The quarantine over HTTP: how much there is, what is in it, mending it, and replaying it."""

import json
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from regulars.adapters.bodies import only, read_body
from regulars.adapters.days import is_day, read_days
from regulars.adapters.edits import if_match
from regulars.adapters.pages import is_dry_run
from regulars.adapters.routes import Call
from regulars.domain.instants import to_text
from regulars.domain.payloads import MAX_EVENT
from regulars.domain.profiles import alone
from regulars.domain.repairs import Repair, parse_repair
from regulars.errors import InvalidRequestError
from regulars.pipeline.definitions import is_id
from regulars.pipeline.quarantine import Repaired, State
from regulars.pipeline.replays import Replayed
from regulars.stores.quarantine import CODE, Quarantined

if TYPE_CHECKING:
    from regulars.adapters.admin_api import AdminApi

Answer = Mapping[str, Any]
COUNTED = 5_000  # rows read for an answer with counts
AT_ONCE = 100  # rows mended or replayed in an answer
_EDIT = 'the body is {"message": {…}} or {"repair": {…}}'


def list_quarantined(api: "AdminApi", call: Call) -> Answer:
    """Answer with the rows of a source and a day."""
    source, day, code = _slot(call.request.query)
    state = _state(call.request.query.get("state", "open"))
    asked = api.pager.asked(call, "quarantine", source, day, code or "", state or "")
    found = api.quarantine.rows(source, day, code=code, state=state, after=asked.after)
    shown, next = api.pager.page(asked, list(islice(found, asked.one_more)), row_json, lambda row: row.place)
    return {"events": shown, "next": next}


def count_quarantined(api: "AdminApi", call: Call) -> Answer:
    """Answer with the numbers of rows of a source by day and code."""
    query = call.request.query
    source, days = query.get("source", ""), read_days(query)
    if not is_id(source):
        raise InvalidRequestError("source is the id of a source")
    asked = api.pager.asked(call, "quarantine counts", source, days[0], days[-1])
    day, after = json.loads(asked.after) if asked.after else (days[0], None)
    counts: list[dict[str, Any]] = []
    most = COUNTED
    for each in days[days.index(day) :]:
        found, place = api.quarantine.count(source, each, after=after, most=most)
        counts += [{"source": source, "day": each, "code": code, **by_state} for code, by_state in _by_code(found)]
        most, after = most - found.total(), None
        if place is not None:
            return {"counts": counts, "next": api.pager.cursor(asked, json.dumps([each, place]))}
    return {"counts": counts, "next": None}


def get_quarantined(api: "AdminApi", call: Call) -> Answer:
    """Answer with a row and its bodies."""
    row = api.quarantine.get(call["id"])
    if personal := call.personal:
        call.saw(row.id, alone(row.owner))
        call.counted(1)
    shown = api.quarantine.show(row, personal=personal)
    return {
        **row_json(row),
        "body": None if shown.body is None else json.dumps(shown.body),
        "sent": None if shown.sent is None else json.dumps(shown.sent),
        "masked": not personal and shown.body is not None,
    }


def repair_quarantined(api: "AdminApi", call: Call) -> Answer:
    """Mend a row."""
    row = api.quarantine.get(call["id"])
    call.saw(row.id)
    personal = call.caller.may("pii:read")  # it is shown nothing: it may write what it cannot see, or may not
    body = read_body(call.request, 2 * MAX_EVENT)
    only(body, {"message", "repair"})
    expected, dry_run = if_match(call), is_dry_run(call)
    match body:
        case {"message": message, **rest} if not rest:
            whole = api.quarantine.unmasked(row, message)
            done = api.quarantine.repair(row.id, lambda _: whole, personal=personal, dry_run=dry_run, expected=expected)
        case {"repair": dict(definition), **rest} if not rest:
            repair = parse_repair(definition)
            done = api.quarantine.repair(row.id, repair, personal=personal, dry_run=dry_run, expected=expected)
        case _:
            raise InvalidRequestError(_EDIT)
    return repaired_json(done)


def repair_all_quarantined(api: "AdminApi", call: Call) -> Answer:
    """Mend rows of a source and a day by one rule, page by page."""
    body = read_body(call.request)
    only(body, {"source", "day", "code", "repair"})
    source, day, code = _slot(body)
    repair = _repair(body.get("repair"))
    asked = api.pager.asked(call, "quarantine repair", source, day, code or "")
    found = api.quarantine.rows(source, day, code=code, state="open", after=asked.after)
    rows = list(islice(found, min(asked.limit, AT_ONCE)))
    personal = call.caller.may("pii:read")
    done = api.quarantine.repair_all(rows, repair, personal=personal, dry_run=is_dry_run(call))
    call.saw(*(row.id for row in rows))
    refused = [each.code for each in done if each.code]
    return {
        "read": len(rows),
        "changed": sum(each.changed for each in done),
        "acceptable": sum(each.acceptable for each in done),
        "refused": {code: refused.count(code) for code in sorted(set(refused))},
        "gone": len(rows) - len(done),
        "next": api.pager.cursor(asked, rows[-1].place) if len(rows) == min(asked.limit, AT_ONCE) else None,
    }


def replay_quarantined(api: "AdminApi", call: Call) -> Answer:
    """Replay named rows, or those of a source and a day, page by page."""
    body = read_body(call.request)
    if "ids" in body:
        only(body, {"ids"})
        named = api.quarantine.replay(_ids(body["ids"]))
        call.saw(*(each.row.id for each in named))
        return {"results": [replayed_json(each) for each in named], "next": None}
    only(body, {"source", "day", "code"})
    source, day, code = _slot(body)
    asked = api.pager.asked(call, "quarantine replay", source, day, code or "")
    found = api.quarantine.rows(source, day, code=code, state="open", after=asked.after)
    rows = list(islice(found, min(asked.limit, AT_ONCE)))
    call.saw(*(row.id for row in rows))
    done = api.quarantine.replay([row.id for row in rows])
    next = rows[-1].place if len(rows) == min(asked.limit, AT_ONCE) else None
    return {"results": [replayed_json(each) for each in done], "next": api.pager.cursor(asked, next)}


def row_json(row: Quarantined) -> dict[str, Any]:
    """Write a row, without its body."""
    tried = row.last_try
    owner, moment = row.event or ("", "")
    event = {
        "profile_id": alone(owner),
        "message_id": moment.split("#", 2)[-1],
        "replayed_at": to_text(row.replayed),
    }
    return {
        "id": row.id,
        "source": row.source,
        "message_id": row.message_id,
        "received_at": to_text(row.arrival),
        "code": row.code,
        "reason": row.reason,
        "mended": bool(row.mended),
        "last_try": {"at": to_text(tried.at), "code": tried.code, "reason": tried.reason} if tried else None,
        "event": event if row.replayed else None,
        "version": row.version,
    }


def repaired_json(done: Repaired) -> dict[str, Any]:
    """Write a row as it stands after a repair, and whether it would be accepted."""
    return {
        "row": row_json(done.row),
        "changed": done.changed,
        "acceptable": done.acceptable,
        "code": done.code,
        "reason": done.reason,
    }


def replayed_json(done: Replayed) -> dict[str, Any]:
    """Write what became of a row."""
    return {"outcome": done.outcome, "row": row_json(done.row)}


def _slot(said: Mapping[str, Any]) -> tuple[str, str, str | None]:
    source, day, code = said.get("source", ""), said.get("day", ""), said.get("code")
    if not isinstance(source, str) or not is_id(source):
        raise InvalidRequestError("source is the id of a source")
    if not isinstance(day, str) or not is_day(day):
        raise InvalidRequestError("day is a day such as 2026-11-21, in UTC")
    if code is not None and not (isinstance(code, str) and CODE.fullmatch(code)):
        raise InvalidRequestError("code is the code of a quarantined event, such as invalid_event_name")
    return source, day, code


def _state(text: str) -> State | None:
    match text:
        case "open" | "replayed":
            return text
        case "all":
            return None
    raise InvalidRequestError("state is open, replayed or all")


def _ids(raw: object) -> list[str]:
    if not isinstance(raw, list) or not 0 < len(raw) <= AT_ONCE or not all(isinstance(id, str) for id in raw):
        raise InvalidRequestError(f"ids is a list of 1 to {AT_ONCE} ids of rows")
    return raw


def _repair(raw: object) -> Repair:
    if not isinstance(raw, dict):
        raise InvalidRequestError("repair is an object with drop, rename, convert or set")
    return parse_repair(raw)


def _by_code(found: Mapping[tuple[str, State], int]) -> list[tuple[str, dict[str, int]]]:
    codes = sorted({code for code, _ in found})
    return [(code, {state: found.get((code, state), 0) for state in ("open", "replayed")}) for code in codes]
