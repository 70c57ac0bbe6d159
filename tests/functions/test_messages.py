"""The functions of messages over a fake AWS: a letter goes out once, and what SES tells of it is written down."""

import importlib
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from local.world.world import Counts
from regulars.adapters import clients, sealing
from regulars.adapters.clock import now
from regulars.domain.instants import SECOND
from regulars.domain.journey_machines import waits_until
from regulars.domain.passages import Message, Passage
from regulars.domain.send_ledger import LEASE, ledger_name
from regulars.errors import FunctionFailedError
from regulars.pipeline.resolve import Resolver
from regulars.stores.catalog import CatalogStore
from regulars.stores.definitions import Definition, Kind
from regulars.stores.events import EventStore
from regulars.stores.journeys import JourneyStore, put_message, put_passage
from tests import moto_shim
from tests.builders import START, an_identify
from tests.lambda_events import message as queued
from tests.logs import reading_logs
from tests.sending import JANE, PURPOSES

deliver = importlib.import_module("functions.deliver.handler")
settle = importlib.import_module("functions.settle_sends.handler")
SEND = {"id": "hello", "send": {"channel": "email", "template": "hello", "purpose": "orders", "class": "transactional"}}
CACHED = (
    clients.database,
    clients.kms,
    clients.ses,
    clients.sns,
    sealing.sealer,
    deliver._deliveries,
    settle._settler,
)


@pytest.fixture
def passage(tables: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Passage]:
    """Jane on a journey, with the functions cold."""
    del tables
    moto_shim.mend()
    monkeypatch.setenv("SENDER", "The Shop <hello@shop.example>")
    monkeypatch.setenv("SITE", "https://api.example.com/")
    monkeypatch.setenv("WORKSPACE_CMK", boto3.client("kms").create_key()["KeyMetadata"]["KeyId"])
    boto3.client("sesv2").create_email_identity(EmailIdentity="shop.example")
    for cached in CACHED:
        cached.cache_clear()
    database = clients.database()
    version = {"definition": {"name": "a", "enter": {"event": "Signed Up"}, "steps": [SEND]}}
    define("journey_version", "welcome#000001", {**version, "machine": "m", "published": 0, "state": "live"})
    define("template", "hello", {"channel": "email", "subject": "Hello {{traits.name}}", "text": "Hello"})
    define("consent", "purposes", PURPOSES)
    event = an_identify(links=(JANE,), email="jane@example.com", name="Jane")
    EventStore(database).insert([event])
    resolver = Resolver(database, Counts(), lambda: START)
    resolver.start_batch()
    resolver.apply(JANE, [event], stored=START)
    one = Passage(owner=JANE, journey="welcome", number=1, id="p1", key="", at=START, since=START)
    database.transact([put_passage(one)])
    yield one
    for cached in CACHED:
        cached.cache_clear()


def a_batch(body: str) -> dict[str, Any]:
    return {"Records": [queued("1", body)]}


def define(kind: Kind, id: str, content: dict[str, Any]) -> None:
    CatalogStore(clients.database()).put(Definition(kind=kind, id=id, content=content))


def test_a_letter_goes_out_once_and_its_delivery_is_written_down(passage: Passage) -> None:
    asked = {"instance": passage.instance, "place": "hello"}

    assert [deliver.handler(asked, None) for _ in range(2)] == [{"way": 0, "until": None}] * 2
    store = JourneyStore(clients.database())
    message = store.message(JANE, "p1", "hello")
    assert message is not None
    assert message.outcome == "sent"
    told = {"type": "Email Delivered", "send": [ledger_name(message)], "bounce": ""}
    assert settle.handler(a_batch(json.dumps(told)), None) == {"batchItemFailures": []}
    after = store.message(JANE, "p1", "hello")
    assert after is not None
    assert after.outcome == "delivered"
    names = [event.name for event in EventStore(clients.database()).of(JANE)]
    assert sorted(name for name in names if name and name.startswith("Message")) == [
        "Message Delivered",
        "Message Sent",
    ]


def test_what_no_machine_asks_fails(passage: Passage) -> None:
    with pytest.raises(FunctionFailedError, match="InvalidRequestError"):
        deliver.handler({"instance": passage.instance, "place": "other"}, None)


def test_an_error_is_told_by_its_class_and_none_of_its_words(passage: Passage, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(_instance: str, _place: str) -> None:
        raise ValueError("jane@example.com")

    monkeypatch.setattr(deliver._deliveries(), "answer", answer)
    with reading_logs() as logs, pytest.raises(FunctionFailedError) as raised:
        deliver.handler({"instance": passage.instance, "place": "hello"}, None)

    assert raised.value.__context__ is None
    assert str(raised.value) == "a place of a message could not be answered: ValueError"
    assert json.loads(logs.getvalue())["error"] == "ValueError"
    assert "jane@" not in logs.getvalue()


def test_a_machine_is_told_to_wait_in_whole_seconds(passage: Passage) -> None:
    message = Message(
        owner=passage.owner,
        passage=passage.id,
        place="hello",
        journey="welcome",
        number=1,
        channel="email",
        template="hello",
        purpose="orders",
        kind="transactional",
        at=now() // SECOND * SECOND + 1,
    )
    clients.database().transact([put_message(message)])

    answer = deliver.handler({"instance": passage.instance, "place": "hello"}, None)
    assert answer == {"way": 1, "until": waits_until(message.at + LEASE, now())}
    assert "." not in str(answer["until"])


@pytest.mark.usefixtures("passage")
@pytest.mark.parametrize(
    "body",
    ["null", "[]", "{}", '{"type": "Email Delivered", "send": []}', '{"type": "Email Opened", "send": ["x"]}'],
)
def test_news_of_nothing_is_done_with(body: str) -> None:
    assert settle.handler(a_batch(body), None) == {"batchItemFailures": []}


@pytest.mark.usefixtures("passage")
def test_news_that_cannot_be_read_comes_again() -> None:
    assert settle.handler(a_batch("{"), None)["batchItemFailures"]
