"""One worker of a backfill: evaluate everybody of a segment of a table, or sweep the members of a shard."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from regulars.domain.memberships import Membership, remember, shards_of
from regulars.domain.profiles import alone
from regulars.domain.segments import rows_of
from regulars.errors import ConflictError, NotFoundError
from regulars.pipeline.backfill_steps import segments_of
from regulars.pipeline.evaluate import Evaluator
from regulars.pipeline.ports import Clock
from regulars.pipeline.rebuilds import SEGMENTS
from regulars.pipeline.snapshots import Snapshots
from regulars.pipeline.working import PAGE, Pace, Report, count_each
from regulars.stores.backfills import PROGRESS, Backfill, BackfillStore, Edition
from regulars.stores.database import Database, TableName, text
from regulars.stores.memberships import MembershipStore
from regulars.stores.progress import Progress, ProgressStore

TRIES = 10


class BackfillWorker:
    """
    Works off segments of a backfill, each with an evaluator of its own.

    It rests as long as it has worked, so that where live traffic makes the tables slow it asks them the less; `report`
    hears of people who could not be evaluated, and they are counted and left behind.
    """

    def __init__(
        self,
        database: Database,
        evaluator: Evaluator,
        clock: Clock,
        *,
        rest: Callable[[int], None] = lambda _micros: None,
        report: Report = lambda _name, _error: None,
    ) -> None:
        self._database = database
        self._evaluator = evaluator
        self._runs = BackfillStore(database)
        self._store = ProgressStore(database, PROGRESS)
        self._memberships = MembershipStore(database)
        self._snapshots = Snapshots(database, map)
        self._pace = Pace(clock=clock, rest=rest)
        self._clock = clock
        self._report = report

    def work(self, id: str, segment: int, *, has_time: Callable[[], bool]) -> bool:
        """
        Go on with a segment of the phase that a backfill is in, while there is time; say whether it is done.

        Raises NotFoundError, UnavailableError.
        """
        run = self._runs.get(id)
        if run is None:
            raise NotFoundError("no backfill has this id")
        if run.phase == "done" or segment >= segments_of(run):
            return True  # somebody led it on meanwhile
        progress = self._store.get(run.place, segment)
        if run.phase == "evaluating":
            return self._pace.work_off(self._store, progress, self._evaluate, has_time=has_time)
        return self._pace.work_off(
            self._store, progress, lambda each, _again: self._sweep(run, each), has_time=has_time
        )

    def _evaluate(self, progress: Progress, again: bool) -> Progress:
        """Look at some owners of a segment of the identities, or, past these, of the events."""
        table: TableName = "identities" if progress.segment < SEGMENTS else "events"
        page = self._database.partitions(
            table, segment=progress.segment % SEGMENTS, of=SEGMENTS, after=progress.next, limit=PAGE
        )
        self._evaluator.start_batch()
        found = count_each(
            page.partitions,
            lambda owner: self._evaluate_one(owner, has_parts=None if again else table == "identities"),
            progress.found,
            self._report,
        )
        return replace(progress, next=page.next, done=page.next is None, found=found, written=self._clock())

    def _evaluate_one(self, owner: str, *, has_parts: bool | None) -> Mapping[str, int]:
        """
        Evaluate the profile of an owner, once for all its owners: with the first of them.

        Who has parts, or is tied to somebody, stands among the identities; those of whom nothing was read yet have
        events and nothing else, until they are evaluated. None: that may have been just now, and cut short.
        """
        home = self._snapshots.home(alone(owner))
        if owner != min(home.owners) or has_parts not in (None, bool(home.first.link or home.first.parts)):
            return {}
        self._evaluator.evaluate(home.profile_id, at_once=True)
        return {"people": 1}

    def _sweep(self, run: Backfill, progress: Progress) -> Progress:
        """Look at some members of an edition, in a shard of its index; then at those of the next one."""
        editions = [*run.left, *run.targets]
        place, _, last = (progress.next or "0/").partition("/")
        index = int(place)
        if index >= len(editions):
            return replace(progress, done=True, written=self._clock())
        edition = editions[index]
        shard = shards_of(rows_of(*edition))[progress.segment]
        items = self._database.query_index("memberships", "by_segment", shard, after=last or None, limit=PAGE)
        names = [text(item, "profile_id") for item in items]
        self._evaluator.start_batch()
        found = count_each(names, lambda name: self._sweep_one(name, edition), progress.found, self._report)
        next = f"{index}/{names[-1]}" if len(names) == PAGE else f"{index + 1}/"
        return replace(progress, next=next, found=found, written=self._clock())

    def _sweep_one(self, profile_id: str, edition: Edition) -> Mapping[str, int]:
        live, (id, number) = self._evaluator.live, edition
        if id in {segment.id for segment in live.told}:
            self._evaluator.evaluate(profile_id, at_once=True)
        elif number not in {segment.edition for segment in (*live.paused, *live.segments) if segment.id == id}:
            self._end(profile_id, edition, is_paused=id in live.shown)
        return {"people": 1}

    def _end(self, profile_id: str, edition: Edition, *, is_paused: bool) -> None:
        """
        End a membership of what is live no more; nobody is told, and the number that stands is kept.

        While the segment is paused only what nobody was told of is taken away.
        """
        for _ in range(TRIES):
            row = self._memberships.get(profile_id, rows_of(*edition))
            if row is None or not row.member or (is_paused and row.number):
                return
            try:
                self._memberships.save(_ended(row, self._clock()), instead=() if row.number else [row])
                return
            except ConflictError:
                continue
        raise ConflictError("the membership kept changing")


def _ended(row: Membership, now: int) -> Membership | None:
    if not row.number:
        return None  # nobody was told of it
    out = replace(row, member=False, since=now, number=row.number + 1, backfill=False, reason="archive")
    return replace(remember(out, row), silent=True)
