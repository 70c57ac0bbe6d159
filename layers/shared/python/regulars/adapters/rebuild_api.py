"""Answers about rebuilds of everybody."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from regulars.adapters.admin_api import AdminApi
from regulars.adapters.bodies import only, read_body
from regulars.adapters.routes import Call
from regulars.domain.instants import to_text
from regulars.errors import InvalidRequestError
from regulars.pipeline.rebuilds import Standing

Answer = Mapping[str, Any]


def begin_rebuild(api: AdminApi, call: Call) -> Answer:
    """Begin a rebuild of everybody, or go on with one that was left."""
    body = read_body(call.request)
    only(body, {"dry_run"})
    dry_run = body.get("dry_run", False)
    if not isinstance(dry_run, bool):
        raise InvalidRequestError('the body is {"dry_run": true}, or {} to change what is wrong')
    return rebuild_json(api.rebuilds.begin(dry_run=dry_run, by=call.caller.subject))


def get_rebuild(api: AdminApi, call: Call) -> Answer:
    """Answer with how far a rebuild is."""
    return rebuild_json(api.rebuilds.get(call["id"]))


def list_rebuilds(api: AdminApi, call: Call) -> Answer:
    """Answer with rebuilds, newest first."""
    asked = api.pager.asked(call, "rebuilds")
    found = api.rebuilds.newest(before=asked.after, limit=asked.one_more)
    shown, next = api.pager.page(asked, found, rebuild_json, lambda standing: standing.run.id)
    return {"rebuilds": shown, "next": next}


def rebuild_json(standing: Standing) -> Answer:
    """Write a rebuild."""
    run = standing.run
    return {
        "id": run.id,
        "state": standing.state,
        "dry_run": run.dry_run,
        "by": run.by,
        "started_at": to_text(run.started),
        "segments": run.segments,
        "segments_done": standing.segments_done,
        **asdict(standing.found),
    }
