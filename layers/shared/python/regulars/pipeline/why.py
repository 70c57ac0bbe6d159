"""Why a person is in a segment or not: each condition, its truth, what was found, and the events behind it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from regulars.domain.calendars import Calendar
from regulars.domain.catalog import Live
from regulars.domain.compiling import Compiled
from regulars.domain.events import Event
from regulars.domain.explaining import Reason, explain
from regulars.domain.keeps import Keep, takes
from regulars.domain.measuring import closes, opens
from regulars.domain.people import Person
from regulars.domain.segments import Measure, Measured, Node, Trait, Unfollowed, selections
from regulars.domain.segments import Sequence as Steps
from regulars.errors import NotFoundError
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.people import Found, People
from regulars.pipeline.persons import Persons, sum_person
from regulars.pipeline.ports import Clock, Many
from regulars.pipeline.profiles import shown_of
from regulars.pipeline.seeing import events_seen
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
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
    restricted: bool
    anonymous: bool
    next_change_at: int | None
    reason: Reason
    causes: Mapping[Node, Sequence[Cause]]


class Explainer:
    """Explains memberships, from the same state and by the same functions as they are decided."""

    def __init__(self, database: Database, many: Many, clock: Clock) -> None:
        self._people = People(database, many)
        self._persons = Persons(database, many)
        self._events = events_seen(database, clock)
        self._memberships = MembershipStore(database)
        self._catalog = LiveCatalog(CatalogStore(database))
        self._many = many
        self._clock = clock

    def why(self, profile_id: str, segment: str) -> Explained:
        """Explain why a person is in a segment or not. Raises NotFoundError."""
        live = self._catalog.now()
        shown = live.shown.get(segment)
        compiled = live.compiled.get(shown.rows) if shown else None
        if shown is None or compiled is None:
            raise NotFoundError("no live segment has this id; of one that is paused nobody is asked")
        found = self._people.find(profile_id)
        now = self._clock()
        person = self._person(found, live, compiled, now)
        _, rows = self._memberships.of(found.profile_id)
        standing = shown_of(rows.values(), shown)
        return Explained(
            profile_id=found.profile_id,
            segment=segment,
            version=compiled.segment.version,
            as_of=now,
            member=compiled.is_member(person, now),
            since=standing.since if standing else None,
            known=person.known,
            restricted=person.restricted,
            anonymous=compiled.segment.anonymous,
            next_change_at=compiled.next_change(person, now),
            reason=(reason := explain(compiled, person, now, live.by_id)),
            causes=self._causes(reason, person, found.owners, live.workspace.calendar, now),
        )

    def _person(self, found: Found, live: Live, compiled: Compiled, now: int) -> Person:
        """Add up the person; events whose parts are not there, or kept for another definition, are read."""
        identities = self._people.identities(found)
        person = sum_person(identities, live, profile_id=found.profile_id)
        head = self._memberships.head(found.profile_id)
        person = self._persons.bring_up(person, identities, live, compiled.events, since=head.catalog)
        return self._persons.complete(person, found.owners, live, now, only=[compiled.segment.rows])

    def _causes(
        self, reason: Reason, person: Person, owners: Sequence[str], calendar: Calendar, now: int
    ) -> Mapping[Node, Sequence[Cause]]:
        leaves = [each.node for each in _all(reason) if not each.below]
        named = {selection.event for leaf in leaves for selection in selections(leaf)}
        read = self._many(lambda owner: self._events.newest(owner, limit=READ), owners) if named else []
        events = sorted(
            (one for each in read for one in each if one.name in named), key=lambda one: one.at, reverse=True
        )
        return {leaf: _causes_of(leaf, person, events, calendar, now) for leaf in leaves}


def _all(reason: Reason) -> Iterable[Reason]:
    yield reason
    for below in reason.below:
        yield from _all(below)


def _causes_of(leaf: Node, person: Person, events: Sequence[Event], calendar: Calendar, now: int) -> Sequence[Cause]:
    if isinstance(leaf, Trait):
        told = person.traits.get(leaf.trait)
        return [_cause(None, told[0], "", told[1])] if told else []
    taken = [
        event
        for selection in selections(leaf)
        for event in events
        if event.name == selection.event
        and takes(Keep("count", selection.where, selection.start, selection.end, zone=calendar.zone), event)
        and _lies_in(leaf, event.at, calendar, now)
    ]
    newest = sorted(taken, key=lambda event: event.at, reverse=True)[:SHOWN]
    return [_cause(event.name, event.at, event.owner, event.moment) for event in newest]


def _lies_in(leaf: Node, at: int, calendar: Calendar, now: int) -> bool:
    match leaf:
        case Measured(Measure() as measure):
            return opens(measure.window, now, calendar) < at <= closes(measure.window, now, calendar)
        case Steps() | Unfollowed():
            return now - leaf.window.length - leaf.within < at
        case _:
            return True


def _cause(name: str | None, at: int, owner: str, moment: str) -> Cause:
    _, source, message_id = moment.split("#", 2)
    return Cause(name=name, at=at, owner=owner, source=source, message_id=message_id)
