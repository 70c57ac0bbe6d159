"""Who goes through journeys: the person behind an identifier, their passages, lots, and what happened to them since."""

from collections.abc import Iterable, Sequence

from regulars.domain.catalog import Live
from regulars.domain.compiling import Compiled
from regulars.domain.hearing import News
from regulars.domain.identifiers import NOBODY, kind_of
from regulars.domain.journeys import SegmentChange
from regulars.domain.live_journeys import LiveJourney
from regulars.domain.lots import Draw, first_of, lot
from regulars.domain.passages import Passage
from regulars.domain.people import Person
from regulars.domain.profiles import alone
from regulars.domain.state import RESTRICTED
from regulars.pipeline.persons import Persons, sum_person
from regulars.pipeline.ports import Clock, Many
from regulars.pipeline.seeing import events_seen
from regulars.pipeline.snapshots import Home, Snapshots
from regulars.stores.database import Check, Database
from regulars.stores.identities import LINK
from regulars.stores.journeys import JourneyStore
from regulars.stores.memberships import MembershipStore


class Travellers:
    """Reads people who go through journeys; every read is consistent."""

    def __init__(self, database: Database, many: Many, clock: Clock) -> None:
        self._events = events_seen(database, clock)
        self._journeys = JourneyStore(database)
        self._memberships = MembershipStore(database)
        self._persons = Persons(database, many)
        self._snapshots = Snapshots(database, many)
        self._many = many
        self._clock = clock

    def home(self, owner: str) -> Home:
        """Find the live profile that an identifier belongs to."""
        return self._snapshots.home(alone(owner))

    def of_profile(self, profile_id: str) -> Home:
        """Find the live profile that an id, perhaps a former one, leads to."""
        return self._snapshots.home(profile_id)

    def passages(self, home: Home, journey: str | None = None) -> list[Passage]:
        """Read all passages of a person, through all journeys or one."""
        owners = [owner for owner in home.owners if kind_of(owner) != NOBODY]
        read = self._many(lambda owner: self._journeys.passages(owner, journey), owners)
        return [one for each in read for one in each]

    def person(self, home: Home, live: Live, compiled: Compiled | None = None) -> Person:
        """Add up a person; with a condition, exactly enough to answer it."""
        identities = self._snapshots.read(home).identities
        person = sum_person(identities, live, profile_id=home.profile_id, owners=home.owners)
        if compiled is None:
            return person
        head = self._memberships.head(home.profile_id)
        person = self._persons.bring_up(person, identities, live, compiled.events, since=head.catalog)
        short = compiled.short_of(person, self._clock())
        return self._persons.recount(person, home.owners, live, short) if short else person

    def is_restricted(self, home: Home) -> bool:
        """Say whether nothing is done with a person but to keep what is kept of them."""
        identities = self._snapshots.read(home).identities.values()
        return any(part.name == RESTRICTED for identity in identities for part in identity.parts)

    def fulfils(self, home: Home, live: Live, condition: str) -> bool:
        """Say whether a condition of a journey, by the id of its segment, is true of a person now."""
        compiled = live.asking[condition]
        return compiled.is_member(self.person(home, live, compiled), self._clock())

    def is_member(self, home: Home, live: Live, segment: str) -> bool:
        """Say whether a person is in a segment as readers see it."""
        shown = live.shown.get(segment)
        rows = self._memberships.of_segment(home.profile_id, segment) if shown else []
        return any(row.member for row in rows if shown and row.edition == shown.edition)

    def lot(self, home: Home, owner: str, by: str) -> int:
        """Draw a lot, the same for each person once and for good: of those who were merged the first counts."""
        draws = [draw for each in self._many(self._journeys.draws, home.owners) for draw in each]
        if not any(draw.by == by for draw in draws):
            self._journeys.draw(owner, Draw(by, home.profile_id, self._clock()))
        return lot(by, first_of(by, draws, home.profile_id))

    def news(self, home: Home, one: LiveJourney, since: int) -> Sequence[News]:
        """List what a journey listens to of what happened to a person since an instant, the oldest first."""
        owners = [owner for owner in home.owners if kind_of(owner) != NOBODY] if one.events else []
        read = self._many(lambda owner: self._events.since(owner, since), owners)
        events = [News(event.at, event) for each in read for event in each if event.name in one.events]
        return sorted([*events, *self._moves(home, one.segments, since)], key=lambda news: news.at)

    def _moves(self, home: Home, segments: Iterable[str], since: int) -> Iterable[News]:
        moves: dict[tuple[str, int], News] = {}
        for segment in sorted(segments):
            for row in self._memberships.of_segment(home.profile_id, segment):
                told = [(moved.number, moved.entered, moved.at) for moved in row.past]
                if row.number and not row.silent:
                    told.append((row.number, row.member, row.since))
                for number, entered, at in told:
                    moves[segment, number] = News(at, SegmentChange(segment, "entered" if entered else "left"))
        return [news for news in moves.values() if news.at >= since]


def is_still(home: Home) -> list[Check]:
    """The conditions that a profile is as it was read: nobody was attached, merged or erased meanwhile."""
    if home.version is not None:
        return [Check("profiles", (home.profile_id, None), was=home.version)]
    link = home.first.link
    return [Check("identities", (home.asked, LINK), was=link.version if link else 0)]
