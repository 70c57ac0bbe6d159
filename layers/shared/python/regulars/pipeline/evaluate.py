"""Evaluate segments: read a person, decide the memberships, arm the next instant; certain, because it looks twice."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from operator import itemgetter

from regulars.domain.catalog import Live
from regulars.domain.evaluation import Verdict, evaluate
from regulars.domain.heads import MANY_OWNERS, Head, arm, evaluated, naming, next_turn, unread, without
from regulars.domain.instants import SECOND
from regulars.domain.memberships import (
    Membership,
    as_it_was,
    carry,
    earliest,
    is_newer,
    rehearse,
    remember,
    settle,
    told,
)
from regulars.domain.order_measures import Totals
from regulars.domain.people import Person
from regulars.domain.profiles import alone, founder
from regulars.domain.segments import Segment
from regulars.domain.timers import Timer, is_soon
from regulars.domain.transitions import Reason
from regulars.errors import ConflictError
from regulars.pipeline.backfill import Backfill
from regulars.pipeline.departing import Departing
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.persons import Persons, sum_person
from regulars.pipeline.ports import Clock, EvaluationQueue, Journal, Many
from regulars.pipeline.snapshots import Home, Snapshot, Snapshots
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.events import EventStore
from regulars.stores.memberships import MembershipStore
from regulars.stores.timers import TimerStore

TRIES = 60
MAX_HOPS = 12  # of a chain that does not get on by a second a hop; past this the timer table takes over

Memberships = dict[str, Membership]  # of one profile, by the name of their rows


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
        self._snapshots = Snapshots(database, many or map)
        self._backfill = Backfill(database, clock, many or map)
        self._departing = Departing(database)
        self._events = EventStore(database)
        self._memberships = MembershipStore(database)
        self._persons = Persons(database, many or map)
        self._timers = TimerStore(database)
        self._catalog = LiveCatalog(CatalogStore(database), rates="for segments")
        self._queue = queue
        self._journal = journal
        self._clock = clock
        self._pause = pause
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
            self.evaluate(timer.profile_id, timer=timer)

    def evaluate(
        self,
        profile_id: str,
        *,
        absorbed: Iterable[str] = (),
        changed: frozenset[str] | None = None,
        timer: Timer | None = None,
        at_once: bool = False,
    ) -> None:
        """
        Bring all memberships of a profile up to date; `absorbed` names profiles that have gone into it.

        Where it is known what has `changed`, segments that read none of that are left alone. A profile of many owners
        waits its turn, unless a timer is due or it is asked for `at_once`. Raises ConflictError when others kept
        getting in first.
        """
        gone, is_change = {profile_id, *absorbed}, timer is None and not at_once
        for tries in range(TRIES):
            try:
                home = self._snapshots.home(profile_id)
                gone |= {home.profile_id}
                if self._is_nobody(home):
                    self._departing.end(home.profile_id, at=self._clock())
                    return
                if home.erased or not (at_once or self._is_asked(home)):
                    return
                head, before = self._memberships.of(home.profile_id)
                others = gone - {home.profile_id}
                if is_change and self._waits(home, head, changed) and self._put_off(home, head, others):
                    return
                looks = at_once and head.catalog < self.live.look  # for what came to mean something else
                reason: Reason = "time" if timer else "backfill" if looks else "event"
                if self._settle(home, head, before, others, changed, timer, reason):
                    return
                is_change = not at_once  # what came in between is one
            except ConflictError:
                self._pause(tries)
        raise ConflictError("the profile kept changing")

    def _is_nobody(self, home: Home) -> bool:
        """Say whether nothing is known of somebody, not even an event: they were forgotten meanwhile."""
        is_bare = not home.erased and home.version is None and home.first.link is None and not home.first.parts
        return is_bare and not self._events.newest(home.asked, limit=1)

    def _is_asked(self, home: Home) -> bool:
        return self.live.rules.is_known(home.owners) or any(segment.anonymous for segment in self.live.segments)

    def _waits(self, home: Home, head: Head, changed: frozenset[str] | None) -> bool:
        """Say whether somebody may have to wait: of few owners only for segments that may have to read all events."""
        return len(home.owners) > MANY_OWNERS or self._is_dear(self._asked(head, changed))

    def _is_dear(self, asked: Iterable[str]) -> bool:
        return any(self.live.compiled[rows].is_limited for rows in asked)

    def _put_off(self, home: Home, head: Head, absorbed: Set[str]) -> bool:
        """Let a profile of many owners wait for its next turn, with what has gone into it; say whether it does."""
        now = self._clock()
        turn = next_turn(head, len(home.owners), now)
        if turn is None:
            return False
        due = arm(head, turn, now)
        if due is not None:
            self._wait(home.profile_id, due, 0)
        waiting = replace(head, armed=due or head.armed, absorbed=head.absorbed | absorbed)
        if waiting != head:
            self._memberships.save_head(waiting)
        self._journal.count("evaluations_put_off")
        return True

    def _settle(
        self,
        home: Home,
        head: Head,
        before: Memberships,
        absorbed: Set[str],
        changed: frozenset[str] | None,
        timer: Timer | None,
        reason: Reason,
    ) -> bool:
        """Decide, write and arm; say whether nothing has changed meanwhile."""
        if is_newer(before.values(), self.live):
            self.start_batch()
            raise ConflictError("a new version was switched to: look again with it")
        gone = absorbed | head.absorbed
        joined = {founder(profile_id) for profile_id in gone}
        skipped = unread(head, len(home.owners), self.live.version)
        snapshot = self._snapshots.read(home, skipped=skipped)
        told = without(head, frozenset(snapshot.identities) - snapshot.bare)
        if told != head:
            self._memberships.save_head(told)
            raise ConflictError("who held nothing holds parts: read again")
        if self._backfill.fold(snapshot.identities, self.live.watches, since=head.catalog, joined=joined):
            raise ConflictError("parts were folded anew: read again")
        now = self._clock()
        theirs = self._rows_of(gone)
        asked = self._asked(head, changed if not theirs else None)
        person = sum_person(snapshot.identities, self.live, profile_id=home.profile_id, owners=home.owners)
        self._note(person.totals)
        whole = self._persons.complete(person, home.owners, self.live, now, only=asked)
        verdicts = {rows: evaluate(self.live.compiled[rows], whole, now) for rows in asked}
        self._note_held_back(whole, asked)
        carried = self._carry(home.profile_id, verdicts, before, theirs, now)
        moved = self._decide(home.profile_id, verdicts, before, now, reason) or carried
        after = evaluated(head, len(home.owners), self.live.version, now, is_dear=bool(whole.whole))
        if len(home.owners) <= MANY_OWNERS and not self._is_dear(asked):
            after = replace(after, evaluated=head.evaluated)  # of those that are dear none was asked
        self._arm(head, after, naming(after, len(home.owners), snapshot.bare, skipped), earliest(verdicts), timer)
        return not moved or (self._is_current() and self._is_still(home, snapshot, skipped))

    def _is_current(self) -> bool:
        """Say whether what was decided with is live still; what was not is told once more, and then known."""
        version = self.live.version
        self.start_batch()
        return self.live.version == version

    def _asked(self, head: Head, changed: frozenset[str] | None) -> Collection[str]:
        """Choose the segments to ask: all, unless only what some of them read has changed since all were asked."""
        if changed is None or head.catalog != self.live.version:
            return self.live.compiled.keys()
        return frozenset().union(*(self.live.readers.get(name, ()) for name in changed))

    def _rows_of(self, gone: Iterable[str]) -> list[Membership]:
        return [each for absorbed in sorted(gone) for each in self._memberships.of(absorbed)[1].values()]

    def _note(self, totals: Totals) -> None:
        """Count what could not be added up, if a segment asks for the sum."""
        if not self.live.watches.orders:
            return
        if left_out := sum(totals.unconverted.values()):
            self._journal.count("orders_without_rate", left_out)
        if totals.mixed:
            self._journal.count("mixed_currencies")

    def _note_held_back(self, person: Person, asked: Iterable[str]) -> None:
        """Count whom a segment would take in if they consented to what it needs, each time that they are looked at."""
        for rows in sorted(asked):
            compiled = self.live.compiled[rows]
            if not compiled.segment.coming and compiled.holds_back(person, self._clock()):
                self._journal.count("held_back", gate="segment", segment=compiled.segment.id)

    def _is_still(self, home: Home, snapshot: Snapshot, skipped: frozenset[str]) -> bool:
        if skipped:
            skipped &= self._memberships.head(home.profile_id).skipped
        again = self._snapshots.home(alone(home.asked))
        return self._snapshots.read(again, skipped=skipped).versions == snapshot.versions

    def _decide(
        self,
        profile_id: str,
        verdicts: Mapping[str, Verdict],
        before: Memberships,
        now: int,
        reason: Reason,
    ) -> bool:
        moved = False
        for rows, verdict in sorted(verdicts.items(), key=itemgetter(0)):
            segment = self.live.compiled[rows].segment
            own, older = before.get(rows), self._older(segment, before)
            new = self._new(profile_id, segment, now, reason)
            write = rehearse(own, verdict, new) if segment.coming else settle(own, older, verdict, new)
            if write is None and not older:
                continue
            if write and not segment.coming:
                write = remember(write, told([*older, *([own] if own else [])]))
            self._memberships.save(write, instead=older)
            if write and not write.silent:
                self._journal.count("transitions", segment=segment.id)
            moved = True
        return moved

    def _older(self, segment: Segment, before: Memberships) -> list[Membership]:
        """Find what stands under editions of a live segment that nobody reads any more."""
        if segment.coming:
            return []
        coming = self.live.coming.get(segment.id)
        kept = {segment.edition, coming.edition if coming else segment.edition}
        return [
            row
            for row in before.values()
            if row.segment == segment.id and row.edition not in kept and row.edition <= self.live.version
        ]

    def _new(self, profile_id: str, segment: Segment, now: int, reason: Reason) -> Membership:
        return Membership(
            profile_id=profile_id,
            segment=segment.id,
            edition=segment.edition,
            member=False,
            since=now,
            number=0,
            definition=segment.version,
            reason=reason,
            backfill=reason == "backfill",
        )

    def _carry(
        self,
        profile_id: str,
        verdicts: Mapping[str, Verdict],
        before: Memberships,
        theirs: Collection[Membership],
        now: int,
    ) -> bool:
        moved = False
        by_profile = sorted({(row.profile_id, row.segment) for row in theirs})
        for absorbed, id in by_profile:
            rows = [row for row in theirs if (row.profile_id, row.segment) == (absorbed, id)]
            self._carry_one(profile_id, id, rows, verdicts, before, now)
            moved = True
        return moved

    def _carry_one(
        self,
        profile_id: str,
        id: str,
        theirs: Sequence[Membership],
        verdicts: Mapping[str, Verdict],
        before: Memberships,
        now: int,
    ) -> None:
        """Let what the world was told of an absorbed profile go into the survivor's membership of one segment."""
        segment, absorbed = self.live.shown.get(id), told(theirs)
        if segment is None or absorbed is None:
            self._memberships.save(None, instead=theirs)
            return
        own, older = before.get(segment.rows), self._older(segment, before)
        stood = told([*older, *([own] if own else [])])
        verdict = verdicts.get(segment.rows) or as_it_was(stood, absorbed)
        new = self._new(profile_id, segment, now, "merge")
        left = carry(stood, absorbed, verdict, new)
        if left is None:
            self._memberships.save(None, instead=theirs)
            return
        left = replace(remember(left, stood or absorbed), version=own.version if own else 0)
        self._memberships.save(left, instead=[*theirs, *older])
        for row in older:
            del before[row.rows]
        before[segment.rows] = replace(left, version=left.version + 1)

    def _arm(self, head: Head, after: Head, naming: Head, next_change_at: int | None, timer: Timer | None) -> None:
        due = arm(head, next_change_at, self._clock())
        if due is not None:
            self._wait(head.profile_id, due, timer.hops if timer else 0)
        if due is not None or after != head:  # it is never written only to name who holds nothing
            self._memberships.save_head(replace(naming, armed=due or head.armed))

    def _wait(self, profile_id: str, due: int, hops: int) -> None:
        now = self._clock()
        timer = Timer(profile_id, due, hops + 1 if due < now + SECOND else 0)
        if is_soon(due, now) and timer.hops <= MAX_HOPS:
            self._queue.send([timer], now=now)
        else:
            self._timers.set(timer)
