"""Serves the deployed event source mappings: reads streams and queues, and calls functions."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.platform.clients import Clients
from local.platform.deploy import Stack
from local.platform.emulated_queue import EmulatedQueue
from local.platform.emulated_stream import EmulatedStream
from local.platform.functions import Functions
from local.platform.on_failure import OnFailure
from local.platform.pulse import Pulse
from local.world.mapping import EventSourceMapping, mapping_of
from local.world.queue import QueueRunner
from local.world.runner import Runner

KIND = "AWS::Lambda::EventSourceMapping"
IDLE = 1.0  # look this often although nobody said that something happened
SHORTEST = 0.05  # and never more often than this,
BUSY = 0.25  # or this, while much is happening: then a read brings more
MUCH = 5
QUEUE_THREADS = 2
LONGEST_BACKOFF = 10.0
LAST_CALLS_WITHIN = 8.0
EACH_MINUTE = "rate(1 minute)"

logger = logging.getLogger("regulars.mappings")


def deployed(stacks: Sequence[Stack], clients: Clients) -> list[EventSourceMapping]:
    """Return the mappings of the template, with their references resolved."""
    client = clients.of("lambda")
    found = [one for stack in stacks for one in stack.found(KIND)]
    resolved = [client.get_event_source_mapping(UUID=identifier) for identifier, _ in found]
    return [mapping_of({**given, "FunctionName": given["FunctionArn"].split(":")[-1]}) for given in resolved]


def backoff(failures: int) -> float:
    """Return how long a failed batch waits: longer each time."""
    return min(0.1 * 2.0**failures, LONGEST_BACKOFF)


class Mappings:
    """All mappings of a deployment, each with threads of its own."""

    def __init__(
        self,
        mappings: Sequence[EventSourceMapping],
        clients: Clients,
        functions: Functions,
        pulse: Pulse,
    ) -> None:
        self._clients, self._functions, self._pulse = clients, functions, pulse
        self.on_failure = OnFailure(clients.of("s3"))
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.streams = [self._stream(one) for one in mappings if ":dynamodb:" in one.source]
        self._queues = [self._queue(one) for one in mappings if ":sqs:" in one.source]

    def _stream(self, mapping: EventSourceMapping) -> Runner:
        self.on_failure.accept(mapping)
        return Runner(
            mapping,
            EmulatedStream(self._clients.of("dynamodbstreams"), mapping.source),
            partial(self._functions.call_with_records, mapping.function),
            clock=time.time,
            on_failure=self.on_failure.write,
            backoff=backoff,
        )

    def _queue(self, mapping: EventSourceMapping) -> tuple[EmulatedQueue, QueueRunner]:
        queue = EmulatedQueue(self._clients.of("sqs"), mapping.source)
        target = partial(self._functions.call_with_records, mapping.function)
        return queue, QueueRunner(mapping, queue, target)

    def start(self) -> None:
        """Start reading and calling."""
        for runner in self.streams:
            self._thread(f"read {runner.mapping.name}", partial(self._read, runner))
            for lane in range(runner.mapping.lanes):
                name = f"lane {lane} of {runner.mapping.name}"
                self._thread(name, partial(self._work, runner, lane))
        for _queue, queue_runner in self._queues:
            for number in range(QUEUE_THREADS):
                name = f"{number} of {queue_runner.mapping.name}"
                self._thread(name, queue_runner.step)

    def stop(self) -> None:
        """End all threads, after the calls that are under way; one that takes too long is done again later."""
        self._stopping.set()
        self._pulse.beat()
        deadline = time.monotonic() + LAST_CALLS_WITHIN
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))

    def _thread(self, name: str, step: Callable[[], object]) -> None:
        thread = threading.Thread(target=self._repeat, args=(name, step), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _repeat(self, name: str, step: Callable[[], object]) -> None:
        while not self._stopping.is_set():
            try:
                step()
            except (BotoCoreError, ClientError) as error:
                logger.warning("%s: %s", name, error)
                self._stopping.wait(IDLE)

    def _read(self, runner: Runner) -> None:
        seen = self._pulse.beats
        enough = runner.mapping.batch_size * runner.mapping.lanes
        if len(runner.waiting()) < enough and runner.read():
            self._pulse.beat()
        self._stopping.wait(SHORTEST)
        if self._pulse.wait(seen, IDLE) - seen > MUCH:
            self._stopping.wait(BUSY - SHORTEST)

    def _work(self, runner: Runner, lane: int) -> None:
        seen = self._pulse.beats
        if not runner.work(lane):
            due = runner.next_try()
            wait = IDLE if due is None else min(max(due - time.time(), SHORTEST), IDLE)
            self._pulse.wait(seen, wait)

    def is_drained(self) -> bool:
        """Tell whether everything that was written so far has been worked off; what gathers is not waited for."""
        beats = self._pulse.beats
        busy = any(runner.read() or runner.waiting() for runner in self.streams)
        if busy and sum(runner.hurry() for runner in self.streams):
            self._pulse.beat()
        if busy or any(queue.waiting() for queue, _ in self._queues):
            return False
        return self._pulse.beats == beats

    def pending(self, table: str) -> int:
        """Return how many records of a table's stream were not worked off yet by some reader."""
        readers = [one for one in self.streams if f"/{table}/" in one.mapping.source]
        return max((self._behind(one) for one in readers), default=0)

    def _behind(self, runner: Runner) -> int:
        client = self._clients.of("dynamodbstreams")
        stream = EmulatedStream(client, runner.mapping.source)
        return sum(self._after(stream, shard, runner.checkpoint(shard)) for shard in stream.shards())

    def _after(self, stream: EmulatedStream, shard: str, checkpoint: str | None) -> int:
        count = 0
        while records := stream.read(shard, checkpoint, 1000):
            count += sum(record["eventName"] == "INSERT" for record in records)
            checkpoint = str(records[-1]["dynamodb"]["SequenceNumber"])
        return count


def scheduled(clients: Clients) -> list[str]:
    """Return the functions that a schedule wakes each minute: what comes more rarely is not waited for."""
    events: Any = clients.of("events")
    rules = [rule for rule in events.list_rules()["Rules"] if rule.get("ScheduleExpression") == EACH_MINUTE]
    targets = [target["Arn"] for rule in rules for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]]
    return [arn.split(":")[-1] for arn in targets if ":lambda:" in arn]
