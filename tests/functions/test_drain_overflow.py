"""The deployed second way in: ingest leaves a request in the queue, and drain_overflow answers it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from functions.drain_overflow import handler as drain_overflow
from functions.ingest import handler as ingest
from regulars.adapters import clients, sealing
from regulars.adapters.dynamodb import DynamoDatabase
from regulars.domain.write_keys import key_print
from regulars.errors import UnavailableError
from regulars.stores.catalog import CatalogStore
from regulars.stores.definitions import Definition
from tests.messages import WRITE_KEY, a_batch, a_track_call
from tests.wire import an_http_event


class Queue:
    """The queue between the two functions."""

    def __init__(self) -> None:
        self.url = boto3.client("sqs").create_queue(QueueName="overflow")["QueueUrl"]

    def bodies(self) -> list[str]:
        """Take what waits."""
        found = boto3.client("sqs").receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        return [message["Body"] for message in found.get("Messages", [])]


@pytest.fixture
def queue(tables: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    """Both functions, cold, with one source."""
    del tables
    queue = Queue()
    monkeypatch.setenv("WORKSPACE_CMK", boto3.client("kms").create_key()["KeyMetadata"]["Arn"])
    monkeypatch.setenv("OVERFLOW_QUEUE", queue.url)
    _start_anew()
    content = {"source": "web"}
    CatalogStore(clients.database()).put(Definition(kind="write_key", id=key_print(WRITE_KEY), content=content))
    yield queue
    _start_anew()


def _start_anew() -> None:
    for made in (clients.database, clients.kms, clients.sqs, clients.s3, clients.large, sealing.sealer):
        made.cache_clear()
    for api in (ingest._api, drain_overflow._api):
        api.cache_clear()
    drain_overflow._overflow.cache_clear()


def send(*, write_key: str = WRITE_KEY) -> dict[str, Any]:
    body = a_batch(a_track_call(), writeKey=write_key)
    answer = ingest.handler(an_http_event(("/v1/batch", {}, json.dumps(body).encode())), None)
    assert answer["statusCode"] == 200
    content: dict[str, Any] = json.loads(answer["body"])
    return content


def drain(*bodies: str) -> Any:
    records = [{"messageId": f"q-{number}", "body": body} for number, body in enumerate(bodies)]
    return drain_overflow.handler({"Records": records}, None)


def stored() -> int:
    return int(boto3.client("dynamodb").scan(TableName="events")["Count"])


def test_what_was_kept_is_answered_once(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    with throttled(monkeypatch):
        assert send()["deferred"] == 1
        bodies = queue.bodies()
        assert drain(*bodies) == {"batchItemFailures": [{"itemIdentifier": "q-0"}]}
    assert stored() == 0

    assert drain(*bodies, *bodies) == {"batchItemFailures": []}
    assert stored() == 1


def test_a_message_that_is_none_of_ours_comes_back_and_costs_no_other(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    with throttled(monkeypatch):
        send()

    assert drain("nonsense", *queue.bodies()) == {"batchItemFailures": [{"itemIdentifier": "q-0"}]}
    assert stored() == 1


def test_a_key_that_nobody_knew_is_refused_for_good(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    with throttled(monkeypatch):
        send(write_key="wk_unknown")

    assert drain(*queue.bodies()) == {"batchItemFailures": []}
    assert stored() == 0


@contextmanager
def throttled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no table answer for a while."""

    def refuse(*_arguments: object, **_named: object) -> None:
        raise UnavailableError("the table does not answer")

    with monkeypatch.context() as outage:
        for operation in ("get", "insert", "put", "query"):
            outage.setattr(DynamoDatabase, operation, refuse)
        yield
