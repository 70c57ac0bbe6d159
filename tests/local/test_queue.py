"""The queue in memory and its runner keep the contract that AWS documents for SQS."""

from collections.abc import Callable, Sequence

import pytest

from local.world.lane import Record
from local.world.mapping import EventSourceMapping
from local.world.queue import MemoryQueue, QueueRunner

REPORTING = EventSourceMapping(batch_size=10, report=True)


class Trial:
    def __init__(self, answer: Callable[[Sequence[Record]], object]) -> None:
        self.now = 0.0
        self.dead_letters = MemoryQueue(clock=lambda: self.now)
        self.queue = MemoryQueue(
            clock=lambda: self.now,
            visibility=30,
            max_receive_count=2,
            dead_letters=self.dead_letters,
        )
        self.seen: list[list[str]] = []
        self._answer = answer
        self.runner = QueueRunner(REPORTING, self.queue, self._call)

    def _call(self, messages: Sequence[Record]) -> object:
        self.seen.append([str(message["body"]) for message in messages])
        return self._answer(messages)


def well(_messages: Sequence[Record]) -> None:
    return None


def badly(_messages: Sequence[Record]) -> None:
    raise ValueError


def test_a_message_is_invisible_until_its_delay_is_over() -> None:
    trial = Trial(well)
    trial.queue.send("later", delay=60)
    trial.queue.send("now")

    trial.runner.drain()
    early = list(trial.seen)
    trial.now = 60.0
    trial.runner.drain()

    assert early == [["now"]]
    assert trial.seen == [["now"], ["later"]]


def test_what_succeeds_is_deleted() -> None:
    trial = Trial(well)
    trial.queue.send("a")

    trial.runner.drain()

    assert len(trial.queue) == 0


def test_only_what_is_reported_comes_again_after_its_visibility_timeout() -> None:
    trial = Trial(
        lambda messages: {
            "batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in messages if one["body"] == "b"]
        }
    )
    for body in "abc":
        trial.queue.send(body)

    trial.runner.drain()
    trial.now = 31.0
    trial.runner.drain()

    assert trial.seen == [["a", "b", "c"], ["b"]]


@pytest.mark.parametrize("entry", [{"itemIdentifier": ""}, {"itemIdentifier": "no such"}, {}])
def test_a_bad_identifier_fails_the_whole_batch(entry: object) -> None:
    trial = Trial(lambda _: {"batchItemFailures": [entry]})
    trial.queue.send("a")
    trial.queue.send("b")

    trial.runner.drain()

    assert len(trial.queue) == 2


def test_a_message_received_too_often_goes_to_the_dead_letters() -> None:
    trial = Trial(badly)
    trial.queue.send("poison")

    for trial.now in (0.0, 31.0, 62.0):
        trial.runner.drain()

    assert len(trial.seen) == 2
    assert len(trial.queue) == 0
    assert [message["body"] for message in trial.dead_letters.receive(10)] == ["poison"]


def test_what_the_filter_refuses_is_deleted() -> None:
    trial = Trial(well)
    mapping = EventSourceMapping(filters=({"body": {"kind": ["wanted"]}},))
    trial.queue.send('{"kind": "other"}')
    trial.queue.send('{"kind": "wanted"}')

    QueueRunner(mapping, trial.queue, trial._call).drain()

    assert trial.seen == [['{"kind": "wanted"}']]
    assert len(trial.queue) == 0


def test_an_outdated_receipt_deletes_nothing() -> None:
    trial = Trial(well)
    trial.queue.send("a")
    first = trial.queue.receive(10)
    trial.now = 31.0
    trial.queue.receive(10)

    trial.queue.delete(first)

    assert len(trial.queue) == 1
