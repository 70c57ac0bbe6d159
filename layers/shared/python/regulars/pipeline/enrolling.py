"""Let all members of a segment in: at the start of a journey, or when its schedule says so; a page at a time."""

from collections.abc import Callable, Mapping
from typing import Any

from regulars.domain.catalog import Live
from regulars.domain.instants import HOUR
from regulars.domain.journey_times import scheduled
from regulars.domain.journeys import ScheduleEntry, SegmentEntry
from regulars.domain.live_journeys import LiveJourney
from regulars.errors import ConflictError, StaleCatalogError
from regulars.pipeline.asked_entries import LATE, SCHEDULE, serving
from regulars.pipeline.ports import Clock, Journal, Wanted
from regulars.stores.database import Database
from regulars.stores.definitions import DefinitionStore
from regulars.stores.journey_versions import VersionStore
from regulars.stores.memberships import MembershipStore

CURSOR = "journeys"
PAGE = 500  # members of a message
FIRST = HOUR  # how far the first run looks back


class Enrolling:
    """Asks for entries, one for each member; each occasion lets somebody in once, however often it is asked for."""

    def __init__(
        self, database: Database, wanted: Wanted, journal: Journal, clock: Clock, live: Callable[[], Live]
    ) -> None:
        self._catalog = DefinitionStore(database)
        self._versions = VersionStore(database)
        self._memberships = MembershipStore(database)
        self._wanted = wanted
        self._journal = journal
        self._clock = clock
        self._live = live

    def enrol(self, enrol: Mapping[str, Any]) -> None:
        """
        Ask for the entries of a page of members, and for the next page: {journey, version, at, after}.

        Without an instant it is about those who are in the segment at the start. Where nobody enters any more, or it
        is too late, the rest is let be. Raises UnavailableError, and StaleCatalogError of what is newer than known.
        """
        live = self._live()
        one = self._serving(enrol, live)
        by = one.journey.entry.by if one else None
        shown = live.shown.get(by.segment) if isinstance(by, SegmentEntry | ScheduleEntry) else None
        at = int(enrol.get("at", one.published if one else 0))
        if one is None or shown is None or self._clock() - at > LATE:
            self._journal.count("enrolments_let_be")
            return
        about: dict[str, Any] = {"journey": one.journey.id, "version": one.journey.version, "at": at}
        if isinstance(by, ScheduleEntry):
            about["segment"] = by.segment
        named = f"{SCHEDULE}{at}" if isinstance(by, ScheduleEntry) else f"enrol {at}"
        places = self._memberships.members(shown.rows, after=enrol.get("after"), limit=PAGE)
        asked = {**about, "occasion": named, "segment": shown.id}
        entries = [{"enter": {**asked, "profile": place.partition("/")[2]}} for place in places]
        next = [{"enrol": {**about, "after": places[-1]}}] if len(places) == PAGE else []
        self._wanted.send([*entries, *next])
        self._journal.count("entries_asked_for", len(entries))

    def _serving(self, enrol: Mapping[str, Any], live: Live) -> LiveJourney | None:
        """Find the version that a page is for: a schedule goes on with the one that has replaced its own."""
        occasion = {"occasion": SCHEDULE} if "segment" in enrol else {}
        if one := serving(live, {**enrol, **occasion}):
            return one
        version = self._versions.get(str(enrol["journey"]), int(enrol["version"]))
        if version and version.state == "live":
            raise StaleCatalogError("a journey was published a moment ago")
        return None

    def look(self) -> None:
        """Ask for the entries of schedules that are due since the last time. Raises UnavailableError."""
        now, live = self._clock(), self._live()
        at, version = self._catalog.cursor(CURSOR)
        since = max(at + 1, now - LATE) if at else now - FIRST
        for one in live.journeys:
            by = one.journey.entry.by
            if one.state == "live" and isinstance(by, ScheduleEntry):
                for due in scheduled(by, max(since, one.published), now, live.workspace.zone):
                    named = {"journey": one.journey.id, "version": one.journey.version}
                    about = {**named, "at": due, "segment": by.segment}
                    self._wanted.send([{"enrol": about}])
        try:
            self._catalog.move_cursor(CURSOR, now, was=version)
        except ConflictError:
            self._journal.count("schedules_overlapped")  # another run asked for the same; both are harmless
