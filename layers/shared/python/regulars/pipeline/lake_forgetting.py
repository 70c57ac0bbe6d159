"""Rewrite files of the lake without people who are gone: the new file first, then the old one is removed."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from regulars.domain.lake import LakeTable
from regulars.domain.lake_files import day_in, rewritten_key
from regulars.pipeline.erasing import Counts
from regulars.pipeline.lake import Lake, Rewriting

Told = Callable[[LakeTable, str, str], int]  # told the key of a row of others; says how many rows of tables it changed
Before = Callable[[str], None]  # told each day before a file of it is rewritten


class LakeForgetter:
    """Rewrites file by file; a second time finds nothing."""

    def __init__(self, lake: Lake, format: Rewriting) -> None:
        self._lake = lake
        self._format = format

    def forget(
        self,
        table: LakeTable,
        gone: Collection[str],
        *,
        since: str,
        after: str | None,
        told: Told,
        has_time: Callable[[], bool],
        before: Before = lambda _day: None,
    ) -> tuple[str | None, Counts]:
        """
        Rewrite the files of a table from a day on, those after a key.

        Say where it goes on, None once all are done, and how many rows and files were changed. Raises UnavailableError.
        """
        found: Counts = Counter()
        names = sorted(gone)
        day = ""
        for file in list(self._lake.files(table, since=since)):
            if after is not None and file.key <= after:
                continue
            if day_in(file.key) != day:
                before(day := day_in(file.key))
            found.update(self._rewrite(table, file.key, names, told))
            if not has_time():
                return file.key, found
        return None, found

    def _rewrite(self, table: LakeTable, key: str, gone: Sequence[str], told: Told) -> Counts:
        content = self._lake.get(key)
        forgotten = self._format.forget(table, content, gone) if content is not None else None
        if forgotten is None:
            return Counter()
        new = rewritten_key(key, forgotten.content) if forgotten.content is not None else None
        if new and forgotten.content is not None:
            self._lake.put(new, forgotten.content)
        if new != key:
            self._lake.remove([key])
        others = sum(told(table, *key) for key in forgotten.named)
        return Counter(lake_rows=forgotten.rows, lake_files=1, rows_of_others=others)
