"""Rebuild everybody: begun once, worked off segment by segment from where it stopped, and watched meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from regulars.domain.rebuilding import Rebuilt
from regulars.domain.timers import MINUTE
from regulars.errors import ConflictError, NotFoundError, RebuildRunningError
from regulars.pipeline.ports import Clock, Many
from regulars.stores.database import Database
from regulars.stores.progress import ProgressStore
from regulars.stores.rebuilds import PROGRESS, RebuildStore, Run

SEGMENTS = 32
STALLED = 5 * MINUTE  # without a page: its workers are gone, or wait so long that others may take over

RunState = Literal["running", "stalled", "done"]


class Workers(Protocol):
    """Works off segments of a rebuild, several at once, each until it is done."""

    def start(self, id: str, segments: Sequence[int], *, name: str) -> None:
        """Start workers under a name that no others had. Raises UnavailableError."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A rebuild as it stands."""

    run: Run
    state: RunState
    segments_done: int
    found: Rebuilt


class Rebuilds:
    """Begins rebuilds, one at a time, and says how far they are."""

    def __init__(self, database: Database, workers: Workers, clock: Clock, many: Many) -> None:
        self._store = RebuildStore(database)
        self._progress = ProgressStore(database, PROGRESS)
        self._workers = workers
        self._clock = clock
        self._many = many

    def begin(self, *, dry_run: bool, by: str) -> Standing:
        """
        Begin a rebuild, or go on with the newest where that one was left.

        Raises RebuildRunningError while one is worked on, UnavailableError.
        """
        try:
            return self._begin(dry_run=dry_run, by=by)
        except ConflictError:
            raise RebuildRunningError("somebody else began a rebuild just now: watch it") from None

    def _begin(self, *, dry_run: bool, by: str) -> Standing:
        now = self._clock()
        for newest in map(self._standing, self._store.newest(limit=1)):
            if newest.state == "running":
                raise RebuildRunningError(f"the rebuild {newest.run.id} is under way: watch it, and begin another then")
            if newest.state == "stalled" and newest.run.dry_run == dry_run:
                return self._wake(newest.run)
        run = Run(id=f"r{now}", dry_run=dry_run, segments=SEGMENTS, by=by, started=now)
        self._store.put(run)
        return self._wake(replace(run, version=1))

    def get(self, id: str) -> Standing:
        """Say how far a rebuild is. Raises NotFoundError."""
        run = self._store.get(id)
        if run is None:
            raise NotFoundError("no rebuild has this id")
        return self._standing(run)

    def newest(self, *, before: str | None, limit: int) -> list[Standing]:
        """Say how far the newest rebuilds are, those older than one."""
        return list(self._many(self._standing, self._store.newest(before=before, limit=limit)))

    def _wake(self, run: Run) -> Standing:
        now = self._clock()
        done = {progress.segment for progress in self._progress.all(run.id) if progress.done}
        left = [segment for segment in range(run.segments) if segment not in done]
        self._workers.start(run.id, left, name=f"{run.id}-{now}")
        self._store.put(replace(run, awake=now))
        return self._standing(replace(run, awake=now))

    def _standing(self, run: Run) -> Standing:
        progress = self._progress.all(run.id)
        done = sum(1 for one in progress if one.done)
        newest = max([run.awake, *(one.written for one in progress)])
        state: RunState = "running" if newest > self._clock() - STALLED else "stalled"
        found = sum((Rebuilt(**one.found) for one in progress), Rebuilt())
        return Standing(run, "done" if done == run.segments else state, done, found)
