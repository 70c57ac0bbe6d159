"""The functions that move people on journeys, over a fake AWS: who does something enters once, and is asked on."""

import importlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest

from regulars.adapters import clients, sealing
from regulars.adapters.clock import now
from regulars.domain.instants import SECOND
from regulars.domain.journey_machines import waits_until
from regulars.errors import FunctionFailedError
from regulars.stores.catalog import CatalogStore
from regulars.stores.definitions import Definition
from regulars.stores.events import EventStore
from regulars.stores.journeys import JourneyStore
from tests import lambda_events, moto_shim
from tests.builders import an_event
from tests.lambda_events import message as queued

resolve_identity = importlib.import_module("functions.resolve_identity.handler")
enter_journey = importlib.import_module("functions.enter_journey.handler")
journey_step = importlib.import_module("functions.journey_step.handler")
JANE = "user_id:jane"
JOURNEY = {
    "name": "Cart",
    "enter": {"event": "Product Added", "key": "cart_id"},
    "steps": [
        {"hold": {"at_most": "1 hour", "until": [{"event": "Order Completed"}]}},
        {"wait": "1 hour"},
    ],
}
CACHED = (
    clients.database,
    clients.kms,
    clients.sqs,
    clients.wanted,
    sealing.sealer,
    resolve_identity._resolver,
    enter_journey._rooms,
    journey_step._rooms,
)


class Machines:
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.started: list[tuple[str, str, Mapping[str, Any]]] = []
        self.released: list[tuple[str, Mapping[str, Any]]] = []

    def start(self, machine: str, passage: str, input: Mapping[str, Any]) -> None:
        self.started.append((machine, passage, input))

    def release(self, token: str, answer: Mapping[str, Any]) -> bool:
        self.released.append((token, answer))
        return True


@pytest.fixture
def machines(tables: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    """A journey that is live, and its functions cold."""
    del tables
    moto_shim.mend()
    found = Machines()
    monkeypatch.setenv("WORKSPACE_CMK", boto3.client("kms").create_key()["KeyMetadata"]["KeyId"])
    for cached in CACHED:
        cached.cache_clear()
    monkeypatch.setenv("WANTED_QUEUE", clients.sqs().create_queue(QueueName="wanted")["QueueUrl"])
    monkeypatch.setattr(clients, "machines", lambda: found)
    content = {"definition": JOURNEY, "machine": "m", "published": 0, "state": "live"}
    CatalogStore(clients.database()).put(Definition(kind="journey_version", id="cart#000001", content=content))
    CatalogStore(clients.database()).put(Definition(kind="workspace", id="settings", content={}))
    yield found
    for cached in CACHED:
        cached.cache_clear()


def happens(number: int, name: str, **properties: Any) -> None:
    """Let something happen now, and be resolved."""
    at = now()
    event = an_event(number, name=name, at=at, arrival=at, links=(JANE,), properties=properties)
    EventStore(clients.database()).insert([event])
    records = [one for one in lambda_events.everything("events")["Records"] if one["eventName"] == "INSERT"]
    assert resolve_identity.handler({"Records": records[-1:]}, None) == {"batchItemFailures": []}


def wanted() -> list[str]:
    """Take what lies in the queue."""
    url = clients.sqs().get_queue_url(QueueName="wanted")["QueueUrl"]
    found = clients.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for each in found:
        clients.sqs().delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return [each["Body"] for each in found]


def works_off(*bodies: str) -> Any:
    return enter_journey.handler({"Records": [queued(str(at), body) for at, body in enumerate(bodies)]}, None)


def test_who_does_what_a_journey_waits_for_enters_once_and_is_asked_on(machines: Machines) -> None:
    happens(1, "Product Viewed", cart_id="c")
    assert wanted() == []
    happens(2, "Product Added", cart_id="c")
    bodies = wanted()
    assert [sorted(json.loads(body)) for body in bodies] == [["moment", "owner"]]
    assert works_off(*bodies, *bodies) == {"batchItemFailures": []}

    [row] = JourneyStore(clients.database()).passages(JANE)
    assert {*((machine, passage) for machine, passage, _ in machines.started)} == {("m", row.id)}
    assert machines.started[0][2] == {"instance": row.instance}


def test_whoever_holds_is_let_go_by_what_they_wait_for_and_waits_from_then_on(machines: Machines) -> None:
    happens(1, "Product Added", cart_id="c")
    works_off(*wanted())
    [row] = JourneyStore(clients.database()).passages(JANE)
    journey_step.handler({"instance": row.instance, "place": "hold_1", "token": "t"}, None)
    assert machines.released == []
    happens(2, "Order Completed")
    works_off(*wanted())
    assert machines.released == [("t", {"way": 0, "until": None})]

    [row] = JourneyStore(clients.database()).passages(JANE)
    asked, released = {"instance": row.instance, "place": "wait_1"}, row.until
    assert released is not None
    expected = {"way": 0, "until": waits_until(released + 3_600 * SECOND, released)}
    assert [journey_step.handler(asked, None) for _ in range(2)] == [expected] * 2


def test_one_message_that_is_none_of_ours_costs_the_others_nothing(machines: Machines) -> None:
    happens(1, "Product Added", cart_id="c")
    [body] = wanted()

    assert works_off("{}", body, "null", "no json") == {
        "batchItemFailures": [{"itemIdentifier": number} for number in ("0", "2", "3")]
    }
    assert len(machines.started) == 1


def test_a_place_that_cannot_be_answered_is_told_without_words(machines: Machines) -> None:
    del machines

    with pytest.raises(FunctionFailedError) as raised:
        journey_step.handler({"instance": "jane@example.com", "place": "wait_1"}, None)
    assert raised.value.__context__ is None
    assert str(raised.value) == "a place of a journey could not be answered: ValueError"
