"""Append to the audit trail: each row in a place that is free, behind the one before; else nobody is answered."""

from collections.abc import Callable

from regulars.domain.audit import Deed, Head, Row, day_in, day_text, follow
from regulars.domain.instants import day_of
from regulars.errors import UnavailableError
from regulars.pipeline.ports import Clock
from regulars.stores.audit import AuditStore
from regulars.stores.database import Database

TRIES = 16


class AuditTrail:
    """
    The chains of one function in one lane, which other processes may write too.

    It holds the head that it has seen last: a row costs one insert, and a read at first, each day, and after a race.
    """

    def __init__(
        self, database: Database, clock: Clock, pause: Callable[[int], None], *, function: str, lane: int
    ) -> None:
        self._store = AuditStore(database)
        self._clock, self._pause = clock, pause
        self._function, self._lane = function, lane
        self._held: Head | None = None

    def write(self, deed: Deed) -> Row:
        """Write a row of a deed. Raises UnavailableError where that cannot be done."""
        for tries in range(TRIES):
            now = self._clock()
            row = follow(deed, self._head(now), at=now, function=self._function, lane=self._lane)
            if self._store.append(row):
                self._held = row.head
                return row
            self._pause(tries)  # before the read: what it tells is used at once
            if self._stands(row):
                return row
        raise UnavailableError("what was asked for could not be written to the audit trail; try again in a moment")

    def _head(self, now: int) -> Head | None:
        if self._held is not None and day_in(self._held.place.chain) == day_text(day_of(now)):
            return self._held
        return self._store.head(now, self._function, self._lane)

    def _stands(self, row: Row) -> bool:
        """Look at what stands in the place of a row: it may be this one, whose answer was lost; hold the newest."""
        standing = self._store.of(row.place.chain, after=row.place.number - 1)
        self._held = standing[-1].head if standing else None
        return bool(standing) and standing[0].hash == row.hash
