"""What may move somebody on a journey travels through SQS: all of it, or an error."""

import json
from typing import Any

import boto3
import pytest

from regulars.adapters.wanted import SqsWanted
from regulars.errors import UnavailableError
from tests.adapters.test_queue import Client


def a_queue(client: Client, waited: list[int] | None = None) -> SqsWanted:
    """A queue that waits for nothing."""
    return SqsWanted(client, "url", (waited if waited is not None else []).append)  # type: ignore[arg-type]  # a fake


def messages(count: int) -> list[dict[str, Any]]:
    """As many messages."""
    return [{"stop": {"journey": "greeting", "version": number}} for number in range(count)]


def test_a_message_comes_as_it_was_sent(aws: None) -> None:
    del aws
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="wanted")["QueueUrl"]

    SqsWanted(client, url).send([{"enter": {"journey": "grüße"}}])

    (received,) = client.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(received["Body"]) == {"enter": {"journey": "grüße"}}


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (10, [10]), (11, [10, 1]), (25, [10, 10, 5])])
def test_ten_go_in_a_request(count: int, sizes: list[int]) -> None:
    client = Client()

    a_queue(client).send(messages(count), delay=5)

    assert [len(request) for request in client.requests] == sizes
    sent = [entry for request in client.requests for entry in request]
    assert [json.loads(entry["MessageBody"]) for entry in sent] == messages(count)
    assert {entry["DelaySeconds"] for entry in sent} <= {5}


def test_what_failed_alone_is_sent_again() -> None:
    client, waited = Client({"1", "2"}, {"2"}), list[int]()

    a_queue(client, waited).send(messages(3))

    assert [[entry["Id"] for entry in request] for request in client.requests] == [["0", "1", "2"], ["1", "2"], ["2"]]
    assert waited == [0, 1]


def test_what_never_goes_is_told() -> None:
    with pytest.raises(UnavailableError):
        a_queue(Client(*[{"0"}] * 4)).send(messages(1))
