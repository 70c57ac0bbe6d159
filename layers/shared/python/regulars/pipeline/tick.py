"""Tick: hand the timers that are due within minutes to the queue."""

from regulars.domain.timers import OVERLAP, SOON, slots_between
from regulars.errors import ConflictError
from regulars.pipeline.ports import Clock, EvaluationQueue, Journal
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.timers import TimerStore

CURSOR = "tick"


class Ticker:
    """Works the timer table off from a stored cursor: after an outage it catches up from where it stopped."""

    def __init__(self, database: Database, queue: EvaluationQueue, journal: Journal, clock: Clock) -> None:
        self._catalog = CatalogStore(database)
        self._timers = TimerStore(database)
        self._queue = queue
        self._journal = journal
        self._clock = clock

    def tick(self) -> int:
        """Hand on all timers due up to three minutes from now; say how many."""
        now = self._clock()
        at, version = self._catalog.cursor(CURSOR)
        start = (at or now) - OVERLAP
        handed = 0
        for slot in slots_between(start, now + SOON):
            timers = self._timers.waiting(slot)
            if timers:
                self._queue.send(timers, now=now)
            for timer in timers:
                self._timers.clear(timer)
            handed += len(timers)
        try:
            self._catalog.move_cursor(CURSOR, now, was=version)
        except ConflictError:
            self._journal.count("ticks_overlapped")  # the other run did the same work; both were harmless
        self._journal.count("timers_due", handed)
        return handed
