"""
Refill the table of events from the lake, where it was lost beyond its backups; done again, it stores nothing twice.

The stream of the table then does all that follows, as for any event. Who was erased is left out: the lake has let go of
their rows, and what came late is known by the ledger.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Protocol

from regulars.domain.events import Event
from regulars.domain.lake import EVENTS, LakeTable, Row
from regulars.domain.lake_rows import event_of
from regulars.pipeline.lake import Lake
from regulars.stores.database import Database, number, text
from regulars.stores.events import EventStore

PAGE = 500


class Reading(Protocol):
    """Reads the files of the lake."""

    def rows(self, table: LakeTable, content: bytes) -> Iterable[Row]:
        """Give the rows of a file, as they were written. Raises ValueError for a file of newer code."""


class Refiller:
    """Stores what the lake has and the table lacks; `told` hears of rows that went by."""

    def __init__(
        self, database: Database, lake: Lake, format: Reading, told: Callable[[int], None] = lambda _rows: None
    ) -> None:
        self._database = database
        self._events = EventStore(database)
        self._lake = lake
        self._format = format
        self._told = told

    def refill(self, *, since: str = "") -> Mapping[str, int]:
        """Go through the files from a day on; say how many events were new, known, or of the erased."""
        found: Counter[str] = Counter(new=0, known=0, erased=0)
        for file in self._lake.files(EVENTS, since=since):
            content = self._lake.get(file.key)
            read = self._format.rows(EVENTS, content) if content is not None else []
            rows = sorted(
                read, key=itemgetter("arrival", "moment")
            )  # who came first is tied first, where limits decide
            for start in range(0, len(rows), PAGE):
                found += self._store([event_of(row) for row in rows[start:][:PAGE]])
                self._told(len(rows[start:][:PAGE]))
        return {name: found[name] for name in ("new", "known", "erased")}

    def _store(self, events: Sequence[Event]) -> Counter[str]:
        gone = self._erased({name for event in events for name in (event.owner, *event.links)})
        kept = {(event.owner, event.moment): event for event in events if event.owner not in gone}
        new = self._events.insert([_without(event, gone) for event in kept.values()])
        stored = sum(new)
        return Counter(new=stored, known=len(kept) - stored, erased=sum(event.owner in gone for event in events))

    def _erased(self, owners: Iterable[str]) -> frozenset[str]:
        rows = self._database.get_many("vault", [(owner, None) for owner in sorted(owners)])
        return frozenset(text(row, "owner") for row in rows if row and number(row, "erased"))


def _without(event: Event, gone: frozenset[str]) -> Event:
    return replace(event, links=tuple(link for link in event.links if link not in gone))
