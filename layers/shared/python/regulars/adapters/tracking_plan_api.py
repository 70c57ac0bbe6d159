"""The tracking plan over HTTP, besides its definitions: their versions, and what did not follow it."""

import json
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from regulars.adapters.days import read_days
from regulars.adapters.routes import Call
from regulars.domain.instants import to_text
from regulars.errors import InvalidRequestError, NotFoundError
from regulars.pipeline.definitions import is_id
from regulars.pipeline.violations import Counted
from regulars.stores.definitions import Definition

if TYPE_CHECKING:
    from regulars.adapters.admin_api import AdminApi

Answer = Mapping[str, Any]


def list_versions(api: "AdminApi", call: Call) -> Answer:
    """Answer with the versions of a definition."""
    id = call["id"]
    asked = api.pager.asked(call, "tracking_plan versions", id)
    found = list(api.definitions.versions("tracking_plan", id)) if is_id(id) else []
    if not found:
        raise NotFoundError("no tracking plan ever had this id")
    left = [one for one in found if asked.after is None or one.changed < int(asked.after)]
    shown, next = api.pager.page(asked, left[: asked.one_more], version_json, lambda one: str(one.changed))
    return {"versions": shown, "next": next}


def list_violations(api: "AdminApi", call: Call) -> Answer:
    """Answer with the violations of a source."""
    query = call.request.query
    source, days = query.get("source", ""), read_days(query)
    if not is_id(source):
        raise InvalidRequestError("source is the id of a source")
    asked = api.pager.asked(call, "violations", source, days[0], days[-1])
    day, seen = json.loads(asked.after) if asked.after else (days[0], 0)
    left = days[days.index(day) :]
    found = (
        (one, [each, number])
        for each in left
        for number, one in enumerate(api.violations.of(source, each), 1)
        if each != day or number > seen
    )
    rows = list(islice(found, asked.one_more))
    shown, next = api.pager.page(asked, rows, lambda row: _violation_json(row[0]), lambda row: json.dumps(row[1]))
    return {"violations": shown, "next": next}


def version_json(one: Definition) -> dict[str, Any]:
    return {
        "version": one.version,
        "definition": one.content,
        "origin": one.origin,
        "changed_at": to_text(one.changed),
    }


def _violation_json(one: Counted) -> dict[str, Any]:
    return {
        "source": one.source,
        "day": one.day,
        "event": one.event,
        "where": one.where,
        "rule": one.rule,
        "release": one.release,
        "count": one.count,
    }
