"""The steps of a backfill: look at everybody, switch to what was coming in one step, sweep behind, begin the next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from regulars.domain.instants import SECOND
from regulars.domain.memberships import SHARDS
from regulars.domain.releases import Releases, switched
from regulars.domain.segments import rows_of
from regulars.errors import ConflictError, NotFoundError
from regulars.pipeline.ports import Clock
from regulars.pipeline.rebuilds import SEGMENTS
from regulars.stores.backfills import PROGRESS, Backfill, BackfillStore, Edition, put
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.memberships import MembershipStore
from regulars.stores.progress import ProgressStore

TRIES = 10
MOST = 30  # editions in a run: they are switched to in one transaction
PASSES = 5  # over everybody and then over members; the index of these lags by moments
LAG = 2 * SECOND  # to give that index before members are looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a backfill does next: wait so long (seconds), and work off these segments; none when all is done."""

    id: str
    segments: Sequence[int] = ()
    wait: int = 0


class BackfillSteps:
    """Leads backfills from step to step; each step is taken once, whoever takes it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._store = BackfillStore(database)
        self._progress = ProgressStore(database, PROGRESS)
        self._catalog = CatalogStore(database)
        self._memberships = MembershipStore(database)
        self._clock = clock

    def next(
        self, by: str, *, everybody: bool = False, besides: Sequence[Edition] = (), awake: int = 0
    ) -> Backfill | None:
        """Note the next backfill, if there is something to do for one; with `everybody` there is."""
        releases, newest, now = self._catalog.releases(), self._store.newest(), self._clock()
        everybody |= self._catalog.look() > (newest.catalog if newest else 0)
        paused = {segment.id for segment in releases.paused()}
        left = [one for one in self._catalog.left() if one not in besides and one[0] not in paused]
        targets = _coming(releases)
        if not (targets or left or everybody):
            return None
        run = Backfill(
            id=f"b{max(now, int(newest.id[1:]) + 1) if newest else now}",
            by=by,
            started=now,
            targets=tuple(targets),
            awake=awake,
            catalog=releases.watches.version,
        )
        if not (targets or everybody):
            run = replace(run, phase="sweeping", left=tuple(left))
        try:
            self._store.save(run)
        except ConflictError:
            return self._run(run.id)  # somebody else began the same one
        return replace(run, version=1)

    def segments_left(self, run: Backfill) -> list[int]:
        """List the segments of the phase of a backfill that are not done."""
        done = {progress.segment for progress in self._progress.all(run.place) if progress.done}
        return [segment for segment in range(segments_of(run)) if segment not in done]

    def step(self, id: str) -> Step:
        """Lead a backfill on when its segments were worked off, and say what to do next. Raises NotFoundError."""
        for _ in range(TRIES):
            run = self._run(id)
            left = self.segments_left(run)
            if left and run.phase != "done":
                return Step(id=run.id, segments=left)
            try:
                return self._lead_on(run)
            except ConflictError:
                continue  # somebody else led it on, or a definition was written
        raise ConflictError("the catalog kept changing")

    def _lead_on(self, run: Backfill) -> Step:
        if run.phase == "evaluating":
            return self._switch(run)
        if run.phase == "sweeping":
            busy = self._clear(run.left)
            if busy and run.passes < PASSES:
                self._store.save(replace(run, left=tuple(busy), targets=(), passes=run.passes + 1))
                return Step(id=run.id, segments=range(SHARDS), wait=LAG // SECOND)
            self._store.save(replace(run, phase="done", passes=run.passes + 1))
        after = self.next(run.by, besides=run.left, awake=self._clock())
        return Step(id=after.id, segments=self.segments_left(after)) if after else Step(id=run.id)

    def _switch(self, run: Backfill) -> Step:
        before, now = self._catalog.releases(), self._clock()
        after = switched(before, run.targets, at=now)
        left = {*self._catalog.left(), *(before.editions() - after.editions())}
        swept = replace(run, phase="sweeping", left=tuple(sorted(left)), passes=run.passes + 1, switched=now)
        self._catalog.release(before, after, put(swept))
        return Step(id=run.id, segments=range(SHARDS), wait=LAG // SECOND)

    def _clear(self, left: Sequence[Edition]) -> list[Edition]:
        """Forget the editions that have no members any more; name those that a sweep may still do something for."""
        releases = self._catalog.releases()
        paused, busy = {segment.id for segment in releases.paused()}, []
        for edition in left:
            if edition in releases.editions() or not self._memberships.members(rows_of(*edition), after=None, limit=1):
                self._catalog.forget(*edition)
            elif edition[0] not in paused:
                busy.append(edition)
        return busy

    def _run(self, id: str) -> Backfill:
        run = self._store.get(id)
        if run is None:
            raise NotFoundError("no backfill has this id")
        return run


def segments_of(run: Backfill) -> int:
    """Say in how many segments a phase is worked off: those of two tables, or the shards of an index."""
    return 2 * SEGMENTS if run.phase == "evaluating" else SHARDS


def _coming(releases: Releases) -> list[Edition]:
    return sorted((one.id, one.edition) for one in releases.coming.values())[:MOST]
