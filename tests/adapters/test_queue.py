"""Timers travel through SQS: each with its delay, all of them or an error."""

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from regulars.adapters.queue import SqsEvaluationQueue, timer_of
from regulars.domain.instants import SECOND
from regulars.domain.timers import MINUTE, Timer
from regulars.errors import UnavailableError
from tests.lambda_events import message

NOW = 1_767_225_600 * SECOND


class Client:
    """Keeps the requests made of it; fails some entries of the first ones."""

    def __init__(self, *failing: set[str]) -> None:
        self.failing = list(failing)
        self.requests: list[list[dict[str, Any]]] = []

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 (boto3's names)
        """Answer as SQS does."""
        assert QueueUrl == "url"
        self.requests.append(Entries)
        failed = self.failing.pop(0) if self.failing else set()
        return {"Failed": [{"Id": entry["Id"]} for entry in Entries if entry["Id"] in failed]}


def a_queue(client: Client, waited: list[int] | None = None) -> SqsEvaluationQueue:
    """A queue that waits for nothing."""
    return SqsEvaluationQueue(client, "url", (waited if waited is not None else []).append)  # type: ignore[arg-type]  # a fake


def timers(count: int) -> list[Timer]:
    """Timers of as many people."""
    return [Timer(f"p_{number}", NOW + number * SECOND) for number in range(count)]


def test_a_timer_comes_back_as_it_was_sent(aws: None) -> None:
    del aws
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="evaluations")["QueueUrl"]
    SqsEvaluationQueue(client, url).send([Timer("p_user_id:é", NOW, 3)], now=NOW)

    (received,) = client.receive_message(QueueUrl=url)["Messages"]
    assert timer_of(message("m", received["Body"])) == Timer("p_user_id:é", NOW, 3)


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [(-MINUTE, 0), (0, 0), (1, 1), (SECOND, 1), (SECOND + 1, 2), (15 * MINUTE, 900), (16 * MINUTE, 900)],
)
def test_waits_whole_seconds_and_never_less_than_asked(wait: int, seconds: int) -> None:
    client = Client()
    a_queue(client).send([Timer("p", NOW + wait)], now=NOW)

    assert client.requests[0][0]["DelaySeconds"] == seconds


def test_sends_ten_to_a_request() -> None:
    client = Client()
    a_queue(client).send(timers(23), now=NOW)

    assert [len(request) for request in client.requests] == [10, 10, 3]
    sent = [json.loads(entry["MessageBody"])["profile_id"] for request in client.requests for entry in request]
    assert sent == [f"p_{number}" for number in range(23)]
    assert all(len({entry["Id"] for entry in request}) == len(request) for request in client.requests)


def test_sends_nothing_for_nothing() -> None:
    client = Client()
    a_queue(client).send([], now=NOW)

    assert client.requests == []


def test_sends_again_what_was_refused() -> None:
    client, waited = Client({"1", "3"}, {"3"}), list[int]()
    a_queue(client, waited).send(timers(4), now=NOW)

    assert [[entry["Id"] for entry in request] for request in client.requests] == [list("0123"), ["1", "3"], ["3"]]
    assert waited == [0, 1]


def test_says_so_when_a_message_is_refused_for_good() -> None:
    client = Client(*[{"1"}] * 9)

    with pytest.raises(UnavailableError):
        a_queue(client).send(timers(2), now=NOW)
    assert len(client.requests) == 4


def test_says_so_when_the_queue_does_not_answer() -> None:
    client = boto3.client("sqs")
    with Stubber(client) as stubber:
        stubber.add_client_error("send_message_batch", "AWS.SimpleQueueService.NonExistentQueue")
        with pytest.raises(UnavailableError):
            SqsEvaluationQueue(client, "url").send(timers(1), now=NOW)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"profile_id": "p", "due": 1}', "null"])
def test_a_message_of_somebody_else_is_an_error(body: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        timer_of(message("m", body))
