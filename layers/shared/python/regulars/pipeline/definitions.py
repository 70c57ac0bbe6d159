"""Edit the catalog: check a definition, write it under the version that was read, and leave an equal one alone."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from regulars.domain.audiences import check_audiences
from regulars.domain.computed import ComputedTrait
from regulars.domain.computed_definitions import parse_computed
from regulars.domain.corrections import CORRECTIONS
from regulars.domain.identity_definitions import check_rules, check_successor, parse_rules
from regulars.domain.journey_deeds import JOURNEYS
from regulars.domain.lists import LISTS, lists_named, parse_list
from regulars.domain.mapping_definitions import parse_mapping
from regulars.domain.messaging import parse_messaging
from regulars.domain.plan_definitions import check_plan, check_together, outline
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.purposes import Purposes
from regulars.domain.rate_definitions import check_tables, parse_rates
from regulars.domain.recorded_decisions import DECISIONS
from regulars.domain.releases import Releases, released, status_of
from regulars.domain.retention_definitions import parse_retention
from regulars.domain.segment_definitions import parse as parse_segment
from regulars.domain.segment_reads import check_reads, check_unread
from regulars.domain.segments import Segment, purposes_read
from regulars.domain.sources import parse_source
from regulars.domain.teams import parse_teams
from regulars.domain.templates import parse_template
from regulars.domain.webhooks import parse_webhook
from regulars.domain.workspace import parse_workspace
from regulars.errors import ConflictError, ConflictingEditError, DefinitionError, InvalidRequestError, NotFoundError
from regulars.pipeline.journey_checks import JourneyChecks, Named
from regulars.pipeline.ports import Clock
from regulars.pipeline.templates import fits_journeys, is_unnamed, traits_said
from regulars.stores.catalog import CatalogStore, next_release
from regulars.stores.database import Database, TableName
from regulars.stores.definitions import Definition, Kind, Origin, version_of, write_of
from regulars.stores.journey_versions import VersionStore
from regulars.stores.lists import ListStore

TRIES = 10
MAX_SEGMENTS = 250_000  # characters of all segments together: what they watch is one item, and that holds 400 KB
MAX_PLAN = 1_000_000  # characters of a tracking plan: a process reads it whole when it has changed
SINGLES: Mapping[Kind, str] = {
    "identity": "rules",
    "workspace": "settings",
    "teams": "teams",
    "retention": "periods",
    "consent": "purposes",
    "messaging": "policy",
}  # kinds of one definition, and its id
_RESERVED = {
    CORRECTIONS: "corrected traits come from",
    LISTS: "joins and leaves lists",
    DECISIONS: "decisions on consent",
    JOURNEYS: "what journeys do comes from",
}
_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")
_PARSERS: Mapping[Kind, Callable[[str, Mapping[str, Any]], object]] = {
    "source": parse_source,
    "identity": lambda _id, content: check_rules(content),
    "list": parse_list,
    "workspace": lambda _id, content: parse_workspace(content),
    "teams": lambda _id, content: parse_teams(content),
    "retention": lambda _id, content: parse_retention(content),
    "consent": lambda _id, content: parse_purposes(content),
    "import": parse_mapping,
    "tracking_plan": check_plan,
    "rates": parse_rates,
    "messaging": lambda _id, content: parse_messaging(content),
    "template": parse_template,
    "webhook": parse_webhook,
}
_NAMED: Mapping[Kind, Named] = {
    "segment": "segments",
    "list": "lists",
    "computed_trait": "computed",
    "journey": "journeys",
}  # what journeys name


@dataclass(frozen=True, slots=True)
class Edit:
    """
    A definition as it stands after an edit, and whether the edit changed anything.

    Of a segment also whether it `waits` for everybody to be looked at.
    """

    definition: Definition
    changed: bool
    waits: bool = False


class Definitions:
    """Reads and edits definitions; nobody's edit is lost unseen."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._store = CatalogStore(database)
        self._lists = ListStore(database)
        self._journey_versions = VersionStore(database)
        self._journeys = JourneyChecks(self._store, self._journey_versions)
        self._clock = clock

    def list(self, kind: Kind) -> list[Definition]:
        """Read all definitions of a kind, in the order of their ids."""
        return self._store.list(kind)

    def get(self, kind: Kind, id: str) -> Definition:
        """Read one definition. Raises NotFoundError."""
        definition = self._store.get(kind, id) if is_id(id) else None
        if definition is None:
            raise NotFoundError(f"no {kind.replace('_', ' ')} has this id")
        return definition

    def computed(self) -> Mapping[str, ComputedTrait]:
        """Read all computed traits, by id."""
        return self._store.computed()

    def traits_said(self, journey: Mapping[str, Any]) -> frozenset[str]:
        """Name the traits that the templates of a journey, as it is written, say of people. Raises DefinitionError."""
        check("journey", "draft", journey)
        return traits_said(self._store, journey)

    def versions(self, kind: Kind, id: str) -> Sequence[Definition]:
        """List all versions of a segment or of a definition of the tracking plan, the newest first."""
        return self._store.versions(kind, id)

    def put(
        self, kind: Kind, id: str, content: Mapping[str, Any], *, origin: Origin, expected: int | None = None
    ) -> Edit:
        """
        Write a definition, if `expected` is given only over that version (0: over none).

        Raises DefinitionError, InvalidRequestError, ConflictingEditError.
        """
        check(kind, id, content)
        for _ in range(TRIES):
            standing = self._store.get(kind, id)
            if standing and _text(standing.content) == _text(content):
                return Edit(standing, changed=False, waits=kind == "segment" and id in self._store.releases().coming)
            _expect(standing, expected)
            self._fits(kind, id, content, standing)
            version = standing.version if standing else 0
            new = Definition(kind=kind, id=id, content=content, origin=origin, changed=self._clock(), version=version)
            try:
                waits = self._put(new)
            except ConflictError:
                continue  # of this definition, which the next round sees, or of another one that went live
            return Edit(replace(new, version=version + 1), changed=True, waits=waits)
        raise ConflictingEditError("the catalog kept changing: read it again and repeat your edit")

    def releases(self) -> Releases:
        """Read what is live of the segments, and what is coming."""
        return self._store.releases()

    def _put(self, new: Definition) -> bool:
        """Write a definition; of a segment say whether everybody is to be looked at for it. Raises ConflictError."""
        if new.kind != "segment":
            self._store.put(new)
            return False
        before = self._store.releases()
        after = released(before, next_release(new), nobody=self._is_empty())
        self._store.release(before, after, write_of(new), version_of(new))
        is_new = (new.id, before.next_edition()) in after.editions()  # live at once, unless somebody came just now
        return new.id in after.coming or (is_new and not self._is_empty())

    def _is_empty(self) -> bool:
        """Say whether nobody is known yet: an event leaves no other trace where nothing reads it."""
        tables: tuple[TableName, ...] = ("identities", "events")
        return not any(self._database.partitions(table, segment=0, of=1, limit=1).partitions for table in tables)

    def delete(self, kind: Kind, id: str, *, expected: int | None = None) -> None:
        """Remove a definition. Raises NotFoundError, InvalidRequestError, ConflictingEditError, DefinitionError."""
        for _ in range(TRIES):
            standing = self.get(kind, id)
            _expect(standing, expected)
            self._is_free(kind, id)
            try:
                return self._store.delete(standing, at=self._clock())
            except ConflictError:
                continue
        raise ConflictingEditError("the catalog kept changing: read it again and repeat your edit")

    def _fits(self, kind: Kind, id: str, content: Mapping[str, Any], standing: Definition | None) -> None:
        """Make sure that a definition goes with what stands beside it. Raises DefinitionError."""
        if kind == "identity":
            check_successor(parse_rules(standing.content) if standing else None, parse_rules(content))
        fits: Mapping[Kind, Callable[[str, Mapping[str, Any]], object]] = {
            "segment": self._fits_the_segments,
            "consent": lambda _id, content: self._keeps_purposes(content),
            "computed_trait": self._fits_the_computed,
            "tracking_plan": self._fits_the_plan,
            "rates": self._fits_the_rates,
            "journey": self._journeys.draft,
            "template": lambda id, content: fits_journeys(self._store, parse_template(id, content)),
        }
        if kind in fits:
            fits[kind](id, content)

    def _fits_the_segments(self, id: str, content: Mapping[str, Any]) -> None:
        segment = parse_segment(id, content, computed=self._store.computed())
        self._fits_the_size("segment", id, content, f"all segments together have at most {MAX_SEGMENTS} characters")
        self._has_lists(content)
        self._has_segments(id, content)
        _has_purposes(segment, self._store.purposes())

    def _fits_the_computed(self, id: str, content: Mapping[str, Any]) -> None:
        others = {one.id: one.content for one in self._store.list("computed_trait")}
        parse_computed(id, content, {**others, id: content})
        too_much = f"all computed traits have at most {MAX_SEGMENTS} characters"
        self._fits_the_size("computed_trait", id, content, too_much)

    def _fits_the_size(self, kind: Kind, id: str, content: Mapping[str, Any], otherwise: str) -> None:
        others = [definition for definition in self._store.list(kind) if definition.id != id]
        if len(_text(content)) + sum(len(_text(other.content)) for other in others) > MAX_SEGMENTS:
            raise DefinitionError("", otherwise)

    def _fits_the_rates(self, id: str, content: Mapping[str, Any]) -> None:
        others = {one.id: one.content for one in self._store.list("rates") if one.id != id}
        try:
            check_tables({**others, id: content})
        except DefinitionError as error:
            raise DefinitionError(error.path.removeprefix(f"{id}."), error.message) from None

    def _has_segments(self, id: str, content: Mapping[str, Any]) -> None:
        """Make sure that a segment reads live ones only, and that none reads it when it is to rest."""
        releases = self._store.releases()
        standing = list(releases.segments())
        if status_of(content) in ("paused", "archived"):
            check_unread(id, standing)
            self._is_unnamed("segment", id)
        else:
            segment = parse_segment(id, content, computed=releases.computed)
            check_reads(segment, standing)
            all_of_them = {**{one.id: one for one in standing}, id: segment}
            for each in all_of_them.values():
                check_audiences(each, all_of_them)

    def _keeps_purposes(self, content: Mapping[str, Any]) -> None:
        """Make sure that no segment reads a purpose, or a channel of one, that is to go."""
        purposes = parse_purposes(content)
        for segment in self._store.releases().segments():
            try:
                _has_purposes(segment, purposes)
            except DefinitionError as error:
                raise DefinitionError("purposes", f"the segment {segment.id} {error.message}, or change that") from None
        self._journeys.keeps_purposes(purposes)

    def _has_lists(self, segment: Mapping[str, Any]) -> None:
        for each in sorted(lists_named(segment.get("where"))):
            if self._store.get("list", each) is None:
                raise DefinitionError("where", f"reads the list {each}, and there is none: create it first")

    def _fits_the_plan(self, id: str, content: Mapping[str, Any]) -> None:
        contents = {one.id: one.content for one in self._store.list("tracking_plan")} | {id: content}
        if sum(len(_text(each)) for each in contents.values()) > MAX_PLAN:
            raise DefinitionError("", f"a tracking plan has at most {MAX_PLAN} characters in all")
        try:
            check_together([outline(each, contents[each]) for each in sorted(contents, key=lambda one: one == id)])
        except DefinitionError as error:
            raise DefinitionError(error.path.removeprefix(f"{id}."), error.message) from None

    def _is_free(self, kind: Kind, id: str) -> None:
        """Make sure that nothing else needs a definition that is to go."""
        self._is_unnamed(kind, id)
        if kind == "journey":
            self._is_over(id)
        if kind == "list":
            self._is_unused(id)
        if kind == "segment":
            check_unread(id, self._store.releases().segments())
        if kind in ("template", "webhook"):
            is_unnamed(self._store, kind, id)
        if kind != "tracking_plan":
            return
        others = (outline(one.id, one.content) for one in self._store.list("tracking_plan"))
        if users := [one.id for one in others if id in one.extends]:
            raise InvalidRequestError(f"{users[0]} extends it: change or delete that first")

    def _is_unnamed(self, kind: Kind, id: str) -> None:
        """Make sure that no journey names it, as it is written or as people go through it."""
        if kind in _NAMED and (users := [one for one in self._journeys.users(_NAMED[kind], id) if one != _itself(id)]):
            raise InvalidRequestError(f"{users[0].rstrip(',')} names it: change or stop that first")

    def _is_over(self, journey: str) -> None:
        for version in self._journey_versions.of(journey):
            if version.state not in ("preparing", "archived"):
                what = f"version {version.number} of it is {version.state}"
                raise InvalidRequestError(f"{what}: stop and archive the journey first")

    def _is_unused(self, list: str) -> None:
        if users := [one.id for one in self._store.list("segment") if list in lists_named(one.content.get("where"))]:
            raise InvalidRequestError(f"the segment {users[0]} reads it: change or delete that first")
        if not self._lists.is_empty(list):
            raise InvalidRequestError("somebody is in it: replace its members by nobody first, then delete it")


def _has_purposes(segment: Segment, purposes: Purposes) -> None:
    """Make sure that there are the purposes, and the channels of them, that a segment reads. Raises DefinitionError."""
    for asked in sorted(purposes_read(segment), key=repr):
        found = purposes.by_id.get(asked.purpose)
        if found is None:
            raise DefinitionError(
                "", f"reads the purpose {asked.purpose}, and there is none: define it in consent.yaml"
            )
        if asked.channel is not None and asked.channel not in found.channels:
            fix = f"add it to its channels in consent.yaml ({', '.join(found.channels) or 'it has none'})"
            raise DefinitionError("", f"reads the channel {asked.channel} of {asked.purpose}, and there is none: {fix}")


def _itself(journey: str) -> str:
    return f"the journey {journey}"  # which may move people to its own beginning


def is_id(id: str) -> bool:
    """Say whether a definition may have this id."""
    return _ID.fullmatch(id) is not None


def check(kind: Kind, id: str, content: Mapping[str, Any]) -> None:
    """Make sure that a definition holds together by itself. Raises DefinitionError, InvalidRequestError."""
    if not is_id(id):
        raise InvalidRequestError("an id is a lower-case letter and then up to 62 of a-z, 0-9 and _")
    if kind == "source" and id in _RESERVED:
        raise InvalidRequestError(f"no source may be called {id}: it is what {_RESERVED[id]}")
    if content.get("id", id) != id:
        raise DefinitionError("id", "is not the id in the path; it may be left out")
    if kind in _PARSERS:
        _PARSERS[kind](id, content)


def _expect(standing: Definition | None, expected: int | None) -> None:
    version = standing.version if standing else 0
    if expected is not None and expected != version:
        raise ConflictingEditError(
            f"version {expected} was edited, but version {version} stands: read it again and repeat your edit"
        )


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True)
