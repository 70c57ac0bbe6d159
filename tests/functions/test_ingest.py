"""The deployed door over DynamoDB and KMS."""

import json
import threading
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import boto3
import pytest

from functions.ingest import handler as ingest
from functions.resolve_identity import handler as resolve_identity
from regulars.adapters import clients, sealing
from regulars.adapters.logs import logger
from regulars.domain.write_keys import key_print
from regulars.pipeline.opening import Opener
from regulars.stores.catalog import CatalogStore
from regulars.stores.definitions import Definition
from regulars.stores.events import from_item
from regulars.stores.identities import IdentityStore
from tests.messages import WRITE_KEY, a_batch, a_track_call, an_identify_call
from tests.wire import REQUESTS, an_http_event

Answer = dict[str, Any]
Send = Callable[..., Answer]


@pytest.fixture
def send(tables: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Send]:
    """Send a body to the function, as a process that has just started."""
    del tables
    key = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
    monkeypatch.setenv("WORKSPACE_CMK", key)
    _start_anew()
    content = {"source": "web"}
    CatalogStore(clients.database()).put(Definition(kind="write_key", id=key_print(WRITE_KEY), content=content))

    def ask(body: Any, path: str = "/v1/batch") -> Answer:
        event = an_http_event((path, {}, json.dumps({**body, "writeKey": WRITE_KEY}).encode()))
        return ingest.handler(event, None)

    yield ask
    _start_anew()


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What the function logs."""
    lines = StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", lines)
    return lines


def _start_anew() -> None:
    for made in (clients.database, clients.kms, sealing.sealer, ingest._api, resolve_identity._resolver):
        made.cache_clear()


def stored() -> list[Any]:
    return [from_item(item) for item in _scan("events")]


def _scan(table: str) -> list[dict[str, Any]]:
    items = boto3.resource("dynamodb").Table(table).scan()["Items"]
    return [{name: _plain(value) for name, value in item.items()} for item in items]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return value.value if hasattr(value, "value") else int(value)


def content_of(answer: Answer) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(answer["body"])
    return content


def test_stores_what_every_sdk_sends(send: Send) -> None:
    del send
    for wire in REQUESTS.values():
        assert ingest.handler(an_http_event(wire), None)["statusCode"] == 200

    assert {event.type for event in stored()} == {"track", "identify"}


def test_a_retry_reaches_a_new_process_as_a_duplicate(send: Send) -> None:
    body = a_batch(a_track_call(), an_identify_call())
    assert content_of(send(body))["accepted"] == 2
    _start_anew()

    assert content_of(send(body))["duplicate"] == 2
    assert len(stored()) == 2


def test_a_new_process_opens_what_was_sealed(send: Send) -> None:
    send(an_identify_call(traits={"email": "jane@example.com"}), "/v1/identify")
    _start_anew()

    (event,) = stored()
    shown = Opener(sealing.sealer(), personal=True).event(event)
    assert shown.traits == {"email": "jane@example.com"}
    assert shown.ids["user_id"] == "customer-1"


def test_what_is_stored_can_be_resolved(send: Send) -> None:
    send(an_identify_call(traits={"plan": "gold"}), "/v1/identify")
    (item,) = boto3.client("dynamodb").scan(TableName="events")["Items"]
    keys = {name: item[name] for name in ("owner", "moment")}
    body = {"Keys": keys, "NewImage": item, "SequenceNumber": "1", "ApproximateCreationDateTime": 1_767_225_600}
    record = {"eventID": "1", "eventName": "INSERT", "eventSourceARN": "arn:…:table/events/stream/1", "dynamodb": body}
    resolve_identity.handler({"Records": [record]}, None)

    (event,) = stored()
    assert IdentityStore(clients.database()).link(event.links[1])


def test_the_same_request_at_once_is_stored_once(send: Send) -> None:
    body = a_batch(*(a_track_call(messageId=f"m-{number}") for number in range(30)))
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(send(body))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(content_of(answer)["accepted"] for answer in answers) == len(stored()) == 30


def test_quarantines_in_the_table(send: Send) -> None:
    assert content_of(send(a_batch(a_track_call(event=""), a_track_call())))["quarantined"] == 1
    assert [row["code"] for row in _scan("quarantine")] == ["invalid_event_name"]


def test_says_503_and_nothing_of_the_person_when_it_cannot_store(send: Send, log: StringIO) -> None:
    boto3.client("dynamodb").delete_table(TableName="events")
    answer = send(a_batch(an_identify_call(traits={"email": "jane@example.com"})))

    assert (answer["statusCode"], content_of(answer)["code"]) == (503, "unavailable")
    assert answer["headers"]["retry-after"] == "2"
    logged = log.getvalue()
    assert "a request could not be served" in logged
    assert not any(text in logged + answer["body"] for text in ("jane", "customer-1", "visitor-1", WRITE_KEY))


def test_writes_no_person_to_the_log(send: Send, log: StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    send(a_batch(an_identify_call(traits={"email": "jane@example.com"}), a_track_call(event="To jane@example.com")))

    logged = capsys.readouterr().out + log.getvalue()
    assert "events_accepted" in logged
    assert not any(text in logged for text in ("jane", "customer-1", "visitor-1", WRITE_KEY))
