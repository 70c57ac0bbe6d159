"""
Remove the files of exports that an erased person may be in.

Who is in a file is not known without opening it, and a file lives for a day: so each file goes whose making began
before everybody had heard of the erasure. What began later cannot hold the person.
"""

from collections import Counter
from dataclasses import replace

from regulars.domain.exports import FOLDER, KEPT, LAPSES, LONGEST_RUN, Export
from regulars.domain.timers import MINUTE
from regulars.errors import ConflictError
from regulars.pipeline.erasing import Counts
from regulars.pipeline.ports import Clock, Large
from regulars.stores.database import Database
from regulars.stores.exports import ExportStore

HEARD = 16 * MINUTE  # after the ledger: no process that began before it runs any more
_LONGEST = LAPSES + LONGEST_RUN + KEPT  # from when it was asked for


class ExportForgetter:
    """Removes files, and says of their exports that they are gone; a second time changes nothing."""

    def __init__(self, database: Database, files: Large, clock: Clock) -> None:
        self._store = ExportStore(database)
        self._files = files
        self._clock = clock

    def forget(self, marked: int) -> Counts:
        """Remove what was begun before the people of an erasure, marked at an instant, were left out everywhere."""
        for export in list(self._store.since(self._clock() - _LONGEST)):
            if export.started and export.started < marked + HEARD and export.state in ("running", "done"):
                self._remove(export)
        doomed = [key for key in self._files.keys(FOLDER) if _began(key) < marked + HEARD]
        for key in doomed:
            self._files.delete(key)
        return Counter(exports=len(doomed))

    def _remove(self, export: Export) -> None:
        try:
            self._store.save(replace(export, state="removed", file=None, ended=self._clock()))
        except ConflictError:
            return  # its worker has just written a page: the next round finds it, and its files as well


def _began(key: str) -> int:
    text = key.removeprefix(FOLDER).partition("-")[0]
    return int(text) if text.isascii() and text.isdigit() else 0
