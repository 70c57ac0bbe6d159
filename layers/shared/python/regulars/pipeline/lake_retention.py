"""
Take out of the lake what is past its period, once a week, file by file; and stamp the rest by the rules of the day.

While it rewrites files no erasure does, and while an erasure runs it does not: of two who rewrite the same file at the
same time, one would bring back what the other took out.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from regulars.domain.instants import DAY, HOUR
from regulars.domain.lake import TABLES, LakeTable
from regulars.domain.lake_files import rewritten_key
from regulars.domain.retention import Retention
from regulars.domain.timers import MINUTE
from regulars.pipeline.holding import Holding
from regulars.pipeline.lake import Lake, Retiring
from regulars.pipeline.ports import Clock, Journal
from regulars.pipeline.stamping import Stamps
from regulars.stores.database import Database
from regulars.stores.lake_passes import LakePass, LakePassStore
from regulars.stores.privacy_requests import RequestStore

EVERY = 7 * DAY - 6 * HOUR
LIFE = 16 * MINUTE  # longer than any process lives
_EVER = "0000-00-00"


class LakeRetainer:
    """Rewrites file by file; whoever dies of it, the next one goes on."""

    def __init__(self, database: Database, lake: Lake, format: Retiring, journal: Journal, clock: Clock) -> None:
        self._database = database
        self._store = LakePassStore(database)
        self._requests = RequestStore(database)
        self._stamps = Stamps(database, clock)
        self._lake = lake
        self._format = format
        self._journal = journal
        self._clock = clock

    def work(self, *, has_time: Callable[[], bool]) -> bool:
        """
        Go on with a pass that is due, while there is time; say whether none is left to be done now.

        Raises UnavailableError, and ConflictError when another worker began at the same time.
        """
        now, standing = self._clock(), self._store.get()
        if now < standing.busy or (standing.after is None and now < standing.ended + EVERY):
            return True
        standing = self._store.save(replace(standing, busy=now + LIFE, after=standing.after or ""))
        # Written first, read then: of this and an erasure that begins, at least one sees the other.
        after = standing.after if self._requests.is_any_running() else self._files(standing, has_time)
        ended = now if after is None else standing.ended
        self._store.save(replace(standing, busy=0, after=after, ended=ended))
        return after is None

    def _files(self, standing: LakePass, has_time: Callable[[], bool]) -> str | None:
        """Rewrite the files after one; say after which to go on, None where all are done."""
        rules = self._stamps.rules()
        for table, key in self._listed():
            if standing.after and key <= standing.after:
                continue
            self._rewrite(table, key, rules)
            if not has_time():
                return key
        return None

    def _listed(self) -> Iterator[tuple[LakeTable, str]]:
        for table in sorted(TABLES.values(), key=lambda one: one.name):
            if table.ends:
                yield from [(table, file.key) for file in self._lake.files(table, since=_EVER)]

    def _rewrite(self, table: LakeTable, key: str, rules: Retention) -> None:
        now, content = self._clock(), self._lake.get(key)
        held = sorted(Holding(self._database, now).owners())
        retired = self._format.retire(table, content, rules, held, now) if content is not None else None
        if retired is None:
            return
        new = rewritten_key(key, retired.content) if retired.content is not None else None
        if new and retired.content is not None:
            self._lake.put(new, retired.content)
        if new != key:
            self._lake.remove([key])
        self._journal.count("lake_rows_retired", retired.gone, table=table.name)
        self._journal.count("lake_rows_restamped", retired.restamped, table=table.name)
        self._journal.count("lake_rows_without_fields", retired.fields, table=table.name)
