"""One worker of a rebuild of everybody: page after page of one segment, as long as there is time."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from regulars.domain.rebuilding import Rebuilt
from regulars.errors import ConflictError, NotFoundError, UnavailableError
from regulars.pipeline.ports import Clock, Journal
from regulars.pipeline.rebuild import Rebuilder
from regulars.stores.database import Database
from regulars.stores.rebuilds import Progress, RebuildStore, Run

PAGE = 50  # events looked at for their owners; after so many it is written down how far this is


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
        self._store = RebuildStore(database)
        self._journal = journal
        self._clock = clock
        self._pause = pause
        self._rest = rest
        self._report = report

    def work(self, id: str, segment: int, *, has_time: Callable[[], bool]) -> bool:
        """
        Go on with a segment while there is time; say whether it is done.

        Raises NotFoundError, UnavailableError.
        """
        run = self._store.get(id)
        if run is None:
            raise NotFoundError("no rebuild has this id")
        rebuilder = Rebuilder.over(self._database, self._journal, self._clock, self._pause, dry_run=run.dry_run)
        progress = self._store.progress(id, segment)
        while not progress.done:
            if not has_time():
                return False
            began = self._clock()
            with suppress(ConflictError):  # another worker is at it too: go on from where that one is
                self._store.save(self._page(run, progress, rebuilder))
            progress = self._store.progress(id, segment)
            self._rest(self._clock() - began)
        return True

    def _page(self, run: Run, progress: Progress, rebuilder: Rebuilder) -> Progress:
        page = self._database.partitions(
            "events", segment=progress.segment, of=run.segments, after=progress.next, limit=PAGE
        )
        rebuilder.start_batch()
        found = sum((self._one(rebuilder, owner) for owner in page.partitions), progress.found)
        return replace(progress, next=page.next, done=page.next is None, found=found, written=self._clock())

    def _one(self, rebuilder: Rebuilder, owner: str) -> Rebuilt:
        try:
            return rebuilder.owner(owner)
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever it was, it must not stop the rebuild of all others)
            self._report(owner, error)
            return Rebuilt(failed=1)
