"""Answers about journeys: their lives, entries that programs ask for, and the passages of a person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from regulars.adapters.bodies import only, read_body, whole_number
from regulars.adapters.edits import MAX_VERSION, read_wish
from regulars.adapters.pages import Pager
from regulars.adapters.routes import Call
from regulars.domain.instants import to_text
from regulars.domain.journey_lives import Deed, Difference, Version
from regulars.domain.journey_names import must_see
from regulars.domain.journey_requests import EntryWish
from regulars.domain.passages import Passage
from regulars.domain.references import profile_id_of
from regulars.errors import InvalidRequestError
from regulars.pipeline.journey_entries import EntryRequests
from regulars.pipeline.journey_passages import PassageReader, place_of
from regulars.pipeline.journeys import Journeys, Shown
from regulars.pipeline.ports import Clock, Machines, Many, Sealer, Wanted
from regulars.stores.database import Database
from regulars.stores.definitions import Definition

if TYPE_CHECKING:
    from regulars.adapters.admin_api import AdminApi

Answer = Mapping[str, Any]
_ENTRY = '{"profile": "user_id:c-1", "key": "order-7", "properties": {…}, "messageId": "…"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyApi:
    """What the routes need."""

    journeys: Journeys
    entries: EntryRequests
    passages: PassageReader
    pager: Pager
    sealer: Sealer
    clock: Clock

    @classmethod
    def over(
        cls,
        database: Database,
        sealer: Sealer,
        many: Many,
        *,
        machines: Machines,
        wanted: Wanted,
        clock: Clock,
        random: Callable[[], str],
        stage: str,
    ) -> Self:
        """Answer from a database; `random` gives the id of an entry that came without one."""
        return cls(
            journeys=Journeys(database, machines, wanted, clock, stage=stage),
            entries=EntryRequests(database, sealer, many, wanted, clock=clock, random=random),
            passages=PassageReader(database, many),
            pager=Pager(sealer),
            sealer=sealer,
            clock=clock,
        )

    def list_journeys(self, call: Call) -> Answer:
        """Answer with the journeys, by id."""
        asked = self.pager.asked(call, "journeys")
        found = [one for one in self.journeys.all() if asked.after is None or one[0].id > asked.after]
        shown, next = self.pager.page(
            asked, found[: asked.one_more], lambda one: journey_json(*one), lambda one: one[0].id
        )
        return {"journeys": shown, "next": next}

    def get_journey(self, call: Call) -> Answer:
        """Answer with one journey, and what would be different if it were published."""
        shown = self.journeys.get(call["id"])
        return {**journey_json(shown.draft, shown.versions), "changes": _changes(shown)}

    def publish(self, call: Call) -> Answer:
        """Publish a draft."""
        body = read_body(call.request)
        only(body, {"draft"})
        draft = body.get("draft")
        if isinstance(draft, bool) or not isinstance(draft, int) or not 0 < draft <= MAX_VERSION:
            raise InvalidRequestError(
                "draft is the version of the journey as you have read it: so you publish that one"
            )
        must_see(call.sight, self.journeys.get(call["id"]).draft.content)
        call.sight.must_see_traits(self.journeys.traits_said(call["id"]))
        published = self.journeys.publish(call["id"], draft=draft, by=call.caller.subject)
        return {
            "id": call["id"],
            "published": published.is_new,
            "version": version_json(published.version),
            "changes": difference_json(published.difference),
        }

    def change(self, call: Call, *, deed: Deed) -> Answer:
        """Pause, resume, drain, stop or archive."""
        query = call.request.query
        number = whole_number(query["version"], "version", 1, MAX_VERSION) if "version" in query else None
        versions = self.journeys.change(call["id"], deed, number=number)
        return {"id": call["id"], "versions": [version_json(one) for one in versions]}

    def enter(self, call: Call) -> Answer:
        """Take a request that somebody enters."""
        profile, wish = _read_entry(call)
        profile_id = profile_id_of(profile, self.sealer.hash_key)
        call.saw(profile_id)
        requested = self.entries.ask(profile_id, wish)
        return {
            "id": call["id"],
            "profile_id": requested.profile_id,
            "key": requested.key,
            "messageId": requested.message_id,
            "duplicate": requested.duplicate,
        }

    def list_passages(self, call: Call) -> Answer:
        """Answer with the journeys that a person goes through and went through, newest first."""
        profile_id = profile_id_of(call["ref"], self.sealer.hash_key)
        call.saw(profile_id)
        asked = self.pager.asked(call, "passages", profile_id)
        found = self.passages.of(profile_id)
        left = [one for one in found.passages if asked.after is None or place_of(one) < asked.after]
        now = self.clock()
        shown, next = self.pager.page(asked, left[: asked.one_more], lambda one: passage_json(one, now), place_of)
        return {"profile_id": found.profile_id, "journeys": shown, "next": next}


def put_journey(api: "AdminApi", call: Call) -> Answer:
    """Write the draft of a journey, which neither names nor says anything of people that the caller does not see."""
    wish = read_wish(call)
    must_see(call.sight, wish.definition)
    if call.sight.traits is not None:
        call.sight.must_see_traits(api.definitions.traits_said(wish.definition))
    edit = api.definitions.put("journey", call["id"], wish.definition, origin=wish.origin, expected=wish.expected)
    return {**_draft_json(edit.definition), "changed": edit.changed}


def journey_json(draft: Definition, versions: Sequence[Version]) -> Answer:
    """Write a journey as it is written, with the versions that were published of it, the newest first."""
    shown = [one for one in versions if one.was_published]
    return {**_draft_json(draft), "versions": [version_json(one) for one in shown]}


def version_json(version: Version) -> Answer:
    """Write a version."""
    return {
        "version": version.number,
        "state": version.state,
        "published_at": to_text(version.published),
        "by": version.by,
        "definition": version.definition,
    }


def difference_json(difference: Difference) -> Answer:
    """Write what tells two versions of a journey apart."""
    return {
        "added": list(difference.added),
        "removed": list(difference.removed),
        "changed": list(difference.changed),
        "rules": list(difference.rules),
    }


def passage_json(passage: Passage, now: int) -> Answer:
    """Write a passage; `answers` are the numbers of the ways that were taken, by place."""
    return {
        "id": passage.id,
        "journey": passage.journey,
        "version": passage.number,
        "key": passage.key,
        "entered_at": to_text(passage.at),
        "place": None if passage.has_ended(now) else passage.place or None,
        "since": _instant(passage.since or None),
        "waits_until": None if passage.has_ended(now) else _instant(passage.until),
        "answers": dict(passage.answers),
        "converted_at": _instant(passage.converted),
        "ended_at": _instant(passage.ended) if passage.has_ended(now) else None,
        "ending": passage.ending if passage.has_ended(now) else None,
    }


def _changes(shown: Shown) -> Answer | None:
    return difference_json(shown.difference) if shown.difference else None


def _draft_json(draft: Definition) -> dict[str, Any]:
    return {
        "id": draft.id,
        "definition": draft.content,
        "version": draft.version,
        "origin": draft.origin,
        "changed_at": to_text(draft.changed),
    }


def _read_entry(call: Call) -> tuple[str, EntryWish]:
    """Read the body of an entry: whom it is about, and what is asked for. Raises RequestError."""
    body = read_body(call.request)
    only(body, {"profile", "key", "properties", "messageId"})
    profile, properties = body.get("profile"), body.get("properties", {})
    if not isinstance(profile, str) or not profile or not isinstance(properties, dict):
        raise InvalidRequestError(f"the body is such as {_ENTRY}; profile is an id, or an identifier as kind:value")
    wish = EntryWish(
        journey=call["id"],
        key=_text(body, "key"),
        properties=properties,
        message_id=_text(body, "messageId"),
        by=call.caller.subject,
    )
    return profile, wish


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or (name in body and not value):
        raise InvalidRequestError(f"{name} is a text that says something, or left out")
    return value


def _instant(at: int | None) -> str | None:
    return None if at is None else to_text(at)
