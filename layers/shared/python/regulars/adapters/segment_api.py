"""Answers about segments: what is live, what is coming and how far that is, versions, and members."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from regulars.adapters.consent_api import read_gate
from regulars.adapters.days import read_days
from regulars.adapters.edits import if_match, read_wish
from regulars.adapters.routes import Call
from regulars.adapters.tracking_plan_api import version_json
from regulars.domain.costs import in_words
from regulars.domain.instants import to_text
from regulars.domain.memberships import Membership
from regulars.domain.releases import Release, Releases, status_of
from regulars.domain.segment_definitions import parse
from regulars.errors import NotFoundError
from regulars.pipeline.backfills import Standing
from regulars.pipeline.definitions import is_id
from regulars.stores.definitions import Definition

if TYPE_CHECKING:
    from regulars.adapters.admin_api import AdminApi

Answer = Mapping[str, Any]
_EFFECTIVE = {
    "draft": "not yet: it is a draft, and nobody is evaluated for it",
    "paused": "now: who is in stays in, and nobody enters or leaves until it is live again",
    "archived": "now: nobody is in it any more, and nobody is told",
}
_NOW = "now, for everybody"
_COMING = "once everybody was looked at; until then what was live before stays live"


def list_segments(api: "AdminApi", call: Call) -> Answer:
    """Answer with the segments, by id."""
    asked = api.pager.asked(call, "segment")
    seen = [each for each in api.definitions.list("segment") if call.sight.sees_segment(each.id)]
    found = [each for each in seen if asked.after is None or each.id > asked.after]
    releases, newest = api.definitions.releases(), api.backfills.newest()
    shown, next = api.pager.page(
        asked, found[: asked.one_more], lambda each: segment_json(each, releases, newest), lambda each: each.id
    )
    return {"segments": shown, "next": next}


def get_segment(api: "AdminApi", call: Call) -> Answer:
    """Answer with one segment."""
    definition = api.definitions.get("segment", call["id"])
    found = segment_json(definition, api.definitions.releases(), api.backfills.newest())
    return {**found, "size": api.members.size(definition.id)}


def put_segment(api: "AdminApi", call: Call) -> Answer:
    """Write a segment, and say from when on it holds and what it keeps."""
    wish = read_wish(call)
    call.sight.must_read(wish.definition.get("where"))
    edit = api.definitions.put("segment", call["id"], wish.definition, origin=wish.origin, expected=wish.expected)
    id, content = edit.definition.id, edit.definition.content
    coming = id in api.definitions.releases().coming
    if edit.waits or edit.changed:  # it may have left memberships that are to be swept
        api.backfills.begin(by=call.caller.subject, everybody=edit.waits and not coming)
    releases, newest = api.definitions.releases(), api.backfills.newest()
    return {
        **segment_json(edit.definition, releases, newest),
        "changed": edit.changed,
        "effective": _EFFECTIVE.get(status_of(content)) or (_COMING if id in releases.coming else _NOW),
        "keeps": in_words(parse(id, content, computed=api.definitions.computed())),
    }


def delete_segment(api: "AdminApi", call: Call) -> Answer:
    """Remove a segment; nobody is in it any more."""
    api.definitions.delete("segment", call["id"], expected=if_match(call))
    api.backfills.begin(by=call.caller.subject)
    return {"id": call["id"], "deleted": True}


def list_versions(api: "AdminApi", call: Call) -> Answer:
    """Answer with the versions of a segment."""
    id = call["id"]
    asked = api.pager.asked(call, "segment versions", id)
    found = list(api.definitions.versions("segment", id)) if is_id(id) else []
    if not found:
        raise NotFoundError("no segment ever had this id")
    left = [one for one in found if asked.after is None or _place(one) < asked.after]
    shown, next = api.pager.page(asked, left[: asked.one_more], version_json, _place)
    return {"versions": shown, "next": next}


def list_members(api: "AdminApi", call: Call) -> Answer:
    """Answer with the members of a segment."""
    segment = api.definitions.get("segment", call["id"]).id
    gate = read_gate(call.request.query)
    asked = api.pager.asked(call, "members", segment, *(f"{each}" for each in gate or ()))
    page = api.members.page(segment, after=asked.after, limit=asked.limit, gate=gate)
    call.saw(*(member.profile_id for member in page.members))
    held_back = {} if gate is None else {"held_back": page.held_back}
    return {
        "members": list(map(_member_json, page.members)),
        **held_back,
        "next": api.pager.cursor(asked, page.next),
    }


def list_sizes(api: "AdminApi", call: Call) -> Answer:
    """Answer with how many were in a segment, hour by hour."""
    segment, days = api.definitions.get("segment", call["id"]).id, read_days(call.request.query)
    sizes = api.sizes.of(segment, first=days[0], last=days[-1])
    return {
        "size": api.members.size(segment),
        "sizes": [{"hour": f"{hour}:00:00.000000Z", "size": size} for hour, size in sizes.items()],
    }


def segment_json(definition: Definition, releases: Releases, newest: Standing | None) -> dict[str, Any]:
    """Write a segment as it was defined, what of it is live, and what is coming."""
    coming = releases.coming.get(definition.id)
    return {
        "id": definition.id,
        "definition": definition.content,
        "version": definition.version,
        "origin": definition.origin,
        "changed_at": to_text(definition.changed),
        "status": status_of(definition.content),
        "live": _live_json(releases.live.get(definition.id)),
        "coming": _coming_json(coming, newest) if coming else None,
    }


def _live_json(live: Release | None) -> Answer | None:
    if live is None or live.state == "archived":
        return None
    return {"version": live.version, "since": to_text(live.since), "paused": live.state == "paused"}


def _coming_json(coming: Release, newest: Standing | None) -> Answer:
    taken_in = newest and (coming.id, coming.edition) in newest.run.targets
    return {
        "version": coming.version,
        "since": to_text(coming.since),
        "backfill": backfill_json(newest) if newest and taken_in else None,
    }


def backfill_json(standing: Standing) -> Answer:
    """Write a backfill."""
    return {
        "id": standing.run.id,
        "state": standing.state,
        "started_at": to_text(standing.run.started),
        "segments": standing.segments,
        "segments_done": standing.segments_done,
        "people": standing.people,
        "people_expected": standing.expected,
        "failed": standing.failed,
        "ends_at": None if standing.ends is None else to_text(standing.ends),
    }


def _member_json(member: Membership) -> Answer:
    return {
        "profile_id": member.profile_id,
        "since": to_text(member.since),
        "version": member.definition,
        "reason": member.reason,
    }


def _place(one: Definition) -> str:
    return f"{one.changed:020}#{one.version:09}"
