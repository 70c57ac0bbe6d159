"""Read a profile: who it is, what is known of the person, which segments they are in, and what they did."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from regulars.domain.catalog import Live
from regulars.domain.events import Event
from regulars.domain.identifiers import kind_of
from regulars.domain.instants import to_text
from regulars.domain.memberships import Membership, shown, told
from regulars.domain.order_measures import Totals
from regulars.domain.people import Person
from regulars.domain.reserved_events import AUDIENCE_EVENTS, ENTERED
from regulars.domain.segments import Segment
from regulars.domain.teams import EVERYTHING, Sight
from regulars.domain.transitions import Moved, Reason
from regulars.errors import NotFoundError
from regulars.pipeline.computed import ComputedTraits, ShownComputed
from regulars.pipeline.definitions import is_id
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.opening import Opener, Shown, ShownEvent
from regulars.pipeline.own_events import naming_event
from regulars.pipeline.people import TRIES, Found, People
from regulars.pipeline.persons import Persons, sum_person
from regulars.pipeline.ports import Clock, Many, Sealer
from regulars.pipeline.seeing import events_seen
from regulars.pipeline.timeline import Position, Timeline
from regulars.pipeline.traits import ShownTrait, Traits
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.identities import Identity, IdentityStore
from regulars.stores.memberships import MembershipStore

_LOOKED_AT = 1_000  # events, for audiences of third parties


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownIdentifier:
    """One identifier of a profile, with the source and instant of the event that attached it, if one did."""

    owner: str
    kind: str
    shown: Shown
    source: str | None = None
    since: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMembership:
    """One segment that a person is in."""

    segment: str
    name: str
    since: int
    next_change_at: int | None
    number: int
    version: int
    reason: Reason
    is_paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProfile:
    """All that fits on one page about a person; `identifiers` are the first ones, `identifier_count` counts all."""

    profile_id: str
    known: bool
    identifiers: Sequence[ShownIdentifier]
    identifier_count: int
    traits: Sequence[ShownTrait]
    memberships: Sequence[ShownMembership]
    orders: Totals
    computed: Sequence[ShownComputed] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAudience:
    """An audience of a third party: by which provider, from which source, and since when."""

    audience: str
    provider: str
    source: str
    since: int


class ProfileReader:
    """Reads for one caller at a time: an Opener says what they may see."""

    def __init__(self, database: Database, sealer: Sealer, many: Many, clock: Clock) -> None:
        self._people = People(database, many)
        self._timeline = Timeline(database, many, clock)
        self._traits = Traits(database, many, clock)
        self._events = events_seen(database, clock)
        self._identities = IdentityStore(database)
        self._memberships = MembershipStore(database)
        self._catalog = LiveCatalog(CatalogStore(database), rates="always")
        self._persons = Persons(database, many)
        self._computed = ComputedTraits(database, many, clock)
        self._sealer = sealer
        self._many = many
        self._clock = clock

    def opener(self, *, personal: bool, sensitive: bool = False, sight: Sight = EVERYTHING) -> Opener:
        """Make the opener of a caller who may, or may not, read personal fields, and sees these traits."""
        return Opener(self._sealer, personal=personal, sensitive=sensitive, sight=sight)

    def profile(self, profile_id: str, opener: Opener, *, identifiers: int, sight: Sight = EVERYTHING) -> ShownProfile:
        """Read all of a profile that is in sight, with so many identifiers at most. Raises NotFoundError."""
        live = self._catalog.now()
        for _ in range(TRIES):
            found = self._people.find(profile_id)
            identities = self._people.identities(found)
            memberships = self._memberships_of(found, identities, live)
            computed = self._computed.of(found, identities, live)
            if self._people.is_still(found):
                break  # else it was merged meanwhile: what was read belongs to two states of it
        person = sum_person(identities, live)
        return ShownProfile(
            profile_id=found.profile_id,
            known=person.known,
            identifiers=self.show(ranked(found.owners, live)[:identifiers], opener),
            identifier_count=len(found.owners),
            traits=self._traits.show(person, identities, opener),
            memberships=[each for each in memberships if sight.sees_segment(each.segment)],
            orders=person.totals,
            computed=[each for each in computed if sight.sees_trait(each.id)],
        )

    def traits(self, profile_id: str, opener: Opener, *, after: str | None, limit: int) -> list[ShownTrait]:
        """Read traits in the order of their names. Raises NotFoundError."""
        found = self._people.find(profile_id)
        identities = self._people.identities(found)
        person = sum_person(identities, self._catalog.now())
        return self._traits.show(person, identities, opener, after=after, limit=limit)

    def computed(
        self, profile_id: str, *, after: str | None, limit: int, sight: Sight = EVERYTHING
    ) -> list[ShownComputed]:
        """Read computed traits in the order of their ids. Raises NotFoundError."""
        found = self._people.find(profile_id)
        all_of_them = self._computed.of(found, self._people.identities(found), self._catalog.now())
        seen = [each for each in all_of_them if sight.sees_trait(each.id)]
        return [each for each in seen if after is None or each.id > after][:limit]

    def identifiers(self, profile_id: str, opener: Opener, *, after: str | None, limit: int) -> list[ShownIdentifier]:
        """Read identifiers, those of the highest priority first; `after` is an owner. Raises NotFoundError."""
        owners = ranked(self._people.find(profile_id).owners, live := self._catalog.now())
        if after is not None:
            owners = [owner for owner in owners if _rank(owner, live) > _rank(after, live)]
        return self.show(owners[:limit], opener)

    def show_person(self, person: Person, owners: Sequence[str], opener: Opener) -> list[ShownTrait]:
        """Show the traits of a person, who is what these owners are, in the order of their names."""
        return self._traits.show(person, {owner: self._identities.read(owner) for owner in owners}, opener)

    def memberships(
        self, profile_id: str, *, after: str | None, limit: int, sight: Sight = EVERYTHING
    ) -> list[ShownMembership]:
        """Read the segments a person is in, in the order of their ids. Raises NotFoundError."""
        found = self._people.find(profile_id)
        all_of_them = self._memberships_of(found, self._people.identities(found), self._catalog.now())
        seen = [each for each in all_of_them if sight.sees_segment(each.segment)]
        return [membership for membership in seen if after is None or membership.segment > after][:limit]

    def past(self, profile_id: str, segment: str) -> Sequence[Moved]:
        """Read the newest transitions of a person and a segment, the oldest first. Raises NotFoundError."""
        if not is_id(segment):
            raise NotFoundError("no segment has this id")
        found = self._people.find(profile_id)
        last = told(self._memberships.of_segment(found.profile_id, segment))
        return last.past if last else ()

    def events(self, profile_id: str, *, before: Position | None, limit: int) -> list[Event]:
        """
        Read events, newest first, over all identifiers of the person; of who is known, none that a third party told.

        Raises NotFoundError.
        """
        owners = self._people.find(profile_id).owners
        but = AUDIENCE_EVENTS if self._catalog.now().rules.is_known(owners) else ()
        return self._timeline.newest(owners, before=before, limit=limit, but=but)

    def audiences(self, profile_id: str) -> list[ShownAudience]:
        """
        List the audiences in which third parties put a person whom nobody knows, by provider and name.

        The newest thousand events are looked at. Who is known is in none. Raises NotFoundError.
        """
        owners = self._people.find(profile_id).owners
        if self._catalog.now().rules.is_known(owners):
            return []
        return audiences_of(self._timeline.newest(owners, before=None, limit=_LOOKED_AT))

    def show_events(self, events: Sequence[Event], opener: Opener) -> list[ShownEvent]:
        """Show events as the opener lets them be seen."""
        return list(self._many(opener.event, events))

    def _memberships_of(self, found: Found, identities: Mapping[str, Identity], live: Live) -> list[ShownMembership]:
        _, rows = self._memberships.of(found.profile_id)
        now = self._clock()
        person = sum_person(identities, live, profile_id=found.profile_id)
        person = self._persons.complete(person, found.owners, live, now)
        return [
            ShownMembership(
                segment=id,
                name=segment.name,
                since=membership.since,
                next_change_at=live.next_change(segment, person, now),
                number=membership.number,
                version=membership.definition,
                reason=membership.reason,
                is_paused=segment in live.paused,
            )
            for id, segment in sorted(live.shown.items())
            if (membership := shown_of(rows.values(), segment)) and membership.member
        ]

    def show(self, owners: Sequence[str], opener: Opener) -> list[ShownIdentifier]:
        """Show identifiers as the opener lets them be seen."""
        return list(self._many(lambda owner: self._show_one(owner, opener), owners))

    def _show_one(self, owner: str, opener: Opener) -> ShownIdentifier:
        link = self._identities.link(owner)
        event = naming_event(owner, link, self._events) if opener.personal else None
        moment = link.event.partition(" ")[2].split("#", 2) if link else []
        return ShownIdentifier(
            owner=owner,
            kind=kind_of(owner),
            shown=opener.identifier(owner, event),
            source=moment[1] if len(moment) == 3 else None,
            since=to_text(link.since) if link else None,
        )


def shown_of(rows: Iterable[Membership], segment: Segment) -> Membership | None:
    """Find what readers see of a profile's memberships in one segment."""
    return shown([row for row in rows if row.segment == segment.id], segment.edition)


def audiences_of(events: Iterable[Event]) -> list[ShownAudience]:
    """List the audiences that these events lead into and not out of again, by provider and name."""
    newest: dict[tuple[str, str], Event] = {}
    for event in sorted(events, key=lambda one: (one.at, one.name != ENTERED), reverse=True):
        if event.name in AUDIENCE_EVENTS:
            newest.setdefault((str(event.properties["provider"]), str(event.properties["audience"])), event)
    return [
        ShownAudience(audience=audience, provider=provider, source=event.source, since=event.at)
        for (provider, audience), event in sorted(newest.items())
        if event.name == ENTERED
    ]


def ranked(owners: Sequence[str], live: Live) -> list[str]:
    """Sort owners, that of the highest priority first."""
    return sorted(owners, key=lambda owner: _rank(owner, live))


def _rank(owner: str, live: Live) -> tuple[int, str]:
    kinds = [rule.kind for rule in live.rules.rules]
    kind = kind_of(owner)
    return kinds.index(kind) if kind in kinds else len(kinds), owner
