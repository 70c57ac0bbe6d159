"""
Keep what belongs to people who are held from being deleted by time, and let it go once they are held no longer.

Those are their events, and what is kept of them on journeys. A pass goes over all who are held, and all whose rows were
moved before. Whoever dies of it, the next one goes on.
"""

from collections.abc import Callable
from dataclasses import replace

from regulars.domain.instants import HOUR
from regulars.domain.preserving import Row, freed, preserved
from regulars.errors import ConflictError
from regulars.pipeline.holding import Holding
from regulars.pipeline.ports import Clock, Journal
from regulars.stores.database import KEYS, Database, Item, TableName, text
from regulars.stores.legal_holds import LegalHoldStore
from regulars.stores.progress import ProgressStore

EACH_DAY = "each_day"  # the pass that is not about one hold that was just placed or released
_EVERY = 20 * HOUR
_PAGE = 500  # rows at a time
_TABLES: tuple[TableName, ...] = ("events", "journeys")
_WRITE_DOWN = 50  # owners
Change = Callable[[Row, int], Row | None]


class Preserver:
    """Moves when rows are deleted; a second time changes nothing."""

    def __init__(self, database: Database, journal: Journal, clock: Clock) -> None:
        self._database = database
        self._holds = LegalHoldStore(database)
        self._progress = ProgressStore(database, "legal_hold_pass")
        self._journal = journal
        self._clock = clock

    def work(self, id: str, *, has_time: Callable[[], bool]) -> bool:
        """
        Go on with a pass, of a day or for a hold, while there is time; say whether it is through.

        Raises ConflictError when another worker is at it too.
        """
        now, progress = self._clock(), self._progress.get(id, 0)
        if progress.done and id == EACH_DAY and now < progress.written + _EVERY:
            return True
        after = "" if progress.done else progress.next or ""
        holding = Holding(self._database, now)
        owners = [owner for owner in sorted({*holding.owners(), *self._holds.reached()}) if owner > after]
        for nth, owner in enumerate(owners):
            if nth and nth % _WRITE_DOWN == 0 and not has_time():
                self._progress.save(replace(progress, next=owners[nth - 1], done=False, written=now))
                return False
            self._look(owner, holding)
        self._progress.save(replace(progress, next=None, done=True, written=now))
        return True

    def _look(self, owner: str, holding: Holding) -> None:
        if holding.is_held(owner):
            self._holds.reach(owner)
            self._journal.count("events_preserved", self._move(owner, preserved))
        else:
            self._journal.count("events_let_go", self._move(owner, freed))
            self._holds.leave(owner)

    def _move(self, owner: str, change: Change) -> int:
        return sum(self._move_in(table, owner, change) for table in _TABLES)

    def _move_in(self, table: TableName, owner: str, change: Change) -> int:
        sort, after, moved = KEYS[table][1] or "", None, 0
        put = self._put if table == "events" else self._swap
        while items := self._database.query(table, owner, after=after, limit=_PAGE):
            after = text(items[-1], sort)
            moved += sum(put(item, change) for item in items)
        return moved

    def _swap(self, item: Item, change: Change) -> int:
        """Write a row of journeys as it was read; one that somebody writes just now waits for the next pass."""
        if (changed := change(item, self._clock())) is None:
            return 0
        try:
            self._database.swap("journeys", item, changed)
        except ConflictError:
            return 0
        return 1

    def _put(self, listed: Item, change: Change) -> int:
        """Write an event as it stands now: an erasure may have taken names out of it since it was listed."""
        now = self._clock()
        if change(listed, now) is None:
            return 0
        item = self._database.get("events", text(listed, "owner"), text(listed, "moment"))
        changed = change(item, now) if item else None
        if changed is None:
            return 0
        self._database.put("events", changed)
        return 1
