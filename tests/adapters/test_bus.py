"""Transitions travel through EventBridge: by ids alone, all of them or an error."""

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from regulars.adapters.bus import ENTERED, SOURCE, EventBridgeBus
from regulars.domain.instants import SECOND
from regulars.errors import UnavailableError
from regulars.pipeline.ports import Transition

SINCE = 1_767_225_600 * SECOND


class Client:
    """Keeps the requests made of it; fails some places of the first ones."""

    def __init__(self, *failing: set[int]) -> None:
        self.failing = list(failing)
        self.requests: list[list[dict[str, Any]]] = []

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 (boto3's name)
        """Answer as EventBridge does: 200, whatever failed."""
        self.requests.append(Entries)
        failed = self.failing.pop(0) if self.failing else set()
        results = [
            {"ErrorCode": "ThrottlingException"} if at in failed else {"EventId": "e"} for at in range(len(Entries))
        ]
        return {"FailedEntryCount": len(failed), "Entries": results}


def a_bus(client: Client, waited: list[int] | None = None) -> EventBridgeBus:
    """A bus that waits for nothing."""
    return EventBridgeBus(client, "bus", (waited if waited is not None else []).append)  # type: ignore[arg-type]  # a fake


def a_transition(number: int = 1, *, entered: bool = True) -> Transition:
    """Somebody enters, or leaves, for the n-th time."""
    return Transition(
        profile_id="p_user_id:u", segment="vip", entered=entered, since=SINCE, number=number, definition=7
    )


def numbers(client: Client) -> list[list[int]]:
    """The numbers of the transitions of each request."""
    return [[json.loads(entry["Detail"])["number"] for entry in request] for request in client.requests]


@pytest.mark.parametrize(("entered", "detail_type"), [(True, "Segment Entered"), (False, "Segment Exited")])
def test_tells_who_where_since_when_and_nothing_else(entered: bool, detail_type: str) -> None:
    client = Client()
    a_bus(client).publish([a_transition(3, entered=entered)])

    ((entry,),) = client.requests
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == ("bus", "regulars", detail_type)
    assert json.loads(entry["Detail"]) == {
        "profile_id": "p_user_id:u",
        "segment": "vip",
        "since": "2026-01-01T00:00:00.000000Z",
        "number": 3,
        "definition": 7,
        "reason": "event",
        "backfill": False,
    }


def test_puts_ten_to_a_request() -> None:
    client = Client()
    a_bus(client).publish([a_transition(number) for number in range(12)])

    assert numbers(client) == [list(range(10)), [10, 11]]


def test_puts_nothing_for_nothing() -> None:
    client = Client()
    a_bus(client).publish([])

    assert client.requests == []


def test_puts_again_what_failed_inside_a_success() -> None:
    client, waited = Client({0, 2}, {1}), list[int]()
    a_bus(client, waited).publish([a_transition(number) for number in range(3)])

    assert numbers(client) == [[0, 1, 2], [0, 2], [2]]
    assert waited == [0, 1]


def test_says_so_when_a_transition_cannot_be_published() -> None:
    client = Client(*[{0}] * 9)

    with pytest.raises(UnavailableError):
        a_bus(client).publish([a_transition()])
    assert len(client.requests) == 4


def test_says_so_when_the_bus_does_not_answer() -> None:
    client = boto3.client("events")
    with Stubber(client) as stubber:
        stubber.add_client_error("put_events", "InternalException")
        with pytest.raises(UnavailableError):
            EventBridgeBus(client, "bus").publish([a_transition()])


def test_eventbridge_hands_on_what_is_published(aws: None) -> None:
    del aws
    queues, events = boto3.client("sqs"), boto3.client("events")
    queue = queues.create_queue(QueueName="heard")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="all", EventPattern=json.dumps({"source": [SOURCE]}))
    events.put_targets(Rule="all", Targets=[{"Id": "queue", "Arn": arn}])
    EventBridgeBus(events, "default").publish([a_transition(number) for number in range(11)])
    waiting = (queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []) for _ in range(2))
    heard = [json.loads(message["Body"]) for messages in waiting for message in messages]

    assert sorted(one["detail"]["number"] for one in heard) == list(range(11))
    assert {(one["source"], one["detail-type"]) for one in heard} == {(SOURCE, ENTERED)}
