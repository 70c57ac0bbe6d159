"""The in-memory world: the pipeline over memory, its streams served by the runner, on a simulated clock."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from local.world.chaos import Calm, Chaos
from local.world.clock import SimulatedClock
from local.world.lane import Record
from local.world.mapping import EventSourceMapping
from local.world.memory import STREAMED, Change, Hook, MemoryDatabase
from local.world.queue import MemoryQueue, QueueRunner
from local.world.runner import GivenUp, Runner
from regulars.domain.catalog import Live
from regulars.domain.events import Event
from regulars.domain.instants import SECOND
from regulars.domain.timers import MINUTE, Timer, delay
from regulars.pipeline import wakeups
from regulars.pipeline.announce import transitions
from regulars.pipeline.evaluate import Evaluator
from regulars.pipeline.ports import Transition
from regulars.pipeline.resolve import Resolver
from regulars.pipeline.tick import Ticker
from regulars.stores import memberships as membership_rows
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import TableName, text
from regulars.stores.definitions import Definition, Kind
from regulars.stores.events import EventStore
from regulars.stores.events import from_item as event_from_item

START = 1_767_225_600 * SECOND  # 2026-01-01


class Counts:
    """A journal that only counts."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def count(self, name: str, value: int = 1, **_dimensions: str) -> None:
        """Add to a metric."""
        self.counts[name] += value


@dataclass(frozen=True, slots=True)
class _Stream:
    """The stream of one table as the runner reads it; records carry their change, unserialised."""

    database: MemoryDatabase
    table: TableName

    def shards(self) -> Sequence[str]:
        """One shard: memory never splits."""
        return ("shard",)

    def read(self, shard: str, after: str | None, limit: int) -> Sequence[Record]:
        """Read on after a sequence number."""
        del shard
        return [_record(change) for change in self.database.changes(self.table, int(after or 0), limit)]


@dataclass(frozen=True, slots=True)
class _Queue:
    queue: MemoryQueue

    def send(self, timers: Sequence[Timer], *, now: int) -> None:
        """Hold each timer until its instant."""
        for timer in timers:
            body = json.dumps([timer.profile_id, timer.due, timer.hops])
            self.queue.send(body, delay(timer.due, now))


@dataclass(frozen=True, slots=True)
class _Wanted:
    queue: MemoryQueue

    def send(self, messages: Sequence[Mapping[str, Any]], *, delay: int = 0) -> None:
        """Hold each message so many seconds."""
        for message in messages:
            self.queue.send(json.dumps(message), delay)


class Neighbour(Protocol):
    """Something that works beside the pipeline, on the same clock."""

    def step(self) -> bool:
        """Do what comes next; tell whether there was something."""

    def next_due(self) -> int | None:
        """Give the next instant at which there will be something."""


class World:
    """Everything between a stored event and an announced transition, in one process and on one clock."""

    def __init__(
        self,
        *,
        chaos: Chaos | None = None,
        hook: Hook | None = None,
        lanes: int = 1,
        batch: int = 100,
        tick_every: int = MINUTE,
    ) -> None:
        chaos = chaos or Calm()
        self.clock = SimulatedClock(START)
        self.database = MemoryDatabase(hook, self.clock)
        self.journal = Counts()
        self.catalog = CatalogStore(self.database)
        self.events = EventStore(self.database)
        self.announced: list[Transition] = []
        self.given_up: list[GivenUp] = []
        self.queue = MemoryQueue(clock=self.clock.seconds)
        self.timer_queue = port = _Queue(self.queue)
        self.wanted = MemoryQueue(clock=self.clock.seconds)
        self.wanted_port = _Wanted(self.wanted)
        self.neighbours: list[Neighbour] = []
        self.listeners: list[Callable[[Sequence[Transition]], None]] = []
        self.resolver = Resolver(self.database, self.journal, self.clock, wanted=self.wanted_port)
        self.evaluator = Evaluator(self.database, port, self.journal, self.clock)
        self.ticker = Ticker(self.database, port, self.journal, self.clock)
        self._ticked = self.clock.now
        self._tick_every = tick_every
        self._serving = chaos, lanes, batch
        self.runners = {
            "events": self._runner("events", self._resolve),
            "identities": self._runner("identities", self._evaluate),
            "profiles": self._runner("profiles", self._evaluate),
            "memberships": self._runner("memberships", self._announce),
        }
        self.timers = QueueRunner(
            EventSourceMapping(function="evaluate_segments", source="evaluations", batch_size=10),
            self.queue,
            self._evaluate_due,
            chaos=chaos,
        )

    def define(self, kind: Kind, id: str, content: Mapping[str, Any]) -> None:
        """Write a definition, whatever stood there."""
        standing = self.catalog.get(kind, id)
        version = standing.version if standing else 0
        self.catalog.put(Definition(kind=kind, id=id, content=content, version=version, changed=self.clock.now))

    def let_read(self, table: TableName, target: Callable[[Sequence[Change]], None]) -> None:
        """Give the stream of a table a second reader."""
        self.runners[f"{table} again"] = self._runner(table, lambda records: target(_changes(records)))

    def store(self, *events: Event) -> list[bool]:
        """Store events as the door does."""
        return self.events.insert(events)

    def settle(self) -> None:
        """Work off everything that is due now: streams, queue, and a tick for each minute that has passed."""
        busy = True
        while busy:
            if self.clock.now - self._ticked >= self._tick_every:
                self._ticked = self.clock.now
                self.ticker.tick()
            busy = self._step()

    def advance(self, to: int) -> None:
        """Let time pass, stopping wherever a timer is due or a minute ends."""
        while self.clock.now < to:
            self.settle()
            visible = self.queue.next_visible()
            due = [round(visible * 1_000_000)] if visible is not None else []
            due += [at for neighbour in self.neighbours if (at := neighbour.next_due()) is not None]
            next_one = max(min(due, default=to), self.clock.now + 1)
            self.clock.advance_to(min(to, next_one, self._ticked + self._tick_every))
        self.settle()

    def _step(self) -> bool:
        busy = False
        for runner in self.runners.values():
            busy |= runner.step()
        for neighbour in self.neighbours:
            busy |= neighbour.step()
        for table in STREAMED:
            self._trim(table)
        return self.timers.step() or busy or any(runner.waiting() for runner in self.runners.values())

    def _trim(self, table: TableName) -> None:
        """Forget what all readers of a stream are done with."""
        done = [one.checkpoint("shard") for one in self.runners.values() if one.mapping.source == table]
        self.database.trim(table, min(int(checkpoint or 0) for checkpoint in done))

    def _runner(self, table: TableName, target: Callable[[Sequence[Record]], None]) -> Runner:
        chaos, lanes, batch = self._serving
        mapping = EventSourceMapping(
            function=table, source=table, batch_size=batch, lanes=lanes, bisect=True, report=True, retries=1_000
        )
        return Runner(
            mapping,
            _Stream(self.database, table),
            target,
            clock=self.clock.seconds,
            on_failure=self.given_up.append,
            chaos=chaos,
        )

    def _resolve(self, records: Sequence[Record]) -> None:
        self.resolver.start_batch()
        by_owner: dict[str, list[Change]] = {}
        for change in _changes(records):
            if change.old is None and change.new is not None:
                by_owner.setdefault(text(change.new, "owner"), []).append(change)
        for owner, changes in by_owner.items():
            events = [event_from_item(change.new) for change in changes if change.new]
            self.resolver.apply(owner, events, stored=max(change.at for change in changes))

    def _evaluate(self, records: Sequence[Record]) -> None:
        self.evaluator.start_batch()
        live: Live = self.evaluator.live
        found = (
            wakeups.of_profile((change.old, change.new))
            if change.table == "profiles"
            else wakeups.of_identity((change.old, change.new), live)
            for change in _changes(records)
        )
        for wakeup in wakeups.together(found).values():
            self.evaluator.evaluate(wakeup.profile_id, absorbed=wakeup.absorbed, changed=wakeup.changed)

    def _evaluate_due(self, messages: Sequence[Record]) -> None:
        self.evaluator.start_batch()
        for message in messages:
            self.evaluator.wake(Timer(*json.loads(message["body"])))

    def _announce(self, records: Sequence[Record]) -> None:
        rows = [
            tuple(membership_rows.from_item(image) if image else None for image in (change.old, change.new))
            for change in _changes(records)
            if text(change.new or change.old or {}, "item").startswith(membership_rows.PREFIX)
        ]
        found = transitions((before, after) for before, after in rows)
        self.announced += found
        for listener in self.listeners:
            listener(found)


def _record(change: Change) -> Record:
    image = change.new or change.old or {}
    key = {"key": next(iter(image.values()))}
    return {"change": change, "dynamodb": {"SequenceNumber": str(change.sequence), "Keys": key}}


def _changes(records: Sequence[Record]) -> list[Change]:
    return [record["change"] for record in records]
