"""
Forget people who no longer come, whole, so that whoever comes back begins anew.

In one transaction, under the versions that were read, their profile goes with what is known of their identifiers: who
came meanwhile makes it fail, and stays. What is to be removed after that was written down before: the events that had
arrived, and rows of journeys, by name, so that none that comes later is touched; memberships, of which the world is
told; the timer. An event that came between is counted anew from what is left. Last goes the key, once nobody can hold
it any more.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from regulars.domain.catalog import Live
from regulars.domain.events import Event
from regulars.domain.forgetting import is_over, is_restricted, may_be_over, presence
from regulars.domain.identifiers import NOBODY, kind_of
from regulars.domain.journey_deeds import JOURNEYS, is_own
from regulars.domain.profiles import alone, founder
from regulars.domain.retention import DEFAULT_RETENTION, Retention
from regulars.domain.timers import MINUTE, Timer
from regulars.errors import ConflictError
from regulars.pipeline.departing import Departing
from regulars.pipeline.journey_forgetting import JourneyForgetter, NothingRuns, Stops
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.ports import Clock, Large
from regulars.pipeline.sealed_sums import Sealing
from regulars.pipeline.seizing import Seizer
from regulars.pipeline.snapshots import Home, Snapshots
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database, Delete, Item, Write, number, size_of, text
from regulars.stores.departures import AT_ONCE, Departure, DepartureStore, put
from regulars.stores.events import EventStore
from regulars.stores.identities import LINK, Identity, IdentityStore
from regulars.stores.large import SPILLS_FROM, prefix_of
from regulars.stores.profiles import ProfileStore
from regulars.stores.timers import TimerStore
from regulars.stores.vault import VaultStore

MOST = 100  # writes of a transaction
LIFE = 16 * MINUTE  # longer than any process lives, or holds a key
Held = Callable[[Collection[str]], bool]


@dataclass(frozen=True, slots=True)
class _Person:
    home: Home
    identities: Mapping[str, Identity]
    events: Sequence[Event]


class Forgetter:
    """Forgets people by the rules of retention, one at a time."""

    def __init__(
        self,
        database: Database,
        large: Large,
        held: Held,
        clock: Clock,
        pause: Callable[[int], None] = lambda _tries: None,
        machines: Stops | None = None,
    ) -> None:
        self._database = database
        self._large = large
        self._held = held
        self._catalog = LiveCatalog(CatalogStore(database))
        self._departing = Departing(database)
        self._departures = DepartureStore(database)
        self._events = EventStore(database)
        self._identities = IdentityStore(database)
        self._journeys = JourneyForgetter(database, machines or NothingRuns(), map)
        self._others = Seizer(database, clock, pause)
        self._profiles = ProfileStore(database)
        self._sealing = Sealing(database, clock, pause)
        self._snapshots = Snapshots(database, map)
        self._timers = TimerStore(database)
        self._vault = VaultStore(database)
        self._clock = clock
        self._live = Live()
        self._rules = DEFAULT_RETENTION

    def start_batch(self, rules: Retention) -> None:
        """Forget by these rules, and by today's catalog."""
        self._rules = rules
        self._live = self._catalog.now()

    def forget_traceless(self, owner: str, items: Sequence[Item]) -> bool:
        """Forget an identifier that left nothing but events, if some of them say that it may be time."""
        newest = max((number(item, "arrival") for item in items if not _is_own(item)), default=0)
        if not may_be_over(newest, self._rules, self._clock(), known=self._live.rules.is_known([owner])):
            return False
        home = self._snapshots.home(alone(owner))
        return home.version is None and not home.first.parts and self._forget(home)

    def forget(self, owner: str) -> bool:
        """Forget the person of an identifier if it is time; each person is asked for by their first identifier."""
        home = self._snapshots.home(alone(owner))
        return owner == min(home.owners) and self._forget(home)

    def waiting(self) -> Mapping[str, Departure]:
        """List who is being forgotten, by the names of their rows."""
        return {departure.id: departure for departure in self._departures.all()}

    def go_on(self, departure: Departure) -> None:
        """Go on with somebody who is being forgotten. Raises ConflictError, UnavailableError."""
        if not departure.sure:
            self._departures.remove(departure)  # whoever wrote it died before anything happened
            return
        if departure.keys_at:
            self._remove_keys(departure)
            return
        self._remove_events(departure)
        self._journeys.leave(departure.journeys)
        for owner in departure.owners:
            self._mend(owner)
        for profile_id in departure.profiles:
            self._end(profile_id, departure.at)
        for other in departure.others:
            self._others.redact(other, departure.owners)
        for owner in departure.owners:
            if not self._events.newest(owner, limit=1):
                self._vault.mark(owner)
        self._departures.save(replace(departure, keys_at=self._clock()))

    def _forget(self, home: Home) -> bool:
        if home.erased or kind_of(home.asked) == NOBODY or self._held(home.owners) or self._came_lately(home):
            return False
        identities = self._snapshots.read(home).identities
        person = _Person(home, identities, [event for owner in home.owners for event in self._events.of(owner)])
        if not self._is_over(person):
            return False
        departures = list(self._departures_of(person))
        for departure in departures:
            self._departures.save(departure)
        sure = [replace(departure, sure=True, version=1) for departure in departures]
        try:
            self._database.transact([*map(put, sure), *self._writes(person)][:MOST])
        except ConflictError:  # somebody came just now
            for departure in departures:
                self._departures.remove(replace(departure, version=1))
            return False
        for departure in sure:
            self.go_on(replace(departure, version=2))
        return True

    def _came_lately(self, home: Home) -> bool:
        known = self._live.rules.is_known(home.owners)
        newest = (event for owner in home.owners for event in self._events.newest(owner, limit=1))
        theirs = (event for event in newest if not is_own(event))  # behind one of a journey there may be theirs
        return any(not may_be_over(event.arrival, self._rules, self._clock(), known=known) for event in theirs)

    def _is_over(self, person: _Person) -> bool:
        parts = [part for identity in person.identities.values() for part in identity.parts]
        links = [identity.link for identity in person.identities.values() if identity.link]
        if is_restricted(parts):
            return False
        known = self._live.rules.is_known(person.home.owners)
        return is_over(presence(person.events, parts, links), self._rules, self._clock(), known=known)

    def _departures_of(self, person: _Person) -> Iterator[Departure]:
        home = person.home
        profile = self._profiles.get(home.profile_id)
        profiles = {alone(owner) for owner in home.owners} | {home.profile_id, *(profile.absorbed if profile else ())}
        moments = [(event.owner, event.moment) for event in person.events]
        travelled = [row for owner in home.owners for row in self._journeys.rows(owner)]
        for start in range(0, max(1, len(moments)), AT_ONCE):
            yield Departure(
                id=f"{home.owners[0]} {self._clock()} {start}",
                at=self._clock(),
                owners=home.owners,
                profiles=tuple(sorted(profiles)),
                others=tuple(self._others.others(profile)) if profile else (),
                events=tuple(moments[start : start + AT_ONCE]),
                journeys=tuple(travelled) if not start else (),
            )

    def _writes(self, person: _Person) -> Iterator[Write]:
        """Take the profile away, and as much of what is known of its identifiers as fits; the rest has no home then."""
        if person.home.version is not None:
            yield Delete("profiles", (person.home.profile_id, None), was=person.home.version)
        for owner, identity in person.identities.items():
            if identity.link:
                yield Delete("identities", (owner, LINK), was=identity.link.version)
            for part in identity.parts:
                yield Delete("identities", (owner, part.name), was=part.version)

    def _remove_events(self, departure: Departure) -> None:
        going = set(departure.events)
        for owner in departure.owners:
            for item in self._database.query("events", owner):
                if (owner, text(item, "moment")) not in going:
                    continue
                self._database.delete("events", owner, text(item, "moment"))
                if size_of(item) > SPILLS_FROM:
                    for key in self._large.keys(prefix_of("events", item)):
                        self._large.delete(key)

    def _mend(self, owner: str) -> None:
        """Let what came meanwhile be counted from what is left, and links that lead nowhere go."""
        link = self._identities.link(owner)
        if link and not link.erased and self._profiles.root(link.profile_id) is None:
            self._database.delete("identities", owner, LINK, was=link.version)
        self._sealing.refold(owner)

    def _end(self, profile_id: str, at: int) -> None:
        """Tell the world that somebody is in no segment any more, and remove what said it; who is back is looked at."""
        if self._is_back(profile_id):
            self._timers.set(Timer(profile_id, self._clock() + MINUTE))
            return
        if armed := self._departing.end(profile_id, at=at):
            self._timers.clear(Timer(profile_id, armed))
        if (tombstone := self._profiles.get(profile_id)) and self._profiles.root(profile_id) is None:
            self._database.delete("profiles", profile_id, was=tombstone.version)

    def _is_back(self, profile_id: str) -> bool:
        home = self._snapshots.home(profile_id)
        if home.version is not None or home.first.link or home.first.parts:
            return True
        return bool(self._events.newest(founder(profile_id), limit=1))

    def _remove_keys(self, departure: Departure) -> None:
        """Remove the keys that nobody asked for since they were marked; who did has come back."""
        if self._clock() < departure.keys_at + LIFE:
            return
        for owner in departure.owners:
            if self._events.newest(owner, limit=1):
                self._vault.stay(owner)
            else:
                self._vault.remove_marked(owner)
        self._departures.remove(departure)


def _is_own(item: Item) -> bool:
    """Say whether the item of an event is of one that a journey did."""
    return text(item, "moment").split("#", 2)[1] == JOURNEYS
