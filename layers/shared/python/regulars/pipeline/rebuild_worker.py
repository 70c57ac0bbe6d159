"""One worker of a rebuild of everybody: page after page of one segment, as long as there is time."""

from collections.abc import Callable
from dataclasses import asdict, replace

from regulars.errors import NotFoundError
from regulars.pipeline.ports import Clock, Journal
from regulars.pipeline.rebuild import Rebuilder
from regulars.pipeline.working import PAGE, Pace, count_each
from regulars.stores.database import Database
from regulars.stores.progress import Progress, ProgressStore
from regulars.stores.rebuilds import PROGRESS, RebuildStore, Run


class RebuildWorker:
    """
    Rebuilds the owners of a segment of the events.

    It rests as long as it has worked, so that where live traffic makes the tables slow it asks them the less; `report`
    hears of identifiers that could not be rebuilt, and they are counted and left behind.
    """

    def __init__(
        self,
        database: Database,
        journal: Journal,
        clock: Clock,
        *,
        pause: Callable[[int], None] = lambda _tries: None,
        rest: Callable[[int], None] = lambda _micros: None,
        report: Callable[[str, Exception], None] = lambda _owner, _error: None,
    ) -> None:
        self._database = database
        self._runs = RebuildStore(database)
        self._store = ProgressStore(database, PROGRESS)
        self._pace = Pace(clock=clock, rest=rest)
        self._journal = journal
        self._clock = clock
        self._pause = pause
        self._report = report

    def work(self, id: str, segment: int, *, has_time: Callable[[], bool]) -> bool:
        """
        Go on with a segment while there is time; say whether it is done.

        Raises NotFoundError, UnavailableError.
        """
        run = self._runs.get(id)
        if run is None:
            raise NotFoundError("no rebuild has this id")
        rebuilder = Rebuilder.over(self._database, self._journal, self._clock, self._pause, dry_run=run.dry_run)
        return self._pace.work_off(
            self._store,
            self._store.get(id, segment),
            lambda progress, _again: self._page(run, progress, rebuilder),
            has_time=has_time,
        )

    def _page(self, run: Run, progress: Progress, rebuilder: Rebuilder) -> Progress:
        page = self._database.partitions(
            "events", segment=progress.segment, of=run.segments, after=progress.next, limit=PAGE
        )
        rebuilder.start_batch()
        found = count_each(page.partitions, lambda owner: asdict(rebuilder.owner(owner)), progress.found, self._report)
        return replace(progress, next=page.next, done=page.next is None, found=found, written=self._clock())
