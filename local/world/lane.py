"""One lane of a shard: its records in order, the batch it tries next, and when it gives one up."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.world.mapping import FOR_EVER, EventSourceMapping

Record = Mapping[str, Any]
Backoff = Callable[[int], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Records that are tried together, and how often these have failed before."""

    records: tuple[Record, ...]
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a batch: what is done with, and what is given up."""

    done: tuple[Record, ...] = ()
    given_up: tuple[Record, ...] = ()


def at_once(_failures: int) -> float:
    """Wait for nothing between two tries."""
    return 0.0


class Lane:
    """Keeps order: what failed comes before what waits, and nothing overtakes."""

    def __init__(self, mapping: EventSourceMapping, backoff: Backoff = at_once) -> None:
        self._mapping = mapping
        self._backoff = backoff
        self._again: list[Batch] = []
        self._fresh: deque[Record] = deque()
        self._gathers_until = 0.0
        self._ready_at = 0.0

    def put(self, record: Record, now: float) -> None:
        """Add a record at the end; the first one of a batch waits for others as long as the mapping says."""
        if not self._fresh:
            self._gather(now)
        self._fresh.append(record)

    def _gather(self, now: float) -> None:
        self._gathers_until = now + self._mapping.gathers if self._mapping.gathers else 0.0

    def hurry(self) -> bool:
        """Let the records here wait for no others; tell whether they did."""
        waited = bool(self._fresh) and self._gathers_until > 0.0
        self._gathers_until = 0.0
        return waited

    @property
    def due_at(self) -> float:
        """When there is a batch to try, as far as is known now."""
        if self._again or len(self._fresh) >= self._mapping.batch_size:
            return self._ready_at
        return max(self._ready_at, self._gathers_until)

    def __len__(self) -> int:
        return len(self._fresh) + sum(len(batch.records) for batch in self._again)

    def take(self, now: float) -> Batch | None:
        """Return the batch to try next; None while there is none, or none is due."""
        if now < self.due_at:
            return None
        if self._again:
            return self._again.pop()
        size = min(self._mapping.batch_size, len(self._fresh))
        records = tuple(self._fresh.popleft() for _ in range(size))
        self._gather(now)
        return Batch(records=records) if size else None

    def too_old(self, batch: Batch, now: float) -> int:
        """Return how many of the batch's first records are older than the mapping allows."""
        if self._mapping.max_age == FOR_EVER:
            return 0
        ages = [now - float(one["dynamodb"]["ApproximateCreationDateTime"]) for one in batch.records]
        return next((i for i, age in enumerate(ages) if age <= self._mapping.max_age), len(ages))

    def give_back(self, records: Sequence[Record], failures: int = 0) -> None:
        """Put records back to the front, to be tried again as one batch."""
        if records:
            self._again.append(Batch(records=tuple(records), failures=failures))

    def postpone(self, batch: Batch, now: float) -> None:
        """Put a batch back that could not be tried, to be tried again a little later."""
        self.give_back(batch.records, batch.failures)
        self._ready_at = now + self._backoff(1)

    def settle(self, batch: Batch, failed_at: int | None, now: float) -> Verdict:
        """Take in what became of a batch: done, done up to a place, or failed from its first."""
        if failed_at is None:
            return Verdict(done=batch.records)
        if failed_at > 0:
            self.give_back(batch.records[failed_at:])
            return Verdict(done=batch.records[:failed_at])
        return self._fail(batch, now)

    def _fail(self, batch: Batch, now: float) -> Verdict:
        middle = len(batch.records) // 2
        if self._mapping.bisect and middle:  # a split costs no retry
            self.give_back(batch.records[middle:], batch.failures)
            self.give_back(batch.records[:middle], batch.failures)
            return Verdict()
        if self._mapping.retries != FOR_EVER and batch.failures >= self._mapping.retries:
            return Verdict(given_up=batch.records)
        self.give_back(batch.records, batch.failures + 1)
        self._ready_at = now + self._backoff(batch.failures + 1)
        return Verdict()
