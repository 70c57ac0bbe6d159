"""Resolve identity: link the identifiers that an event names, and fold it into its owner's parts."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from regulars.domain.catalog import Live
from regulars.domain.events import Event
from regulars.domain.evidence import Evidence, to_read, weigh
from regulars.domain.identifiers import NOBODY, kind_of
from regulars.domain.linking import Attach, Merge, decide
from regulars.domain.parts import Part, count
from regulars.domain.profiles import Link, Profile, alone, merge, union
from regulars.domain.retention import is_kept
from regulars.domain.state import SEEN, is_always_kept, parts_of
from regulars.errors import ConflictError, StaleCatalogError
from regulars.pipeline.history import History
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.ports import Clock, Journal, Wanted
from regulars.pipeline.refused_claims import RefusalLog
from regulars.pipeline.storms import StormGuard
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database, Put
from regulars.stores.events import EventStore
from regulars.stores.identities import Identity, IdentityStore, attach
from regulars.stores.profiles import ProfileStore, save

TRIES = 60


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one owner by the part that they change, all stored by one instant; and the owner's history."""

    events: Mapping[str, Sequence[Event]]
    stored: int
    history: History


class Resolver:
    """
    Applies stored events, owner by owner; a second time changes nothing.

    One that resolves `again` what others have resolved before tells of no refusal, holds nobody, and moves nobody on a
    journey; the others tell `wanted` of each event that a journey listens to, once it is counted.
    """

    def __init__(
        self,
        database: Database,
        journal: Journal,
        clock: Clock,
        pause: Callable[[int], None] = lambda _tries: None,
        *,
        again: bool = False,
        wanted: Wanted | None = None,
    ) -> None:
        self._database = database
        self._wanted = wanted
        self._events = EventStore(database)
        self._identities = IdentityStore(database)
        self._profiles = ProfileStore(database)
        self._catalog = LiveCatalog(CatalogStore(database))
        self._guard = StormGuard(database, journal, clock) if not again else None
        self._refusals = RefusalLog(database, journal, clock) if not again else None
        self._journal = journal
        self._clock = clock
        self._pause = pause
        self.live = Live()

    def start_batch(self) -> None:
        """Ask once whether the catalog has changed."""
        self.live = self._catalog.now()

    def apply(self, owner: str, events: Sequence[Event], *, stored: int) -> None:
        """
        Link and fold the events of one owner, all of which had been stored by the instant `stored` (microseconds).

        Raises ConflictError when others kept getting in first, UnavailableError when journeys could not be told: the
        stream brings the events again.
        """
        identity = self._identities.read(owner)
        if identity.link and identity.link.erased:
            self._journal.count("late_events_suppressed", len(events))
            return
        if past := [event for event in events if not is_kept(event, self._clock())]:
            self._journal.count("late_events_past_their_period", len(past))  # the sweep has counted them, or will
            events = [event for event in events if event not in past]
        steps = self.link(events, identity.link)
        by_part: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            for name in parts_of(event, self.live.watches):
                by_part[name].append(event)
        batch = Batch(by_part, stored, History(self._events, owner, self._clock))
        for name in by_part:
            self._fold(identity, owner, name, batch)
        if events and not by_part and not steps:
            self.greet(owner, identity)
        if self._wanted and (heard := [event for event in events if event.name in self.live.wanted]):
            self._wanted.send([{"owner": owner, "moment": event.moment} for event in heard])

    def greet(self, owner: str, identity: Identity) -> None:
        """Let an identifier that leaves no trace leave one, if a segment takes in whoever does nothing."""
        is_new = not identity.parts and identity.link is None and kind_of(owner) != NOBODY
        if is_new and self.live.welcomes(owner):
            with suppress(ConflictError):  # then somebody else did, or there is more to see by now
                self._identities.save(Part(owner=owner, name=SEEN, catalog=self.live.version))

    def link(self, events: Sequence[Event], first: Link | None) -> int:
        """
        Link the identifiers that events of one owner name, `first` being its own link; say how many steps it took.

        Raises ConflictError.
        """
        claims: dict[tuple[Sequence[str], bool, int], Event] = {}
        rolls = any(rule.within for rule in self.live.rules.rules)  # then the instant of a claim matters, too
        for event in events:
            if len(event.links) > 1 or self._confirmed(event, [first]):
                claims.setdefault((event.links, event.proven, event.at if rolls else 0), event)
        return sum(self._link(event, first) for event in claims.values())

    def _fold(self, identity: Identity, owner: str, name: str, batch: Batch) -> None:
        found = next((part for part in identity.parts if part.name == name), None)
        part = found or Part(owner=owner, name=name)
        for tries in range(TRIES):
            try:
                return self._save(part, batch)
            except ConflictError:
                self._pause(tries)
            except StaleCatalogError:
                self.start_batch()
            batch.history.forget()
            part = self._identities.part(owner, name) or Part(owner=owner, name=name)
        raise ConflictError(f"part {name} kept changing")

    def _save(self, part: Part, batch: Batch) -> None:
        watches = self.live.watches
        if part.catalog > watches.version:
            raise StaleCatalogError
        counted = None
        if part.version or is_always_kept(part.name):
            counted = count(part, batch.events[part.name], watches, stored=batch.stored)
        if counted is None:
            self._journal.count("refolds" if part.version else "folds")
            counted = batch.history.fold(part, watches)
        if counted != replace(part, catalog=counted.catalog):
            self._identities.save(counted)

    def _link(self, event: Event, first: Link | None) -> int:
        others = [self._identities.link(owner, consistent=False) for owner in event.links[1:]]
        homes = {link.profile_id for link in (first, *others) if link}
        if len(homes) == 1 and first and all(others) and not self._confirmed(event, [first, *others]):
            return 0  # all of them together already: what every event of a known person finds
        steps = 0
        for tries in range(TRIES):
            try:
                if not self._link_once(event):
                    return steps
                steps += 1
            except ConflictError:
                self._pause(tries)
        raise ConflictError("identifiers kept changing hands")

    def _link_once(self, event: Event) -> bool:
        links = {owner: link for owner in event.links if (link := self._identities.link(owner))}
        roots = self._profiles.roots(link.profile_id for link in links.values())
        if gone := _erased(links, roots):
            if event.owner in gone:
                return False  # nothing is tied by what somebody did who was erased
            event = replace(event, links=tuple(owner for owner in event.links if owner not in gone))
            links = {owner: link for owner, link in links.items() if owner not in gone}
            roots = {name: roots[name] for name in {link.profile_id for link in links.values()} if name in roots}
        return self._tie(event, links, roots)

    def _tie(self, event: Event, links: Mapping[str, Link], roots: Mapping[str, Profile]) -> bool:
        homes = {owner: roots[link.profile_id].profile_id for owner, link in links.items() if link.profile_id in roots}
        profiles = {profile.profile_id: profile for profile in roots.values()}
        if any(owner not in profiles[home].owners for owner, home in homes.items()):
            raise ConflictError("somebody left a profile between the two reads: read again")
        decision = decide(event.links, homes, profiles, self.live.rules, self._evidence(event, links, homes, profiles))
        if decision.step and self._is_storm(decision.step, profiles, event):
            return True  # it is held by now: decide again without it
        match decision.step:
            case Attach(profile_id, newcomers, to):
                self._attach(profiles.get(profile_id or ""), newcomers, to, event)
            case Merge(survivor, loser, ends):
                self._merge(profiles[survivor], profiles[loser], ends, event)
            case None:
                if self._refusals:
                    self._refusals.note(event, decision.refused)  # in the last round only: earlier ones drop the same
                refused = {each.owner for each in decision.refused}
                known = [link for owner, link in links.items() if owner not in refused]
                self._refresh(links.values(), homes, self._confirmed(event, known))
                return False
        return True

    def _is_storm(self, step: Attach | Merge, profiles: Mapping[str, Profile], event: Event) -> bool:
        names = (step.profile_id,) if isinstance(step, Attach) else (step.survivor, step.loser)
        involved = [profiles[name] for name in names if name]
        return self._guard is not None and self._guard.holds(step, involved, event, self.live.rules.max_ties_an_hour)

    def _evidence(
        self, event: Event, links: Mapping[str, Link], homes: Mapping[str, str], profiles: Mapping[str, Profile]
    ) -> Evidence:
        rules = self.live.rules
        wanted = to_read(event.links, homes, profiles, rules, proven=event.proven) - links.keys()
        more = [link for owner in sorted(wanted) if (link := self._identities.link(owner))]
        return weigh([*links.values(), *more], profiles, rules, at=event.at, proven=event.proven)

    def _confirmed(self, event: Event, links: Iterable[Link | None]) -> frozenset[str]:
        """List what an event proves that was attached without proof."""
        known = self.live.rules.is_known
        return frozenset(
            link.owner for link in links if event.proven and link and not link.proven and known([link.owner])
        )

    def _attach(self, profile: Profile | None, newcomers: Sequence[str], to: str, event: Event) -> None:
        named = f"{event.owner} {event.moment}"
        profile = profile or Profile(profile_id=alone(newcomers[0]), since=event.arrival)
        owners, now = union([profile.owners, newcomers]), self._clock()
        grown = replace(profile, owners=owners, event=named, rule="attach", changed=now)
        link = Link(
            owner=to, profile_id=profile.profile_id, event=named, since=event.at, attached=now, proven=event.proven
        )
        links = [replace(link, owner=owner, to="" if owner == to else to) for owner in newcomers]
        self._database.transact([save(grown), *(attach(link) for link in links)])

    def _merge(self, survivor: Profile, loser: Profile, ends: tuple[str, str], event: Event) -> None:
        named, now = f"{event.owner} {event.moment}", self._clock()
        self._database.transact([save(each) for each in merge(survivor, loser, ends, event=named, now=now)])
        self._journal.count("merges")

    def _refresh(self, links: Iterable[Link], homes: Mapping[str, str], confirmed: Container[str]) -> None:
        """Let links point at the live profile itself, and say what is proven by now."""
        for link in links:
            proven = link.proven or link.owner in confirmed
            now = replace(link, profile_id=homes.get(link.owner, link.profile_id), proven=proven)
            if now == link:
                continue
            fresh: Put = attach(now)
            try:
                self._database.put(fresh.table, fresh.item, was=fresh.was)
            except ConflictError:
                return  # somebody else did, or unmerged it: the next look-up will see


def _erased(links: Mapping[str, Link], roots: Mapping[str, Profile]) -> frozenset[str]:
    """List who of these was erased, or is being: nobody is tied to them, by whatever comes late."""
    going = {name for name, profile in roots.items() if profile.erased}
    return frozenset(owner for owner, link in links.items() if link.erased or link.profile_id in going)
