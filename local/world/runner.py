"""The event source runner: reads a stream and calls a function as an event source mapping says.

One piece of code for both worlds: in memory it is stepped by a simulated clock, on the local
platform each lane is worked by a thread of its own. Semantics are those that AWS documents, with
one choice where the documents are silent: a batch whose first record is reported as failed is
bisected, if the mapping bisects, like one that raised.
"""

import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from local.world.answers import first_failed
from local.world.chaos import Calm, Chaos, CrashError
from local.world.filters import passes
from local.world.lane import Backoff, Batch, Lane, Record, at_once
from local.world.mapping import FOR_EVER, EventSourceMapping
from local.world.progress import Progress

Target = Callable[[Sequence[Record]], object]
Clock = Callable[[], float]


class NotInvokedError(Exception):
    """The function was not called at all: throttled, or out of reach; this costs no retry."""


class StuckError(Exception):
    """The runner was called again and again, and never came to an end."""


class Stream(Protocol):
    """A stream: its shards, and the records of one in order."""

    def shards(self) -> Sequence[str]:
        """Return the shards."""

    def read(self, shard: str, after: str | None, limit: int) -> Sequence[Record]:
        """Return records after a sequence number (None: from the oldest on)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """Records that the runner passes over: what the on-failure destination gets, whole."""

    mapping: EventSourceMapping
    shard: str
    records: tuple[Record, ...]
    condition: str
    failures: int
    at: float


OnFailure = Callable[[GivenUp], None]


def ignore(_given_up: GivenUp) -> None:
    """Lose what is given up, as a mapping without an on-failure destination does."""


def sequence_number(record: Record) -> str:
    """Return the record's place in its shard."""
    return str(record["dynamodb"]["SequenceNumber"])


def partition_key(record: Record) -> str:
    """Return the value of the record's partition key: the first of its keys."""
    keys: Mapping[str, object] = record["dynamodb"]["Keys"]
    return str(next(iter(keys.values())))


class Runner:
    """Serves one mapping: reads its stream into lanes, and works them off."""

    def __init__(
        self,
        mapping: EventSourceMapping,
        stream: Stream,
        target: Target,
        *,
        clock: Clock,
        on_failure: OnFailure = ignore,
        chaos: Chaos | None = None,
        backoff: Backoff = at_once,
    ) -> None:
        self.mapping = mapping
        self._stream, self._target, self._clock = stream, target, clock
        self._on_failure, self._chaos, self._backoff = on_failure, chaos or Calm(), backoff
        self._shards: dict[str, _Shard] = {}
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self.invocations = 0

    def over(self, stream: Stream, *, lanes: int) -> "Runner":
        """Return a runner of the same mapping over another stream, with lanes of its own, that waits for nothing."""
        return Runner(
            replace(self.mapping, lanes=lanes, max_age=FOR_EVER, gathers=0.0),
            stream,
            self._target,
            clock=self._clock,
            on_failure=self._on_failure,
            backoff=self._backoff,
        )

    def read(self) -> int:
        """Read each shard on, as far as its lanes have room; return how many records came."""
        with self._reading:
            return sum(self._read_shard(shard) for shard in self._stream.shards())

    def _read_shard(self, name: str) -> int:
        shard = self._shards.setdefault(name, _Shard(self.mapping, self._backoff))
        if self._chaos.rewinds():
            self._shards[name] = shard = shard.rewound()
        room = 2 * self.mapping.batch_size * self.mapping.lanes - len(shard.progress)
        if room <= 0:
            return 0
        records = self._stream.read(name, shard.read_to, room)
        with self._lock:
            shard.take_in(records, self._clock())
        return len(records)

    def work(self, lane: int) -> bool:
        """Try the next batch of one lane of every shard; tell whether there was one."""
        return sum(self._work_shard(*one, lane) for one in self._all_shards()) > 0

    def _work_shard(self, name: str, shard: "_Shard", number: int) -> bool:
        lane, now = shard.lanes[number], self._clock()
        with self._lock:
            batch = lane.take(now)
        if batch is None:
            return False
        if old := lane.too_old(batch, now):
            self._give_up(name, shard, batch.records[:old], "RecordAgeExceeded", batch.failures)
            with self._lock:
                lane.give_back(batch.records[old:], batch.failures)
            return True
        try:
            failed_at = self._invoke(batch)
        except NotInvokedError:
            with self._lock:
                lane.postpone(batch, self._clock())
            return True
        with self._lock:
            verdict = lane.settle(batch, failed_at, self._clock())
        if verdict.given_up:
            self._give_up(name, shard, verdict.given_up, "RetryAttemptsExhausted", batch.failures)
        elif verdict.done and self._chaos.redelivers():
            with self._lock:
                lane.give_back(verdict.done)
        else:
            self._finish(shard, verdict.done)
        return True

    def _invoke(self, batch: Batch) -> int | None:
        """Call the function; return where the batch failed, None when it did not."""
        self.invocations += 1
        try:
            answer = self._target(batch.records)
            if self._chaos.crashes():
                raise CrashError
        except NotInvokedError:
            raise
        except Exception:  # noqa: BLE001 (whatever a function raises is a failed batch)
            return 0
        if not self.mapping.report:
            return None
        return first_failed(answer, [sequence_number(record) for record in batch.records])

    def _give_up(
        self,
        name: str,
        shard: "_Shard",
        records: tuple[Record, ...],
        condition: str,
        failures: int,
    ) -> None:
        given_up = GivenUp(
            mapping=self.mapping,
            shard=name,
            records=records,
            condition=condition,
            failures=failures,
            at=self._clock(),
        )
        self._on_failure(given_up)  # before the checkpoint moves: better written twice than never
        self._finish(shard, records)

    def _finish(self, shard: "_Shard", records: Sequence[Record]) -> None:
        with self._lock:
            shard.progress.finish(sequence_number(record) for record in records)

    def step(self) -> bool:
        """Read, then try one batch of each lane; tell whether anything was tried."""
        self.read()
        lanes = self._chaos.order(range(self.mapping.lanes))
        return sum(self.work(lane) for lane in lanes) > 0

    def drain(self, limit: int = 1_000_000) -> None:
        """Step until nothing is due.

        Raises:
            StuckError: the limit of steps was not enough.
        """
        for _ in range(limit):
            if not self.step():
                return
        raise StuckError(f"{self.mapping.name} did not come to rest in {limit} steps")

    def checkpoint(self, shard: str) -> str | None:
        """Return the sequence number up to which a shard is done."""
        return self._shards[shard].progress.checkpoint if shard in self._shards else None

    def waiting(self) -> frozenset[str]:
        """Return the sequence numbers that were read and are not done with."""
        with self._lock:
            shards = [shard.progress.open_sequence_numbers() for _, shard in self._all_shards()]
        return frozenset().union(*shards)

    def next_try(self) -> float | None:
        """Return when the next failed batch is due again; None when none waits."""
        lanes = [lane for _, shard in self._all_shards() for lane in shard.lanes]
        return min((lane.due_at for lane in lanes if len(lane)), default=None)

    def hurry(self) -> bool:
        """Let nothing that was read wait for more to come; tell whether anything did."""
        with self._lock:
            return sum(lane.hurry() for _, shard in self._all_shards() for lane in shard.lanes) > 0

    def _all_shards(self) -> list[tuple[str, "_Shard"]]:
        return list(self._shards.items())


class _Shard:
    """What is known of one shard: its lanes, how far it was read, and how far it is done."""

    def __init__(self, mapping: EventSourceMapping, backoff: Backoff, checkpoint: str | None = None) -> None:
        self._mapping, self._backoff = mapping, backoff
        self.lanes = [Lane(mapping, backoff) for _ in range(mapping.lanes)]
        self.progress = Progress(checkpoint)
        self.read_to = checkpoint

    def take_in(self, records: Sequence[Record], now: float) -> None:
        """Spread records over the lanes by partition key; pass over what the filters refuse."""
        for record in records:
            self.read_to = sequence_number(record)
            self.progress.begin(self.read_to)
            if passes(record, self._mapping.filters):
                self.lanes[zlib.crc32(partition_key(record).encode()) % len(self.lanes)].put(record, now)
            else:
                self.progress.finish([self.read_to])

    def rewound(self) -> "_Shard":
        """Return the shard as one who knows only its checkpoint takes it up."""
        return _Shard(self._mapping, self._backoff, self.progress.checkpoint)
