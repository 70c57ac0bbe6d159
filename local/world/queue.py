"""Queues: one in memory with SQS's semantics, and the runner of a mapping in both worlds."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from local.world.answers import failed_messages
from local.world.chaos import Calm, Chaos, CrashError
from local.world.filters import passes
from local.world.lane import Record
from local.world.mapping import EventSourceMapping
from local.world.runner import Clock, StuckError, Target


class Queue(Protocol):
    """A queue whose messages come in the shape that a function gets them in."""

    def receive(self, limit: int) -> Sequence[Record]:
        """Return messages that are visible, and hide them for the visibility timeout."""

    def delete(self, messages: Sequence[Record]) -> None:
        """Delete messages that were received."""


class QueueRunner:
    """Serves one mapping of a queue: what the function does not report as failed is deleted."""

    def __init__(
        self,
        mapping: EventSourceMapping,
        queue: Queue,
        target: Target,
        *,
        chaos: Chaos | None = None,
    ) -> None:
        self.mapping = mapping
        self._queue, self._target, self._chaos = queue, target, chaos or Calm()
        self.invocations = 0

    def step(self) -> bool:
        """Receive one batch and call the function; tell whether there was one."""
        messages = self._queue.receive(self.mapping.batch_size)
        if not messages:
            return False
        wanted = [message for message in messages if passes(message, self.mapping.filters)]
        self._queue.delete([message for message in messages if message not in wanted])
        if wanted:
            self._deliver(wanted)
        return True

    def _deliver(self, messages: Sequence[Record]) -> None:
        identifiers = [str(message["messageId"]) for message in messages]
        self.invocations += 1
        try:
            answer = self._target(messages)
            if self._chaos.crashes():
                raise CrashError
        except Exception:  # noqa: BLE001 (whatever a function raises is a failed batch: it comes again)
            return
        failed = failed_messages(answer, identifiers) if self.mapping.report else frozenset()
        if not self._chaos.redelivers():
            self._queue.delete([one for one in messages if str(one["messageId"]) not in failed])

    def drain(self, limit: int = 1_000_000) -> None:
        """Step until no message is visible.

        Raises:
            StuckError: the limit of steps was not enough.
        """
        for _ in range(limit):
            if not self.step():
                return
        raise StuckError(f"{self.mapping.name} did not come to rest in {limit} steps")


@dataclass(slots=True, kw_only=True)
class _Held:
    body: str
    visible_at: float
    sent_at: float
    receives: int = 0


@dataclass(kw_only=True)
class MemoryQueue:
    """SQS as its documents have it: delay, visibility, receive counts, a dead-letter queue."""

    clock: Clock
    visibility: float = 30.0
    arn: str = "arn:aws:sqs:us-east-1:000000000000:queue"
    max_receive_count: int | None = None
    dead_letters: "MemoryQueue | None" = None
    _held: dict[str, _Held] = field(default_factory=dict)
    _ids: Any = field(default_factory=itertools.count)

    def send(self, body: str, delay: float = 0.0) -> str:
        """Hold a message that becomes visible after the delay; return its id."""
        identifier, now = f"message-{next(self._ids):08}", self.clock()
        self._held[identifier] = _Held(body=body, visible_at=now + delay, sent_at=now)
        return identifier

    def receive(self, limit: int) -> list[Record]:
        """Return visible messages, oldest first; one received too often is a dead letter."""
        now = self.clock()
        visible = sorted(
            (held.visible_at, identifier) for identifier, held in self._held.items() if held.visible_at <= now
        )
        received = (self._receive(identifier, now) for _, identifier in visible)
        return list(itertools.islice((one for one in received if one is not None), limit))

    def _receive(self, identifier: str, now: float) -> Record | None:
        held = self._held[identifier]
        if self.max_receive_count is not None and held.receives >= self.max_receive_count:
            self._bury(identifier)
            return None
        held.receives += 1
        held.visible_at = now + self.visibility
        return {
            "messageId": identifier,
            "receiptHandle": f"{identifier}#{held.receives}",
            "body": held.body,
            "attributes": {
                "ApproximateReceiveCount": str(held.receives),
                "SentTimestamp": str(int(held.sent_at * 1000)),
            },
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": self.arn,
        }

    def _bury(self, identifier: str) -> None:
        held = self._held.pop(identifier)
        if self.dead_letters is not None:
            self.dead_letters.send(held.body)

    def delete(self, messages: Sequence[Record]) -> None:
        """Delete messages; an outdated receipt deletes nothing."""
        for message in messages:
            held = self._held.get(message["messageId"])
            if held and message["receiptHandle"] == f"{message['messageId']}#{held.receives}":
                del self._held[message["messageId"]]

    def next_visible(self) -> float | None:
        """Return when the next message becomes visible; None when the queue is empty."""
        return min((held.visible_at for held in self._held.values()), default=None)

    def __len__(self) -> int:
        return len(self._held)
