"""The profile API: reads of one person, each by whoever holds `profiles:read`, personal fields by `pii:read`."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from regulars.adapters.bodies import only, read_body
from regulars.adapters.pages import Pager, within
from regulars.adapters.profile_json import (
    audience_json,
    computed_json,
    event_json,
    identifier_json,
    membership_json,
    moved_json,
    profile_json,
    trait_json,
)
from regulars.adapters.recording import Recorder
from regulars.adapters.routes import Call
from regulars.domain.references import profile_id_of, profile_id_of_value
from regulars.errors import InvalidRequestError
from regulars.pipeline.computed import ShownComputed
from regulars.pipeline.consents import Consents
from regulars.pipeline.graphs import Graphs
from regulars.pipeline.holding import Holding
from regulars.pipeline.opening import Opener
from regulars.pipeline.ports import Clock, Many, Sealer
from regulars.pipeline.profiles import ProfileReader
from regulars.pipeline.sent_messages import MessageReader
from regulars.pipeline.template_previews import TemplatePreviews
from regulars.pipeline.timeline import Position
from regulars.pipeline.traits import ShownTrait
from regulars.pipeline.why import Explainer
from regulars.stores.database import Database

Answer = Mapping[str, Any]
IDENTIFIERS = 100  # of a profile's on its one page; the others are in its list of identifiers
COMPUTED = 500_000  # bytes of its computed traits there; the others are in the list of those


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileApi:
    """What the routes need: a reader, a pager, and where to write who read personal fields of whom."""

    reader: ProfileReader
    graphs: Graphs
    explainer: Explainer
    previews: TemplatePreviews
    consents: Consents
    holding: Callable[[], Holding]
    messages: MessageReader
    pager: Pager
    sealer: Sealer
    audit: Recorder

    @classmethod
    def over(cls, database: Database, sealer: Sealer, many: Many, audit: Recorder, clock: Clock) -> Self:
        """Answer from a database."""
        reader, graphs = ProfileReader(database, sealer, many, clock), Graphs(database, many)
        explainer = Explainer(database, many, clock)
        return cls(
            reader=reader,
            graphs=graphs,
            explainer=explainer,
            previews=TemplatePreviews(database, reader),
            consents=Consents(database, many, clock),
            holding=lambda: Holding(database, clock()),
            messages=MessageReader(database, sealer, many),
            pager=Pager(sealer),
            sealer=sealer,
            audit=audit,
        )

    def get_profile(self, call: Call) -> Answer:
        """Answer with a profile."""
        return self._profile(call, profile_id_of(call["ref"], self.sealer.hash_key))

    def look_up_profile(self, call: Call) -> Answer:
        """Answer with the profile that the body names."""
        body = read_body(call.request)
        match body:
            case {"ref": str(ref)}:
                only(body, {"ref"})
                return self._profile(call, profile_id_of(ref, self.sealer.hash_key))
            case {"kind": str(kind), "value": str() | int() as value}:
                only(body, {"kind", "value"})
                return self._profile(call, profile_id_of_value(kind, value, self.sealer.hash_key))
        raise InvalidRequestError('the body is {"kind": "email", "value": "jane@example.com"} or {"ref": "p_…"}')

    def list_traits(self, call: Call) -> Answer:
        """Answer with traits by name."""
        profile_id, opener = self.asked(call)
        asked = self.pager.asked(call, "traits", profile_id)
        found = self.reader.traits(profile_id, opener, after=asked.after, limit=asked.one_more)
        pairs, next = self.pager.page(asked, found, _named, lambda trait: trait.name)
        return {"traits": dict(pairs), "next": next}

    def list_computed(self, call: Call) -> Answer:
        """Answer with computed traits by id."""
        profile_id = profile_id_of(call["ref"], self.sealer.hash_key)
        asked = self.pager.asked(call, "computed", profile_id)
        found = self.reader.computed(profile_id, after=asked.after, limit=asked.one_more, sight=call.sight)
        pairs, next = self.pager.page(asked, found, _computed, lambda each: each.id)
        return {"computed": dict(pairs), "next": next}

    def list_identifiers(self, call: Call) -> Answer:
        """Answer with identifiers."""
        profile_id, opener = self.asked(call)
        asked = self.pager.asked(call, "identifiers", profile_id)
        found = self.reader.identifiers(profile_id, opener, after=asked.after, limit=asked.one_more)
        shown, next = self.pager.page(asked, found, identifier_json, lambda identifier: identifier.owner)
        return {"identifiers": shown, "next": next}

    def list_memberships(self, call: Call) -> Answer:
        """Answer with the segments that the person is in."""
        profile_id = profile_id_of(call["ref"], self.sealer.hash_key)
        asked = self.pager.asked(call, "memberships", profile_id)
        found = self.reader.memberships(profile_id, after=asked.after, limit=asked.one_more, sight=call.sight)
        shown, next = self.pager.page(asked, found, membership_json, lambda membership: membership.segment)
        return {"memberships": shown, "next": next}

    def list_audiences(self, call: Call) -> Answer:
        """Answer with the audiences of third parties that somebody is in whom nobody knows."""
        profile_id = profile_id_of(call["ref"], self.sealer.hash_key)
        return {"audiences": [audience_json(one) for one in self.reader.audiences(profile_id)]}

    def list_transitions(self, call: Call) -> Answer:
        """Answer with when a person entered and left a segment."""
        profile_id = profile_id_of(call["ref"], self.sealer.hash_key)
        asked = self.pager.asked(call, "transitions", profile_id, call["id"])
        past = self.reader.past(profile_id, call["id"])
        left = [moved for moved in past[::-1] if asked.after is None or moved.number < int(asked.after)]
        shown, next = self.pager.page(asked, left[: asked.one_more], moved_json, lambda moved: str(moved.number))
        return {"transitions": shown, "complete": not past or past[0].number == 1, "next": next}

    def list_events(self, call: Call) -> Answer:
        """Answer with events, newest first."""
        profile_id, opener = self.asked(call)
        asked = self.pager.asked(call, "events", profile_id)
        before = Position(*json.loads(asked.after)) if asked.after is not None else None
        found = self.reader.events(profile_id, before=before, limit=asked.one_more)
        shown, next = self.pager.page(
            asked,
            self.reader.show_events(found, opener),
            event_json,
            lambda shown: json.dumps([shown.event.moment, shown.event.owner]),
        )
        return {"events": shown, "next": next}

    def _profile(self, call: Call, profile_id: str) -> Answer:
        profile = self.reader.profile(
            profile_id, self.opener(call, profile_id), identifiers=IDENTIFIERS, sight=call.sight
        )
        kept = len(within([trait_json(trait) for trait in profile.traits]))
        computed = within([computed_json(each) for each in profile.computed], COMPUTED)
        return profile_json(profile, list(profile.traits[:kept]), profile.computed[: len(computed)])

    def asked(self, call: Call) -> tuple[str, Opener]:
        """Read who is asked for, and make the opener of the caller."""
        profile_id = profile_id_of(call["ref"], self.sealer.hash_key)
        return profile_id, self.opener(call, profile_id)

    def opener(self, call: Call, profile_id: str) -> Opener:
        """Make the opener of the caller, and note that they see somebody."""
        if personal := call.personal:
            call.saw(profile_id)
        return self.reader.opener(personal=personal, sensitive=call.caller.may("sensitive:read"), sight=call.sight)


def _computed(computed: ShownComputed) -> tuple[str, Any]:
    return computed.id, computed_json(computed)


def _named(trait: ShownTrait) -> tuple[str, Any]:
    return trait.name, trait_json(trait)
