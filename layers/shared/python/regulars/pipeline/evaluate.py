"""Evaluate segments: read a person, decide the memberships, arm the next instant; certain, because it looks twice."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from regulars.domain.catalog import Live
from regulars.domain.evaluation import Verdict, evaluate
from regulars.domain.instants import SECOND
from regulars.domain.memberships import Head, Membership, arm, carry, decide, earliest
from regulars.domain.parts import Part
from regulars.domain.people import Person, sum_parts
from regulars.domain.profiles import Profile, founder
from regulars.domain.state import watch_of
from regulars.domain.timers import Timer, is_soon
from regulars.errors import ConflictError
from regulars.pipeline.history import History
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.people import Many
from regulars.pipeline.ports import Clock, EvaluationQueue, Journal
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.events import EventStore
from regulars.stores.identities import Identity, IdentityStore
from regulars.stores.memberships import MembershipStore
from regulars.stores.profiles import ProfileStore
from regulars.stores.timers import TimerStore

TRIES = 60
MAX_HOPS = 12  # of a chain that does not get on by a second a hop; past this the timer table takes over


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A profile as it was read: its owners' identities, and the version of everything that was read."""

    profile_id: str
    identities: Mapping[str, Identity]
    versions: Mapping[tuple[str, str], int]


class Evaluator:
    """Keeps memberships true to the state, whatever else is written meanwhile."""

    def __init__(
        self,
        database: Database,
        queue: EvaluationQueue,
        journal: Journal,
        clock: Clock,
        pause: Callable[[int], None] = lambda _tries: None,
        many: Many | None = None,
    ) -> None:
        self._events = EventStore(database)
        self._identities = IdentityStore(database)
        self._profiles = ProfileStore(database)
        self._memberships = MembershipStore(database)
        self._timers = TimerStore(database)
        self._catalog = LiveCatalog(CatalogStore(database))
        self._queue = queue
        self._journal = journal
        self._clock = clock
        self._pause = pause
        self._many: Many = many or map
        self.live = Live()

    def start_batch(self) -> None:
        """Ask once whether the catalog has changed."""
        self.live = self._catalog.now()

    def wake(self, timer: Timer) -> None:
        """
        Evaluate at the instant of a timer; one that comes early waits again, because its message is used up.

        Raises ConflictError when others kept getting in first.
        """
        if timer.due > self._clock():
            self._wait(timer.profile_id, timer.due, timer.hops)
        else:
            self.evaluate(timer.profile_id, hops=timer.hops)

    def evaluate(self, profile_id: str, *, absorbed: Iterable[str] = (), hops: int = 0) -> None:
        """
        Bring all memberships of a profile up to date; `absorbed` names profiles that have gone into it.

        Raises ConflictError when others kept getting in first.
        """
        gone = {profile_id, *absorbed}
        for tries in range(TRIES):
            try:
                snapshot = self._read(profile_id)
                gone |= {snapshot.profile_id}
                if self._settle(snapshot, gone - {snapshot.profile_id}, hops):
                    return
            except ConflictError:
                self._pause(tries)
        raise ConflictError("the profile kept changing")

    def _settle(self, snapshot: Snapshot, absorbed: set[str], hops: int) -> bool:
        known = self.live.rules.is_known(snapshot.identities)
        if not known and not any(segment.anonymous for segment in self.live.segments):
            return True
        head, before = self._memberships.of(snapshot.profile_id)
        joined = {founder(gone) for gone in absorbed}
        if self._refold(snapshot, head.catalog, joined):
            return False
        parts = [part for identity in snapshot.identities.values() for part in identity.parts]
        person = sum_parts(parts, self.live.watches, known=known)
        verdicts, moved = self._decide(snapshot.profile_id, person, before, absorbed)
        self._arm(head, earliest(verdicts), hops)
        return not moved or self._read(snapshot.profile_id).versions == snapshot.versions

    def _decide(
        self, profile_id: str, person: Person, before: dict[str, Membership], absorbed: set[str]
    ) -> tuple[dict[str, Verdict], bool]:
        now = self._clock()
        verdicts = {segment.id: evaluate(segment, person, now) for segment in self.live.segments}
        moved = self._carry(profile_id, verdicts, before, absorbed, now)
        for segment in self.live.segments:
            new = Membership(
                profile_id=profile_id,
                segment=segment.id,
                member=False,
                since=now,
                number=0,
                definition=segment.version,
            )
            if write := decide(before.get(segment.id), verdicts[segment.id], new):
                self._memberships.save(write)
                self._journal.count("transitions", segment=segment.id)
                moved = True
        return verdicts, moved

    def _carry(
        self,
        profile_id: str,
        verdicts: Mapping[str, Verdict],
        before: dict[str, Membership],
        absorbed: set[str],
        now: int,
    ) -> bool:
        moved = False
        for gone in sorted(absorbed):
            _, memberships = self._memberships.of(gone)
            for segment, membership in memberships.items():
                new = replace(membership, profile_id=profile_id, since=now, version=0, silent=False)
                verdict = verdicts.get(segment)
                left = carry(before.get(segment), membership, verdict, new) if verdict else None
                self._memberships.carry(membership, left)
                if left:
                    before[segment] = replace(left, version=left.version + 1)
                moved = True
        return moved

    def _arm(self, head: Head, next_change_at: int | None, hops: int) -> None:
        due = arm(head, next_change_at, self._clock())
        if due is not None:
            self._wait(head.profile_id, due, hops)
        if due is not None or head.catalog != self.live.version:
            armed = due if due is not None else head.armed
            self._memberships.save_head(replace(head, armed=armed, catalog=self.live.version))

    def _wait(self, profile_id: str, due: int, hops: int) -> None:
        now = self._clock()
        timer = Timer(profile_id, due, hops + 1 if due < now + SECOND else 0)
        if is_soon(due, now) and timer.hops <= MAX_HOPS:
            self._queue.send([timer], now=now)
        else:
            self._timers.set(timer)

    def _refold(self, snapshot: Snapshot, since: int, joined: set[str]) -> bool:
        """
        Fold what was not kept before a definition went live; say whether anything was written.

        `since` is the catalog that the profile's owners were folded for; of those who joined it later nothing is known.
        """
        jobs = [(one, 0 if one in joined else since) for one in snapshot.identities]
        wrote = list(self._many(lambda job: self._refold_one(snapshot.identities[job[0]], *job), jobs))
        return any(wrote)

    def _refold_one(self, identity: Identity, owner: str, since: int) -> bool:
        watches = self.live.watches
        new = [f"event#{name}" for name, watch in watches.by_event.items() if watch.since > since]
        parts = {part.name: part for part in identity.parts}
        stale = [name for name in new if name not in parts or parts[name].watch != watch_of(name, watches).print]
        history = History(self._events, owner, self._clock)
        wrote = False
        for name in stale:
            part = history.fold(parts.get(name, Part(owner=owner, name=name)), watches)
            if part.version or part.state.count:
                self._identities.save(part)
                wrote = True
        return wrote

    def _read(self, profile_id: str) -> Snapshot:
        owner = founder(profile_id)
        first = self._identities.read(owner)
        profile = self._home(profile_id, first)
        owners = profile.owners if profile else (owner,)
        others = [one for one in owners if one != owner]
        identities = dict(zip(others, self._many(self._identities.read, others), strict=True)) | {owner: first}
        versions = {(one, part.name): part.version for one, identity in identities.items() for part in identity.parts}
        versions |= {(one, "id"): identity.link.version for one, identity in identities.items() if identity.link}
        if profile:
            versions["profile", profile.profile_id] = profile.version
        return Snapshot(profile.profile_id if profile else profile_id, identities, versions)

    def _home(self, profile_id: str, first: Identity) -> Profile | None:
        """Find the live profile by the link of its founder; who has parts and no link is alone, and has none."""
        if first.link:
            return self._profiles.root(first.link.profile_id)
        return None if first.parts else self._profiles.root(profile_id)
