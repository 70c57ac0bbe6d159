"""Count what did not follow the tracking plan: by source, day, event, place, rule and release."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from regulars.domain.instants import SECOND, to_text
from regulars.domain.judging import OTHER, Report
from regulars.errors import UnavailableError
from regulars.pipeline.ports import Clock, Journal
from regulars.stores.database import Database
from regulars.stores.tallies import Names, TallyStore

MOST = 100  # different things that a process counts of a source in a day: an item is written whole each time
PAUSE = SECOND  # between two writes; what a process had counted in between is lost with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How often events of a source broke a rule on a day."""

    source: str
    day: str
    event: str
    where: str
    rule: str
    release: str
    count: int


class ViolationCounter:
    """Counts in memory, and writes that down at most once a second; `process` is the name of this one."""

    def __init__(self, database: Database, journal: Journal, clock: Clock, process: str) -> None:
        self._store = TallyStore(database)
        self._journal = journal
        self._clock = clock
        self._process = process
        self._counts: dict[str, Counter[Names]] = {}
        self._unwritten: set[str] = set()
        self._written = 0

    def note(self, source: str, report: Report) -> None:
        """Count the violations of one event."""
        slot = slot_of(source, to_text(self._clock())[:10])
        counts = self._counts.setdefault(slot, Counter())
        for violation in report.violations:
            names = report.event, violation.where, violation.rule, report.release
            known = names in counts or len(counts) < MOST
            counts[names if known else (OTHER, "", "", "")] += 1
            self._journal.count("plan_violations", source=source, rule=violation.rule)
        if report.dropped:
            self._journal.count("properties_dropped", len(report.dropped), source=source)
        self._unwritten.add(slot)

    def write(self) -> None:
        """Write down what is new, unless that was done a moment ago."""
        now = self._clock()
        if not self._unwritten or now < self._written + PAUSE:
            return
        try:
            for slot in sorted(self._unwritten):
                self._store.put(slot, self._process, self._counts[slot], now=now)
        except UnavailableError:
            return  # the events are stored; what was counted of them is written with the next
        self._unwritten.clear()
        self._written = now
        today = to_text(now)[:10]
        self._counts = {slot: counts for slot, counts in self._counts.items() if slot.endswith(today)}


def slot_of(source: str, day: str) -> str:
    """Name the tallies of a source and a day."""
    return f"violations#{source}#{day}"


class Violations:
    """Reads what was counted."""

    def __init__(self, database: Database) -> None:
        self._store = TallyStore(database)

    def of(self, source: str, day: str) -> Iterator[Counted]:
        """List what was counted of a source on a day, the most frequent first."""
        found = self._store.of(slot_of(source, day))
        for (event, where, rule, release), count in sorted(found.items(), key=lambda one: (-one[1], one[0])):
            yield Counted(source=source, day=day, event=event, where=where, rule=rule, release=release, count=count)
