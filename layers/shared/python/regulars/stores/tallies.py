"""Tallies: what was counted in a day or a shorter time, each process in an item of its own: none waits for another."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from regulars.domain.instants import DAY, SECOND
from regulars.stores.database import Database, Item, text

KEPT = 90 * DAY
Names = tuple[str, ...]  # of what was counted: a source's event, a place, a rule, …


class TallyStore:
    """Keeps what processes have counted, by subject and time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, slot: str, part: str, counts: Mapping[Names, int], *, now: int, kept: int = KEPT) -> None:
        """Write all that a process has counted of a subject and a time so far."""
        content = json.dumps([[*names, number] for names, number in sorted(counts.items())], ensure_ascii=False)
        item: Item = {"slot": slot, "part": part, "counts": content, "expires": (now + kept) // SECOND}
        self._database.put("tallies", item)

    def of(self, slot: str, *, but: str | None = None) -> Counter[Names]:
        """Add up what all processes, or all but one, have counted of a subject and a time."""
        total: Counter[Names] = Counter()
        for names, number in self._entries(slot, but):
            total[names] += number
        return total

    def _entries(self, slot: str, but: str | None) -> Iterator[tuple[Names, int]]:
        items = self._database.query("tallies", slot, consistent=False)
        for item in (item for item in items if text(item, "part") != but):
            for *names, number in json.loads(text(item, "counts", "[]")):
                yield tuple(names), number
