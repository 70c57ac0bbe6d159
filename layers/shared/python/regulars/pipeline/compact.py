"""Compact: the many small files of a closed day become few sorted ones, in which each row is once."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from regulars.domain.lake import OF_PEOPLE, LakeTable
from regulars.domain.lake_files import StoredFile, day_in, first_day, is_closed, merged_key, to_merge
from regulars.pipeline.lake import Format, Lake
from regulars.pipeline.ports import Clock, Journal


class Compactor:
    """
    Merges files, and removes one only after all of it lies in another.

    Whatever it is interrupted by, and whoever does the same at the same time, leaves rows twice at worst.
    """

    def __init__(self, lake: Lake, format: Format, journal: Journal, clock: Clock) -> None:
        self._lake = lake
        self._format = format
        self._journal = journal
        self._clock = clock

    def compact(self, *, day: str | None = None, has_time: Callable[[], bool] = lambda: True) -> bool:
        """
        Merge what came to closed days, or to one day that is named; say whether all of it was done in time.

        Raises UnavailableError: the next run goes on.
        """
        now = self._clock()
        for table in OF_PEOPLE.values():  # a file of counts is by itself what says that they were taken
            for found, files in self._days(table, since=day or first_day(now)).items():
                if found != day and (day or not is_closed(found, now)):
                    continue
                for bite in to_merge(files):
                    if not has_time():
                        return False
                    self._merge(table, found, bite)
        return True

    def _days(self, table: LakeTable, *, since: str) -> dict[str, list[StoredFile]]:
        days: dict[str, list[StoredFile]] = defaultdict(list)
        for file in self._lake.files(table, since=since):
            days[day_in(file.key)].append(file)
        return days

    def _merge(self, table: LakeTable, day: str, files: Sequence[StoredFile]) -> None:
        found = []
        with self._format.bench(table) as bench:
            for file in files:
                if (content := self._lake.get(file.key)) is not None:  # else somebody else merged it just now
                    bench.add(content)
                    found.append(file.key)
            if not found:
                return
            merged = bench.merge()
        key = merged_key(table, day, merged.content)
        self._lake.put(key, merged.content)
        self._lake.remove([old for old in found if old != key])
        self._journal.count("files_compacted", len(found))
        self._journal.count("copies_removed", merged.copies)
