"""Why a person is in a segment or not: each condition with its truth, what was found, and the events that made it so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regulars.domain.calendars import Calendar
from regulars.domain.catalog import Live
from regulars.domain.compiling import Compiled
from regulars.domain.explaining import Reason, explain
from regulars.domain.people import Person
from regulars.domain.segments import Node, selections
from regulars.errors import NotFoundError
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.people import Found, People
from regulars.pipeline.persons import Persons, sum_person
from regulars.pipeline.ports import Clock, Many
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.events import EventStore
from regulars.stores.memberships import MembershipStore

READ = 1_000  # newest events of each identifier that are looked through for those that made it so
SHOWN = 10  # of one condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """An event, or the one that said a trait, behind the truth of a condition."""

    name: str | None
    at: int
    owner: str
    source: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """
    The whole answer as of an instant.

    `causes` of a condition are its newest events; `since` is when the person came to be in, or out, None if never in.
    """

    profile_id: str
    segment: str
    version: int
    as_of: int
    member: bool
    since: int | None
    known: bool
    anonymous: bool
    next_change_at: int | None
    reason: Reason
    causes: Mapping[Node, Sequence[Cause]]


class Explainer:
    """Explains memberships, from the same state and by the same functions as they are decided."""

    def __init__(self, database: Database, many: Many, clock: Clock) -> None:
        self._people = People(database, many)
        self._persons = Persons(database, many)
        self._events = EventStore(database)
        self._memberships = MembershipStore(database)
        self._catalog = LiveCatalog(CatalogStore(database))
        self._many = many
        self._clock = clock

    def why(self, profile_id: str, segment: str) -> Explained:
        """Explain why a person is in a segment or not. Raises NotFoundError."""
        live = self._catalog.now()
        compiled = live.compiled.get(segment)
        if compiled is None:
            raise NotFoundError("no live segment has this id")
        found = self._people.find(profile_id)
        now = self._clock()
        person = self._person(found, live, compiled, now)
        standing = self._memberships.get(found.profile_id, segment)
        return Explained(
            profile_id=found.profile_id,
            segment=segment,
            version=compiled.segment.version,
            as_of=now,
            member=compiled.is_member(person, now),
            since=standing.since if standing else None,
            known=person.known,
            anonymous=compiled.segment.anonymous,
            next_change_at=compiled.next_change(person, now),
            reason=(reason := explain(compiled, person, now, live.compiled)),
            causes=self._causes(reason, person, found.owners, live.calendar, now),
        )

    def _person(self, found: Found, live: Live, compiled: Compiled, now: int) -> Person:
        """Add up the person; events whose parts are not there, or kept for another definition, are read."""
        identities = self._people.identities(found)
        person = sum_person(identities, live, profile_id=found.profile_id)
        stale = [name for name in compiled.events if is_stale(identities.values(), name, live)]
        person = self._persons.recount(person, found.owners, live, stale) if stale else person
        return self._persons.complete(person, found.owners, live, now, only=[compiled.segment.id])

    def _causes(
        self, reason: Reason, person: Person, owners: Sequence[str], calendar: Calendar, now: int
    ) -> Mapping[Node, Sequence[Cause]]:
        leaves = [each.node for each in _all(reason) if not each.below]
        named = {selection.event for leaf in leaves for selection in selections(leaf)}
        read = self._many(lambda owner: self._events.newest(owner, limit=READ), owners) if named else []
        events = sorted((event for each in read for event in each if event.name in named), key=_newest_first)
        return {leaf: _causes_of(leaf, person, events, calendar, now) for leaf in leaves}
