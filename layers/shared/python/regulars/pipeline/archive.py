"""Archive: rows of a batch become files of the lake, one for each day of their arrival."""

from collections import defaultdict
from collections.abc import Sequence

from regulars.domain.instants import SECOND
from regulars.domain.lake import LakeTable, Row, day_text
from regulars.domain.lake_files import batch_key
from regulars.pipeline.lake import Format, Lake
from regulars.pipeline.ports import Clock, Journal


class Archive:
    """Writes the lake, at least once; the same batch a second time overwrites what it wrote."""

    def __init__(self, lake: Lake, format: Format, journal: Journal, clock: Clock) -> None:
        self._lake = lake
        self._format = format
        self._journal = journal
        self._clock = clock

    def store(self, table: LakeTable, rows: Sequence[Row], *, sequence: str) -> None:
        """
        Store the rows of a batch; `sequence` is the number of its first record.

        Raises UnavailableError: the stream brings the batch again.
        """
        by_day: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_day[day_text(row[table.dated])].append(row)
        for day, own in by_day.items():
            content = self._format.write(table, own)
            self._lake.put(batch_key(table, day, sequence, content), content)
            self._journal.count("files_archived")
            self._journal.count("rows_archived", len(own), table=table.name)
        if rows:
            oldest = min(row[table.dated] for row in rows)
            self._journal.count("archive_lag_seconds", max(0, self._clock() - oldest) // SECOND)
