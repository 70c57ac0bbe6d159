"""Tick: hand the timers that are due within minutes to the queue."""

from collections.abc import Sequence

from regulars.domain.timers import MINUTE, OVERLAP, SOON, slots_between
from regulars.errors import ConflictError
from regulars.pipeline.ports import Clock, EvaluationQueue, Journal
from regulars.stores.database import Database
from regulars.stores.definitions import DefinitionStore
from regulars.stores.timers import TimerStore

CURSOR = "tick"
FIRST = 360 * MINUTE  # how far the first run looks back: those before it may have failed, and left no cursor
BITE = 15 * MINUTE  # is worked off before the cursor moves on: a run that is cut short has not been in vain


class Ticker:
    """Works the timer table off from a stored cursor: after an outage it catches up from where it stopped."""

    def __init__(self, database: Database, queue: EvaluationQueue, journal: Journal, clock: Clock) -> None:
        self._catalog = DefinitionStore(database)
        self._timers = TimerStore(database)
        self._queue = queue
        self._journal = journal
        self._clock = clock

    def tick(self) -> int:
        """Hand on all timers due up to three minutes from now; say how many."""
        now = self._clock()
        at, version = self._catalog.cursor(CURSOR)
        start, handed = at - OVERLAP if at else now - FIRST, 0
        while True:
            end = min(start + BITE, now + SOON)
            handed += self._hand_on(slots_between(start, end), now)
            try:
                self._catalog.move_cursor(CURSOR, min(end, now), was=version)
            except ConflictError:
                self._journal.count("ticks_overlapped")  # the other run does the same work; both are harmless
                break
            if end == now + SOON:
                break
            start, version = end, version + 1
        self._journal.count("timers_due", handed)
        return handed

    def _hand_on(self, slots: Sequence[str], now: int) -> int:
        handed = 0
        for slot in slots:
            timers = self._timers.waiting(slot)
            if timers:
                self._queue.send(timers, now=now)
            for timer in timers:
                self._timers.clear(timer)
            handed += len(timers)
        return handed
