"""
What comes with a key and from an address, counted by each process, and told to the others now and then.

A process writes what it has counted into an item of its own, after a thousandth of a quota, and reads then what the
others have: so nobody waits for anybody, most requests write nothing, and a quota is met within a few percent.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from regulars.domain.instants import DAY, SECOND
from regulars.domain.quotas import WINDOWS, Excess, Limits, What, Window, judge, name_address
from regulars.domain.sources import Source
from regulars.domain.write_keys import Visit
from regulars.errors import ThrottledError, UnavailableError
from regulars.pipeline.ports import Clock, Journal
from regulars.stores.database import Database
from regulars.stores.tallies import TallyStore

MOST = 20_000  # things that a process counts at once; of further addresses it counts only that they came
PAUSE = 2 * SECOND  # between two writes of the same count
KEPT = DAY


@dataclass(slots=True)
class _Count:
    """What came in one window: all that this process saw, what of it the others know, and what they saw."""

    slot: str
    window: Window
    ends: int
    limits: Limits
    own: Counter[What] = field(default_factory=Counter)
    told: Counter[What] = field(default_factory=Counter)
    others: Counter[What] = field(default_factory=Counter)
    written: int = 0

    def excess(self, more: Mapping[What, int]) -> Excess | None:
        """Say which quota is exceeded with this."""
        return judge(self.limits, self.window, self.own + self.others + Counter(more))

    def is_due(self, now: int) -> bool:
        """Say whether the others should hear of it."""
        untold = self.own - self.told
        shares = {what: quota.share(what) for (what, of), quota in self.limits.items() if of == self.window}
        is_much = any(share is not None and untold[what] >= share for what, share in shares.items())
        return is_much and now >= self.written + PAUSE


@dataclass(frozen=True, slots=True)
class Admission:
    """A request that was let in: by which quota its events are set aside, if by any, and where it counts."""

    excess: Excess | None = None
    counts: Sequence[_Count] = ()


class Meter:
    """Counts what comes; `process` tells this one from others that count at the same time."""

    def __init__(self, database: Database, journal: Journal, clock: Clock, process: str) -> None:
        self._store = TallyStore(database)
        self._journal = journal
        self._clock = clock
        self._process = process
        self._counts: dict[str, _Count] = {}
        self._cleared = 0

    def admit(self, source: Source, visit: Visit, *, hash_key: bytes) -> Admission:
        """Let a request in, and count it. Raises ThrottledError; what is refused does not count."""
        if source.key.kind == "server":
            return Admission()
        now = self._clock()
        self._clear(now)
        counts = self._counts_of(source, visit, now, hash_key)
        came: dict[What, int] = {"requests": 1, "bytes": visit.size}
        found: Excess | None = None
        for count in counts:
            excess = count.excess(came)
            if excess and excess.is_refused:
                self._journal.count("requests_over_quota", source=source.id, quota=excess.quota)
                raise _refusal(excess, count.ends - now)
            found = found or excess
        for count in counts:
            count.own.update(came)
        return Admission(found, counts)

    def finish(self, admission: Admission, identities: int) -> None:
        """Count the new identities of a request that was let in, and tell the others what they should hear of."""
        now = self._clock()
        for count in admission.counts:
            if identities:
                count.own.update({"identities": identities})
            if count.is_due(now):
                self._tell(count, now)

    def _counts_of(self, source: Source, visit: Visit, now: int, hash_key: bytes) -> list[_Count]:
        scope = f"quota#{source.id}.{source.key.label}"
        found = [self._count(scope, window, now, source.quotas.per_key) for window in WINDOWS]
        if visit.address and source.quotas.per_address and len(self._counts) < MOST:
            scope = f"{scope}.{name_address(visit.address, now=now, hash_key=hash_key)}"
            found += [self._count(scope, window, now, source.quotas.per_address) for window in WINDOWS]
        return found

    def _count(self, scope: str, window: Window, now: int, limits: Limits) -> _Count:
        begins = now - now % WINDOWS[window]
        slot = f"{scope}#{window}#{begins // SECOND}"
        count = self._counts.get(slot)
        if count is None:
            count = self._counts[slot] = _Count(slot, window, begins + WINDOWS[window], limits)
        count.limits = limits
        return count

    def _tell(self, count: _Count, now: int) -> None:
        count.written = now
        try:
            self._store.put(
                count.slot, self._process, {(what,): number for what, number in count.own.items()}, now=now, kept=KEPT
            )
            count.told = Counter(count.own)
            others = self._store.of(count.slot, but=self._process)
        except UnavailableError:
            return  # what this process saw still counts here
        count.others = Counter({what: others[(what,)] for what in ("requests", "bytes", "identities")})

    def _clear(self, now: int) -> None:
        """Forget windows that are over."""
        if now >= self._cleared + WINDOWS["minute"]:
            self._cleared = now
            self._counts = {slot: count for slot, count in self._counts.items() if now < count.ends}


def _refusal(excess: Excess, left: int) -> ThrottledError:
    seconds = max(1, -(-left // SECOND))
    return ThrottledError(f"more came than {excess.quota} allows: send again in {seconds} seconds", seconds)
