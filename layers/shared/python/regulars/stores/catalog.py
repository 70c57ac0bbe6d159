"""What is live of the catalog: a change of it is one transaction, and everybody reads it again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from regulars.domain.calendars import Calendar
from regulars.domain.catalog import Live, next_watches, watches_from_text, watches_to_text
from regulars.domain.computed import ComputedTrait
from regulars.domain.computed_definitions import parse_all_computed, read_others
from regulars.domain.costs import excess
from regulars.domain.identity_definitions import parse_rules
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_names import segments_of
from regulars.domain.live_journeys import GOING, LiveJourney
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.purposes import NO_PURPOSES, Purposes
from regulars.domain.rate_definitions import parse_rates, unite_tables
from regulars.domain.rates import NO_RATES, Rates
from regulars.domain.releases import Release, Releases, at_once, recomputed, status_of, withdrawn
from regulars.domain.segment_reads import check_chain
from regulars.domain.segments import purposes_read
from regulars.domain.watches import Watches
from regulars.domain.workspace import DEFAULT_WORKSPACE, Workspace, parse_workspace
from regulars.errors import DefinitionError
from regulars.stores.database import Database, Delete, Item, Put, Write, number, text
from regulars.stores.definitions import Definition, DefinitionStore, Kind, write_of
from regulars.stores.releases import ReleaseStore, changes

# A change of these is one of what is live: everybody reads the catalog again.
_MADE_LIVE: frozenset[Kind] = frozenset({"segment", "computed_trait", "identity", "workspace", "rates", "consent"})
MAX_COMPUTED = 100  # a profile shows all of them
MAX_WATCHES = 380_000  # bytes: they are one item
_LIVE = ("live", "watches")
_VERSION = ("live", "version")


class CatalogStore(DefinitionStore):
    """Reads definitions and makes changes live, all of one change in one transaction."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._releases = ReleaseStore(database)

    def put(self, definition: Definition) -> None:
        """
        Write a definition on the condition of the version it was read with.

        Raises ConflictError, and DefinitionError for what is too much beside what is live, or breaks some of that.
        """
        if definition.kind == "segment":
            before = self.releases()
            self.release(before, at_once(before, next_release(definition)), write_of(definition))
        elif definition.kind in _MADE_LIVE:
            self._change(definition, write_of(definition), is_there=True)
        else:
            super().put(definition)

    def delete(self, definition: Definition, *, at: int = 0) -> None:
        """
        Remove a definition on the condition of the version it was read with.

        Raises ConflictError, and DefinitionError for what something live reads.
        """
        gone = Delete("catalog", (definition.kind, definition.id), was=definition.version)
        if definition.kind == "segment":
            before = self.releases()
            self.release(before, withdrawn(before, definition.id, at=at), gone)
        elif definition.kind in _MADE_LIVE:
            self._change(definition, gone, is_there=False)
        else:
            super().delete(definition)

    def version(self) -> int:
        """Read the version of the catalog, consistently: one small read before each batch."""
        return number(self._database.get("catalog", *_VERSION) or {}, "v")

    def look(self) -> int:
        """Read the version at which what is live came to mean something else: who was decided before is looked at."""
        return number(self._database.get("catalog", *_LIVE) or {}, "look")

    def rates(self, version: int) -> Rates:
        """Read all tables of rates as one, and call it this version; 0 is that of none."""
        tables = [parse_rates(one.id, one.content) for one in self.list("rates")] if version else []
        return unite_tables(tables, version) if version else NO_RATES

    def live(self) -> Live:
        """Read all that is live but the rates, which few need, as it stands at one version of the catalog."""
        while True:
            releases, rules = self.releases(), self.get("identity", "rules")
            purposes = self.purposes()
            workspace, item = self._workspace(), self._database.get("catalog", *_LIVE) or {}
            if self.version() == releases.watches.version:
                break
        return Live(
            watches=releases.watches,
            segments=tuple(releases.segments()),
            paused=tuple(releases.paused()),
            computed=tuple(releases.computed.values()),
            journeys=releases.journeys,
            rules=parse_rules(rules.content) if rules else DEFAULT_RULES,
            workspace=workspace,
            purposes=purposes,
            rates_version=number(item, "rates"),
            look=number(item, "look"),
        )

    def computed(self) -> dict[str, ComputedTrait]:
        """Read all computed traits, by id."""
        return dict(self.releases().computed)

    def _contents(self, kind: Kind) -> dict[str, Mapping[str, Any]]:
        return {definition.id: definition.content for definition in self.list(kind)}

    def purposes(self) -> Purposes:
        """Read for what people are asked for consent."""
        found = self.get("consent", "purposes")
        return parse_purposes(found.content) if found else NO_PURPOSES

    def _workspace(self) -> Workspace:
        settings = self.get("workspace", "settings")
        return parse_workspace(settings.content) if settings else DEFAULT_WORKSPACE

    def releases(self) -> Releases:
        """Read all releases as they stand at one version of the catalog."""
        while True:
            item, workspace = self._database.get("catalog", *_LIVE) or {}, self._workspace()
            live, coming = self._releases.all("live_segment"), self._releases.all("coming_segment")
            contents = self._contents("computed_trait")
            older = [one for one in self.list("segment") if one.id not in live and one.id not in coming]
            live |= {one.id: release_of(one) for one in older if status_of(one.content) == "live"}
            if self.version() == number(item, "v"):  # else these are of two versions
                computed = parse_all_computed(contents, workspace.calendar)
                journeys = read_live_journeys(self._contents("journey_version"), workspace.calendar, computed)
                found = Releases(
                    live=live, coming=coming, calendar=workspace.calendar, computed=computed, journeys=journeys
                )
                return replace(found, watches=_watches(item, found))

    def release(self, before: Releases, after: Releases, *writes: Write) -> None:
        """
        Make a change of the releases, and other writes with it, in one step.

        Raises ConflictError, and DefinitionError for segments that are too much beside each other.
        """
        different = changes(before, after)
        standing = list(before.segments())
        _keeps_segments(before, after)
        if any(segment not in standing for segment in after.segments()):
            _check(after, "where")
            for segment in after.segments():
                if segment not in standing:
                    check_chain(segment, after.segments())
        if different:
            self._go_live(before, after, [*writes, *different])
        else:
            self._database.transact(writes)

    def let_go_through(self, before: Releases, journeys: Sequence[LiveJourney], *writes: Write) -> None:
        """
        Let these be the versions of journeys that people go through, and make other writes with it, in one step.

        Raises ConflictError, and DefinitionError for conditions that are too much beside what is live.
        """
        after = replace(before, journeys=tuple(journeys))
        if len(after.journeys) > len(before.journeys) or any(one not in before.journeys for one in after.journeys):
            _check(after, "")
        self._go_live(before, after, writes)

    def left(self) -> Sequence[tuple[str, int]]:
        """Name the editions that nobody reads any more, and whose memberships are to be cleared away."""
        return self._releases.left()

    def forget(self, id: str, edition: int) -> None:
        """Note that an edition is cleared away."""
        self._releases.forget(id, edition)

    def _change(self, definition: Definition, write: Write, *, is_there: bool) -> None:
        """Make a change of something else that is live; a calendar and computed traits are those of all segments."""
        before = after = self.releases()
        has_turned = False
        if definition.kind == "workspace":
            workspace = parse_workspace(definition.content) if is_there else DEFAULT_WORKSPACE
            after = self._reread(replace(before, calendar=workspace.calendar))
            # Who agrees to exports means nothing to segments.
            has_turned = replace(workspace, exports=self._workspace().exports) != self._workspace()
            has_turned = has_turned and bool(list(after.segments()))
        if definition.kind == "computed_trait":
            after = self._recomputed(before, definition, is_there=is_there)
            has_turned = list(before.segments()) != list(after.segments())
        if definition.kind == "consent":
            has_turned = any(purposes_read(segment) for segment in before.segments())
        self._go_live(before, after, [write], rates=definition.kind == "rates", has_turned=has_turned)

    def _recomputed(self, before: Releases, definition: Definition, *, is_there: bool) -> Releases:
        contents = {id: content for id, content in self._contents("computed_trait").items() if id != definition.id}
        if is_there:
            contents = dict(sorted({**contents, definition.id: definition.content}.items()))
        after = self._reread(recomputed(before, read_others(contents, definition.id, before.calendar)))
        if is_there:
            _check(after, "")
        return after

    def _reread(self, after: Releases) -> Releases:
        """Read journeys anew, which computed traits and the calendar are part of. Raises DefinitionError."""
        contents = self._contents("journey_version")
        try:
            return replace(after, journeys=read_live_journeys(contents, after.calendar, after.computed))
        except DefinitionError as error:
            fix = "stop it, or publish one that does not"
            raise DefinitionError("", f"people go through {error.path}, which reads it: {fix}") from None

    def _go_live(
        self,
        before: Releases,
        after: Releases,
        writes: Sequence[Write],
        *,
        rates: bool = False,
        has_turned: bool = False,
    ) -> None:
        item = self._database.get("catalog", *_LIVE) or {}
        watches = next_watches(before.watches, after.readers(), after.calendar)
        written = watches_to_text(watches)
        if len(written.encode()) > MAX_WATCHES:
            fix = "wait until what is coming is live, then repeat; or shorten some"
            raise DefinitionError("where", f"what is live and what is coming would watch more than fits: {fix}")
        was = before.watches.version
        live: Item = {
            "kind": _LIVE[0],
            "id": _LIVE[1],
            "watches": written,
            "rates": number(item, "rates") + rates,
            "look": watches.version if has_turned else number(item, "look"),
        }
        version = {"kind": _VERSION[0], "id": _VERSION[1]}
        self._database.transact([*writes, Put("catalog", live, was=was), Put("catalog", version, was=was)])


def read_live_journeys(
    contents: Mapping[str, Mapping[str, Any]], calendar: Calendar, computed: Mapping[str, ComputedTrait]
) -> tuple[LiveJourney, ...]:
    """
    Read the versions of journeys that people go through, of all that were published.

    Raises DefinitionError with the name of one that is wrong, which no change of what is live lets happen.
    """
    found = []
    for name, content in sorted(contents.items()):
        if content["state"] in GOING:
            id, _, number = name.partition("#")
            try:
                journey = parse_journey(
                    id, content["definition"], version=int(number), calendar=calendar, computed=computed
                )
            except DefinitionError as error:
                raise DefinitionError(f"version {int(number)} of the journey {id}", str(error)) from None
            machine, published = content["machine"], content["published"]
            found.append(LiveJourney(journey=journey, state=content["state"], machine=machine, published=published))
    return tuple(found)


def _keeps_segments(before: Releases, after: Releases) -> None:
    """Make sure that no segment goes that a journey names which people go through. Raises DefinitionError."""
    gone = {segment.id for segment in before.segments()} - {segment.id for segment in after.segments()}
    for one in after.journeys if gone else ():
        if gone & segments_of(one.journey):
            what = f"version {one.journey.version} of the journey {one.journey.id}, which is {one.state}, names it"
            raise DefinitionError("", f"{what}: stop that first, or publish one that does not")


def release_of(definition: Definition) -> Release:
    """Make the release of a definition that has just been read, or is to be written next."""
    return Release(
        id=definition.id,
        content=definition.content,
        version=definition.version or 1,
        since=definition.changed,
    )


def next_release(definition: Definition) -> Release:
    """Make the release of a definition with the version that it has once it is written."""
    return replace(release_of(definition), version=definition.version + 1)


def _check(releases: Releases, path: str) -> None:
    if len(releases.computed) > MAX_COMPUTED:
        raise DefinitionError(path, f"a workspace has at most {MAX_COMPUTED} computed traits")
    if found := excess(releases.readers()):
        raise DefinitionError(path, f"{found.what}: {found.fix}")


def _watches(item: Item, releases: Releases) -> Watches:
    if not item:
        return Watches(by_event={})
    return watches_from_text(number(item, "v"), text(item, "watches"), releases.readers(), releases.calendar)
