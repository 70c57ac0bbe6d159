"""
Keep counts of the events of people who are anonymised, day by day, before the day's files are rewritten without them.

The file of counts is what says that a day was counted: while it stands nothing of the day is counted again, so whoever
dies on the way, and two who do it at once, count nobody twice.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import takewhile

from regulars.domain.instants import to_micros
from regulars.domain.lake import EVENTS, REMAINS
from regulars.domain.lake_files import day_in
from regulars.domain.remains import Going, K, Leaving, is_of, remaining, remains_key
from regulars.pipeline.lake import Lake, Rewriting

_EVER = "0000-00-00"


class LakeRemains:
    """Counts a day once for each request. Each call raises UnavailableError."""

    def __init__(self, lake: Lake, format: Rewriting) -> None:
        self._lake = lake
        self._format = format

    def keep(self, day: str, leaving: Leaving, *, now: int) -> None:
        """Keep counts of a day, where any of them tells of nobody."""
        key = remains_key(leaving.request, day)
        if self._lake.get(key) is not None:
            return
        counts = remaining(self._going(day, leaving, now), leaving)
        # Asked again: if another worker has written it meanwhile, files of the day may have been rewritten already.
        if not counts or self._lake.get(key) is not None:
            return
        arrived = to_micros(datetime.fromisoformat(day).replace(tzinfo=UTC))
        rows = [
            {
                "arrived": arrived,
                "type": one.type,
                "name": one.name,
                "source": one.source,
                "events": one.events,
                "k": K,
            }
            for one in counts
        ]
        self._lake.put(key, self._format.write(REMAINS, rows))

    def counted(self, request: str) -> Mapping[str, int]:
        """Say how many events remain by a request, and in how many groups."""
        found: Counter[str] = Counter(events=0, groups=0)
        for file in self._lake.files(REMAINS, since=_EVER):
            content = self._lake.get(file.key) if is_of(file.key, request) else None
            for row in self._format.rows(REMAINS, content) if content is not None else ():
                found.update(events=row["events"], groups=1)
        return dict(found)

    def _going(self, day: str, leaving: Leaving, now: int) -> set[Going]:
        """Read all files of the day; those that were merged meanwhile are read where they are now."""
        owners = sorted(leaving.owners)
        found: set[Going] = set()
        seen: set[str] = set()
        while new := [key for key in self._files(day) if key not in seen]:
            for key in new:
                seen.add(key)
                if (content := self._lake.get(key)) is not None:
                    found.update(self._format.going(content, owners, now))
        return found

    def _files(self, day: str) -> list[str]:
        listed = (file.key for file in self._lake.files(EVENTS, since=day))
        return list(takewhile(lambda key: day_in(key) == day, listed))
