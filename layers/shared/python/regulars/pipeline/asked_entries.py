"""
Let in whom somebody asks for: a program, another journey, a schedule, or an enrolment of those who are there already.

Whoever asked is told why not, as it is not seen from what the person did.
"""

from collections.abc import Callable, Mapping
from typing import Any

from regulars.domain.catalog import Live
from regulars.domain.hearing import name_event
from regulars.domain.identifiers import NOBODY, kind_of
from regulars.domain.instants import DAY
from regulars.domain.journey_entries import key_of
from regulars.domain.journeys import EventEntry, ScheduleEntry
from regulars.domain.live_journeys import LiveJourney
from regulars.errors import StaleCatalogError
from regulars.pipeline.entering import Entering, Occasion
from regulars.pipeline.ports import Clock
from regulars.pipeline.profiles import ranked
from regulars.pipeline.seeing import events_seen
from regulars.pipeline.snapshots import Home
from regulars.pipeline.travellers import Travellers
from regulars.stores.database import Database
from regulars.stores.journey_versions import VersionStore

SCHEDULE = "schedule "  # what occasions of schedules begin with
LATE = 3 * DAY  # what is told later than that lets nobody in
Asked = Mapping[str, Any]


class AskedEntries:
    """Works off messages `{"enter": …}`."""

    def __init__(
        self, database: Database, travellers: Travellers, entering: Entering, clock: Clock, live: Callable[[], Live]
    ) -> None:
        self._events = events_seen(database, clock)
        self._versions = VersionStore(database)
        self._travellers = travellers
        self._entering = entering
        self._clock = clock
        self._live = live

    def work(self, asked: Asked) -> None:
        """
        Let in whom is asked for, or tell why not. What is begun already goes on, whatever has become of the journey.

        Raises ConflictError, UnavailableError, and StaleCatalogError where it was published a moment ago.
        """
        is_member = "profile" in asked
        home = self._travellers.of_profile(asked["profile"]) if is_member else self._travellers.home(asked["owner"])
        owner = known_best(home, self._live()) if is_member else str(asked["owner"])
        if home.erased or owner is None:
            return
        journey, one = str(asked["journey"]), serving(self._live(), asked)
        if (occasion := self._occasion(asked, one)) is None:
            return
        number, reason = self._why_not(asked, one, occasion)
        if one and reason is None and self._is_asked_still(asked, home):
            self._entering.enter(owner, self._live(), one, occasion)
        elif not self._resumed(home, journey, occasion) and reason:
            self._entering.refuse(owner, journey, number, reason, occasion)

    def _occasion(self, asked: Asked, one: LiveJourney | None) -> Occasion | None:
        """Say what lets them in; None where it was an event that is gone."""
        if "profile" in asked:
            return Occasion(name=str(asked["occasion"]), at=int(asked["at"]))
        owner, _, moment = str(asked.get("event", "")).partition(" ")
        if "moment" in asked:
            owner, moment = str(asked["owner"]), str(asked["moment"])
        event = self._events.get(owner, moment) if moment else None
        if event is None and "moment" in asked:
            return None
        by, said = one.journey.entry.by if one else None, event.properties if event else {}
        own = key_of(by, said) if isinstance(by, EventEntry) else ""
        return Occasion(
            name=str(asked.get("occasion", f"asked {moment}")),
            at=int(asked["at"]) if "at" in asked else event.at if event else self._clock(),
            key=str(asked.get("key", "")) or own or "",
            event=name_event(event) if event else "",
            properties=said,
        )

    def _why_not(self, asked: Asked, one: LiveJourney | None, occasion: Occasion) -> tuple[int, str | None]:
        """Say why nobody is let in now, None where somebody may be, and into which version they are not."""
        if one is None:
            return self._former(str(asked["journey"]), asked.get("version"))
        if not one.journey.entry.open and "profile" not in asked:
            return one.journey.version, "closed"
        return one.journey.version, "late" if self._clock() - occasion.at > LATE else None

    def _former(self, journey: str, number: int | None) -> tuple[int, str | None]:
        found = self._versions.of(journey) if number is None else [self._versions.get(journey, number)]
        version = next((one for one in found if one and one.was_published), None)
        if version and version.state == "live":
            raise StaleCatalogError("a journey was published a moment ago")
        return (version.number, version.state) if version else (0, None)

    def _is_asked_still(self, asked: Asked, home: Home) -> bool:
        return "profile" not in asked or self._travellers.is_member(home, self._live(), str(asked["segment"]))

    def _resumed(self, home: Home, journey: str, occasion: Occasion) -> bool:
        passages = self._travellers.passages(home, journey)
        return bool(self._entering.resume(passages, home, self._live(), occasion.name))


def serving(live: Live, asked: Asked) -> LiveJourney | None:
    """
    Find the version that lets in whom is asked for: the one that is named, else the one that people enter now.

    The members of a schedule are served by a newer one, too, if its schedule is of the same segment.
    """
    found = (one for one in live.journeys if one.state == "live" and one.journey.id == asked["journey"])
    one = next(found, None)
    if one is None or asked.get("version", one.journey.version) == one.journey.version:
        return one
    by = one.journey.entry.by
    is_due = str(asked.get("occasion", "")).startswith(SCHEDULE)
    return one if is_due and isinstance(by, ScheduleEntry) and by.segment == asked["segment"] else None


def known_best(home: Home, live: Live) -> str | None:
    """Give the identifier that somebody is known best by; None of nobody."""
    owners = [owner for owner in home.owners if kind_of(owner) != NOBODY]
    return ranked(owners, live)[0] if owners else None
