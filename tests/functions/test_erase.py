"""The functions of requests of persons, as they are deployed, over a fake AWS."""

import json
from dataclasses import replace
from typing import Any

import boto3
import pytest

from regulars.adapters import clients, export_files, lake, ledger_copies
from regulars.adapters.parquet import Parquet
from regulars.domain.events import Event
from regulars.domain.lake import EVENTS, REMAINS
from regulars.domain.lake_files import batch_key
from regulars.domain.lake_rows import event_row
from regulars.domain.privacy_requests import Request
from regulars.pipeline.journey_forgetting import NothingRuns
from regulars.pipeline.resolve import Resolver
from regulars.pipeline.sweeping import Sweeper
from regulars.stores.events import EventStore
from regulars.stores.ledger import Ledger
from regulars.stores.privacy_requests import RequestStore
from regulars.stores.quarantine import Quarantined, QuarantineStore
from tests.builders import START, an_event, an_identify
from tests.functions.test_rebuild import Time, cold
from tests.sign_in import claims, token

OWNER = "user_id:u"


@pytest.fixture
def erase(tables: None) -> Any:
    """The function `erase`, over one person of two identifiers and somebody else, with a lake."""
    del tables
    cached_ones = (clients.database, clients.large, clients.s3, lake.lake, export_files.export_files)
    for cached in (*cached_ones, ledger_copies.ledger_copies):
        cached.cache_clear()
    s3 = boto3.client("s3", region_name="eu-west-1")
    for bucket in ("large", "lake", "exports", "failures", "anchors"):
        if bucket not in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    module = cold("erase")
    events: list[Event] = [
        an_identify(1, plan="gold"),
        an_event(2, properties={"text": "x" * 900}),
        an_event(3, links=("anonymous_id:a",), sealed=bytes(range(256)) * 2_000),
        an_event(4, links=("user_id:v",)),
    ]
    resolver = Resolver(clients.database(), module.journal, lambda: START)
    for event in events:
        EventStore(clients.database()).insert([event])
        resolver.apply(event.owner, [event], stored=START)
    content = Parquet().write(EVENTS, [event_row(event) for event in events])
    lake.lake().put(batch_key(EVENTS, "2026-01-01", "1", content), content)
    row = Quarantined(source="web", arrival=START, message_id="m", code="c", reason="r", sealed=b"s", owner=OWNER)
    QuarantineStore(clients.database()).add(row)
    store = RequestStore(clients.database())
    store.save(Request(id="q1", kind="erasure", by="s", received=START, state="verified", identifiers=1))
    store.add("q1", [OWNER])
    return module


def test_it_erases_round_after_round_and_says_how_long_to_wait(erase: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    large = list(clients.large().keys("events/"))
    clock = [START]
    worker = erase._worker()
    monkeypatch.setattr(worker, "_clock", lambda: clock[0])

    answers: list[dict[str, int]] = []
    while not answers or not answers[-1]["done"]:
        answers.append(erase.handler({"id": "q1", "segments": [0]}, Time()))
        clock[0] += answers[-1]["wait"] * 1_000_000

    database = clients.database()
    request = RequestStore(database).get("q1")
    assert request
    assert (request.state, request.round, dict(request.last)) == ("done", 3, {})
    assert len(large) == 1
    assert list(clients.large().keys("events/")) == []
    assert [EventStore(database).of(owner) for owner in (OWNER, "anonymous_id:a")] == [[], []]
    assert len(EventStore(database).of("user_id:v")) == 1
    assert all(Ledger(database).get(owner) for owner in (OWNER, "anonymous_id:a"))
    assert database.scan("quarantine", limit=10).items == []
    [file] = lake.lake().files(EVENTS, since="")
    assert Parquet().forget(EVENTS, lake.lake().get(file.key) or b"", [OWNER, "anonymous_id:a"]) is None
    assert answers[0] == {"done": False, "wait": 960}
    kept = {one.owner for copy in ledger_copies.ledger_copies().all() for one in copy.doomed}
    assert kept == {OWNER, "anonymous_id:a"}
    assert request.found["lake_rows"] == 3


@pytest.mark.parametrize("number", [21, 22])
def test_of_many_who_are_anonymised_counts_remain(erase: Any, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    clock = [START]
    monkeypatch.setattr(erase._worker(), "_clock", lambda: clock[0])
    people = [f"user_id:{one:x}" for one in range(number)]
    content = Parquet().write(EVENTS, [event_row(an_event(links=(person,))) for person in people[:12]])
    lake.lake().put(batch_key(EVENTS, "2026-01-01", "2", content), content)
    store = RequestStore(clients.database())
    store.save(Request(id="q2", kind="anonymisation", by="s", received=START, state="verified", identifiers=number))
    store.add("q2", people)

    while not (answer := erase.handler({"id": "q2"}, Time()))["done"]:
        clock[0] += answer["wait"] * 1_000_000

    request = store.get("q2")
    rows = [
        row
        for file in lake.lake().files(REMAINS, since="")
        for row in Parquet().rows(REMAINS, lake.lake().get(file.key) or b"")
    ]
    viewed = {"arrived": START, "type": "track", "name": "Product Viewed", "source": "web", "events": 10, "k": 10}
    assert request
    assert request.state == "done"
    assert rows == ([viewed] if number == 22 else [])  # of 21 only nine had none
    assert request.counted == {"events": 10 * len(rows), "groups": len(rows)}


def test_a_large_event_of_somebody_else_loses_the_name_and_keeps_its_content(erase: Any) -> None:
    database = clients.database()
    sealed = bytes(range(256)) * 2_000
    other = an_event(5, links=("user_id:v", "anonymous_id:a"), sealed=sealed)
    EventStore(database).insert([other])

    changed = Sweeper(database, clients.large(), NothingRuns()).redact(
        f"{other.owner} {other.moment}", {"anonymous_id:a"}
    )

    del erase
    stored = EventStore(database).get(other.owner, other.moment)
    assert changed == 1
    assert stored == replace(other, links=("user_id:v",))


def test_without_time_it_asks_to_be_called_again(erase: Any) -> None:
    assert erase.handler({"id": "q1"}, Time(1_000)) == {"done": False, "wait": 1}


@pytest.mark.usefixtures("pool")
def test_requests_are_taken_by_the_function_that_answers_for_them(erase: Any) -> None:
    del erase
    event = {
        "rawPath": "/v1/privacy/register",
        "headers": {"authorization": f"Bearer {token(claims(**{'cognito:groups': ['privacy']}))}"},
        "requestContext": {"http": {"method": "GET"}},
    }

    answer = cold("privacy_api").handler(event, Time())

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["places"]


@pytest.mark.usefixtures("pool")
def test_who_takes_requests_asks_for_a_token(erase: Any) -> None:
    del erase
    event = {"rawPath": "/v1/privacy/register", "requestContext": {"http": {"method": "GET"}}}

    assert cold("privacy_api").handler(event, Time())["statusCode"] == 401
