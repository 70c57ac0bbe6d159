"""A journey's life: drafts are published as versions, which are paused, drained or stopped, and archived."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_lives import Deed, Difference, Version, chosen, difference, done
from regulars.domain.journey_machines import compile_journey, machine_name
from regulars.domain.journeys import Journey, SegmentEntry
from regulars.domain.live_journeys import GOING, LiveJourney
from regulars.domain.releases import Releases
from regulars.errors import (
    ConflictError,
    ConflictingEditError,
    DefinitionError,
    InvalidRequestError,
    NotFoundError,
    WrongStateError,
)
from regulars.pipeline.definitions import is_id
from regulars.pipeline.journey_checks import JourneyChecks
from regulars.pipeline.ports import Clock, Machines, Wanted
from regulars.pipeline.stopping_journeys import stop_message
from regulars.pipeline.templates import traits_said
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Check, Database, Write
from regulars.stores.definitions import Definition
from regulars.stores.journey_versions import VersionStore, write_version

TRIES = 10
MOST_GOING = 50  # versions that people go through, of all journeys: each is read by whoever reads what is live


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """
    A journey: its draft, its versions (the newest first), and what would be different if the draft were published.

    `difference` is None where the draft is no journey any more, for something that it names has gone.
    """

    draft: Definition
    versions: Sequence[Version]
    difference: Difference | None

    @property
    def current(self) -> Version | None:
        """The version that people enter, or will once it is resumed."""
        return next((one for one in self.versions if one.is_current), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A version that people enter now, whether it came just now, and what told it from the one before."""

    version: Version
    is_new: bool
    difference: Difference


class Journeys:
    """Reads and changes the lives of journeys; `stage` is part of the names of their state machines."""

    def __init__(self, database: Database, machines: Machines, wanted: Wanted, clock: Clock, *, stage: str) -> None:
        self._database = database
        self._store = CatalogStore(database)
        self._versions = VersionStore(database)
        self._checks = JourneyChecks(self._store, self._versions)
        self._machines = machines
        self._wanted = wanted
        self._clock = clock
        self._stage = stage

    def all(self) -> list[tuple[Definition, Sequence[Version]]]:
        """Read all journeys by id, each with its versions."""
        versions = self._versions.all()[::-1]
        return [(draft, [one for one in versions if one.journey == draft.id]) for draft in self._store.list("journey")]

    def get(self, id: str) -> Shown:
        """Read one journey. Raises NotFoundError."""
        draft, versions, releases = self._draft(id), self._versions.of(id), self._store.releases()
        try:
            after: Journey | None = _parsed(id, draft.content, releases)
        except DefinitionError:
            after = None
        before = _standing(versions, releases)
        return Shown(draft=draft, versions=versions, difference=difference(before, after) if after else None)

    def traits_said(self, id: str) -> frozenset[str]:
        """Name the traits that the templates of a draft say of people. Raises NotFoundError."""
        return traits_said(self._store, self._draft(id).content)

    def publish(self, id: str, *, draft: int, by: str) -> Published:
        """
        Let people enter the draft from now on, as it was read under its version; who is on the way stays on theirs.

        It may be repeated, whatever failed. Raises NotFoundError, ConflictingEditError, WrongStateError,
        DefinitionError, UnavailableError.
        """
        for _ in range(TRIES):
            definition = self._draft(id)
            if definition.version != draft:
                was = f"version {draft} of the draft was to be published, but version {definition.version} stands"
                raise ConflictingEditError(f"{was}: read it again")
            versions, releases = self._versions.of(id), self._store.releases()
            if standing := _published(versions, definition):
                self._enrol(standing, _parsed(id, standing.definition, releases))
                return Published(version=standing, is_new=False, difference=Difference())
            try:
                return self._publish(definition, versions, releases, by)
            except ConflictError:
                continue
        raise ConflictingEditError("the catalog kept changing: read it again, then publish")

    def change(self, id: str, deed: Deed, *, number: int | None = None) -> list[Version]:
        """
        Pause, resume, drain, stop or archive; give the versions that it was done to, as they stand now.

        Who is there already stays there, so it may be repeated. Raises NotFoundError, WrongStateError,
        ConflictingEditError, UnavailableError.
        """
        self._draft(id)
        for _ in range(TRIES):
            releases = self._store.releases()
            found = chosen(deed, [one for one in self._versions.of(id) if one.was_published], number)
            if deed == "archive":
                self._is_over(found)
            after = [done(deed, one) for one in found]
            try:
                self._write(releases, [new for old, new in zip(found, after, strict=True) if old.state != new.state])
            except ConflictError:
                continue
            if deed == "stop":
                self._wanted.send([stop_message(one.journey, one.number) for one in after])
            return self._tidy(after) if deed == "archive" else after
        raise ConflictingEditError("the catalog kept changing: read it again and repeat that")

    def _draft(self, id: str) -> Definition:
        draft = self._store.get("journey", id) if is_id(id) else None
        if draft is None:
            raise NotFoundError("no journey has this id")
        return draft

    def _publish(self, definition: Definition, versions: Sequence[Version], releases: Releases, by: str) -> Published:
        new = _next(versions, definition, by)
        journey = self._checks.publishable(definition.id, definition.content, releases, new.number)
        if len(releases.journeys) >= MOST_GOING:
            raise InvalidRequestError(f"people go through {MOST_GOING} versions at most: stop or archive some first")
        before = _standing(versions, releases)
        if not new.row:  # its number is taken before its machine is made: nobody else makes one of this name
            self._versions.save(new)
            new = replace(new, row=1)
        machine = self._machine(new, journey)
        live = replace(new, state="live", machine=machine, published=self._clock(), by=by)
        older = [replace(one, state="draining") for one in versions if one.is_current]
        as_read = Check("catalog", ("journey", definition.id), was=definition.version)
        self._write(releases, [live, *older], as_read, journey=journey)
        self._enrol(live, journey)
        return Published(version=live, is_new=True, difference=difference(before, journey))

    def _machine(self, new: Version, journey: Journey) -> str:
        """Make the state machine of a version. Raises ConflictError where its number is passed over for another."""
        try:
            return self._machines.create(
                machine_name(self._stage, new.journey, new.number), compile_journey(journey).text
            )
        except ConflictError:  # it was begun by another release of the platform, which made another machine of it
            self._versions.save(replace(new, state="archived"))
            raise

    def _write(
        self, releases: Releases, versions: Sequence[Version], *others: Write, journey: Journey | None = None
    ) -> None:
        """Write versions, and let the journeys that people go through be those of them. Raises ConflictError."""
        if not versions:
            return
        changed = {(one.journey, one.number): one for one in versions}
        going = [_moved(one, changed) for one in releases.journeys]
        if journey:
            new = changed[journey.id, journey.version]
            going.append(LiveJourney(journey=journey, machine=new.machine, published=new.published))
        kept = sorted((one for one in going if one.state in GOING), key=_by_name)
        self._store.let_go_through(releases, kept, *map(write_version, versions), *others)

    def _enrol(self, version: Version, journey: Journey) -> None:
        """Have the members of a segment let in who are in it at the start."""
        by = journey.entry.by
        if version.state == "live" and isinstance(by, SegmentEntry) and by.enrol != "future":
            self._wanted.send([{"enrol": {"journey": version.journey, "version": version.number}}])

    def _is_over(self, versions: Iterable[Version]) -> None:
        for version in versions:
            if version.state == "archived":
                continue
            running, next = self._machines.running(version.machine)
            if running or next is not None:
                raise WrongStateError(
                    f"somebody still goes through version {version.number}: wait until they are done, or stop it"
                )

    def _tidy(self, versions: Iterable[Version]) -> list[Version]:
        """Remove the state machines of archived versions, and note that they are gone."""
        kept = []
        for version in versions:
            if version.machine:
                self._machines.delete(version.machine)
                version = self._without_machine(version)
            kept.append(version)
        return kept

    def _without_machine(self, version: Version) -> Version:
        standing = self._versions.get(version.journey, version.number)
        gone = replace(standing or version, machine="")
        with suppress(ConflictError):  # somebody else archives it, too
            self._versions.save(gone)
        return gone


def _parsed(id: str, content: Mapping[str, Any], releases: Releases) -> Journey:
    return parse_journey(id, content, calendar=releases.calendar, computed=releases.computed)


def _standing(versions: Sequence[Version], releases: Releases) -> Journey | None:
    """Find the version that was published last, of those that somebody may be on."""
    newest = next((one.number for one in versions if one.is_going), None)
    found = (one.journey for one in releases.journeys if one.journey.id == versions[0].journey)
    return next((one for one in found if one.version == newest), None) if newest else None


def _published(versions: Sequence[Version], definition: Definition) -> Version | None:
    """Find the version that is this very draft. Raises WrongStateError if it is paused."""
    current = next((one for one in versions if one.is_current), None)
    if current is None or current.definition != definition.content:
        return None
    if current.state == "paused":
        raise WrongStateError(f"version {current.number} is this very draft, and paused: resume it")
    return current


def _next(versions: Sequence[Version], definition: Definition, by: str) -> Version:
    """Give the version that is to come: the one that was begun of this very draft, else a new one."""
    newest = versions[0] if versions else None
    if newest and newest.state == "preparing" and newest.definition == definition.content:
        return newest
    number = newest.number + 1 if newest else 1
    return Version(journey=definition.id, number=number, definition=definition.content, by=by)


def _moved(one: LiveJourney, changed: Mapping[tuple[str, int], Version]) -> LiveJourney:
    version = changed.get((one.journey.id, one.journey.version))
    return replace(one, state=version.state) if version else one


def _by_name(one: LiveJourney) -> tuple[str, int]:
    return one.journey.id, one.journey.version
