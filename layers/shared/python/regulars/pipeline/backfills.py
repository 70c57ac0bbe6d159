"""Backfills as they are begun and watched: one at a time, and what comes meanwhile is the next one's."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from regulars.errors import ConflictError, NotFoundError
from regulars.pipeline.backfill_steps import BackfillSteps, segments_of
from regulars.pipeline.ports import Clock
from regulars.pipeline.rebuilds import SEGMENTS, STALLED, Workers
from regulars.stores.backfills import PROGRESS, Backfill, BackfillStore
from regulars.stores.database import Database
from regulars.stores.progress import Progress, ProgressStore

BackfillState = Literal["running", "stalled", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A backfill as it stands: so many people were looked at, of about so many, and about when it switches."""

    run: Backfill
    state: BackfillState
    segments: int
    segments_done: int
    people: int
    failed: int
    expected: int | None
    ends: int | None


class Backfills:
    """Begins backfills, and says how far they are."""

    def __init__(self, database: Database, workers: Workers, clock: Clock) -> None:
        self._store = BackfillStore(database)
        self._progress = ProgressStore(database, PROGRESS)
        self._steps = BackfillSteps(database, clock)
        self._workers = workers
        self._clock = clock

    def begin(self, *, by: str, everybody: bool = False) -> Standing | None:
        """
        Begin a backfill if something waits for one, or go on with one that was left.

        What comes while one is under way is taken in by the next, which begins when that ends. With `everybody` they
        are looked at though nothing is coming. Raises UnavailableError.
        """
        newest = self.newest()
        if newest and newest.state == "running":
            return newest
        if newest and newest.state == "stalled":
            return self._wake(newest.run)
        run = self._steps.next(by, everybody=everybody)
        return self._wake(run) if run else None

    def newest(self) -> Standing | None:
        """Say how far the backfill is that was begun last; None where there never was one."""
        run = self._store.newest()
        return self._standing(run) if run else None

    def get(self, id: str) -> Standing:
        """Say how far a backfill is. Raises NotFoundError."""
        run = self._store.get(id)
        if run is None:
            raise NotFoundError("no backfill has this id")
        return self._standing(run)

    def _wake(self, run: Backfill) -> Standing:
        now = self._clock()
        self._workers.start(run.id, self._steps.segments_left(run), name=f"{run.id}-{now}")
        with suppress(ConflictError):  # it is further already
            self._store.save(replace(run, awake=now))
        return self.get(run.id)

    def _standing(self, run: Backfill) -> Standing:
        progress, of = self._progress.all(run.place), segments_of(run)
        newest = max([run.awake, run.switched, *(one.written for one in progress)])
        state: BackfillState = "running" if newest > self._clock() - STALLED else "stalled"
        people = sum(one.found.get("people", 0) for one in progress)
        expected = _expected(progress) if run.phase == "evaluating" else None
        return Standing(
            run=run,
            state="done" if run.phase == "done" else state,
            segments=of,
            segments_done=sum(1 for one in progress if one.done),
            people=people,
            failed=sum(one.found.get("failed", 0) for one in progress),
            expected=expected,
            ends=self._ends(run, people, expected),
        )

    def _ends(self, run: Backfill, people: int, expected: int | None) -> int | None:
        if not expected or not people:
            return None
        now = self._clock()
        return now + (now - run.started) * max(0, expected - people) // people


def _expected(progress: Sequence[Progress]) -> int | None:
    """Guess how many people there are from the segments that are done: a hash spreads them evenly."""
    tables = [[one for one in progress if one.segment // SEGMENTS == table] for table in (0, 1)]
    if not any(one.done for one in tables[0]):
        return None
    return sum(_guessed(table) for table in tables) or None


def _guessed(progress: Sequence[Progress]) -> int:
    done = [one.found.get("people", 0) for one in progress if one.done]
    return sum(done) * SEGMENTS // len(done) if done else sum(one.found.get("people", 0) for one in progress)
