"""A request that no table takes is kept, sealed, and answered later as if it came then."""

import json
from dataclasses import replace
from random import Random
from typing import Any, cast

import pytest

from local.world.memory import MemoryDatabase
from local.world.wrapping import PlainWrapper
from regulars.adapters.http import Request, Response, serve
from regulars.adapters.ingest_api import IngestApi
from regulars.adapters.objects import Objects
from regulars.adapters.overflow import MOST, Overflow
from regulars.adapters.sealing import KmsSealer
from regulars.domain.instants import SECOND
from regulars.errors import UnavailableError
from regulars.pipeline.ingest import Door
from regulars.stores.vault import VaultStore
from tests.messages import WRITE_KEY, a_batch, a_track_call
from tests.pipeline.front_door import START, FrontDoor
from tests.wire import an_http_event
from tests.world.flaky import MemoryObjects, MemorySqs, Trouble


class Site:
    """A door whose tables can be switched off, with a queue behind it."""

    def __init__(self) -> None:
        self.tables_answer = True
        self.front_door = FrontDoor(MemoryDatabase(self._strike))
        self.trouble = Trouble(Random(1), refused=0, lost=0, crash=0)
        self.sqs, self.objects = MemorySqs(self.trouble), MemoryObjects()
        self.passed = 0.0
        self.slow = 0.0
        self.overflow = Overflow(
            lambda: cast(Any, self.sqs),
            "overflow",
            lambda: cast(Objects, self.objects),
            PlainWrapper(),
            lambda: self.front_door.now,
            lambda: self.passed,
        )
        self.asked = 0

    def _strike(self, _operation: str, _table: str) -> None:
        if not getattr(self, "tables_answer", True):
            self.asked += 1
            self.passed += self.slow
            raise UnavailableError("the table does not answer")

    def send(self, body: object, **headers: str) -> Response:
        """Answer a batch."""
        api = IngestApi(self.front_door.door, self.overflow)
        event = an_http_event(("/v1/batch", headers, json.dumps(body).encode()))
        return serve(event, api.answer, lambda _error: None)

    def drain(self) -> list[str | None]:
        """Answer what is kept."""
        api = IngestApi(self.front_door.door)
        return [self.overflow.drain(body, api.answer) for body in self.sqs.bodies]


@pytest.fixture
def site() -> Site:
    """A site whose tables have just gone."""
    site = Site()
    site.tables_answer = False
    return site


def test_a_request_that_no_table_takes_is_deferred(site: Site) -> None:
    answer = site.send(a_batch(a_track_call(), a_track_call(messageId=None), writeKey=WRITE_KEY))
    content = json.loads(answer["body"])

    assert (answer["statusCode"], content["accepted"], content["deferred"]) == (200, 0, 2)
    assert content["verdicts"] == [
        {"index": 0, "messageId": "m-1", "verdict": "deferred"},
        {"index": 1, "messageId": None, "verdict": "deferred"},
    ]
    assert site.front_door.journal.counts["events_deferred"] == 2


def test_it_is_answered_later_as_of_then_and_twice_changes_nothing(site: Site) -> None:
    site.send(a_batch(a_track_call(timestamp=None), writeKey=WRITE_KEY))
    site.front_door.now += 3_600 * SECOND
    site.tables_answer = True

    assert site.drain() == [None]
    assert site.drain() == [None]
    (event,) = site.front_door.events()
    assert event.arrival == START


def test_nobody_reads_it_on_its_way(site: Site) -> None:
    site.send(a_batch(a_track_call(userId="customer-1", event="Secret Seen"), writeKey=WRITE_KEY))

    (body,) = site.sqs.bodies
    assert not any(secret in body for secret in ("customer-1", "Secret Seen", WRITE_KEY, "visitor-1"))


def test_a_cookie_is_not_kept(site: Site) -> None:
    site.send(a_batch(a_track_call(), writeKey=WRITE_KEY), cookie="session=1", origin="https://shop.example")
    kept: list[Request] = []
    site.overflow.drain(site.sqs.bodies[0], kept.append)

    assert kept[0].headers["origin"] == "https://shop.example"
    assert "cookie" not in kept[0].headers


def test_what_is_larger_than_a_message_waits_in_a_bucket_until_it_is_answered(site: Site) -> None:
    noise = Random(1).randbytes(450_000).hex()
    site.send(a_batch(a_track_call(properties={"noise": noise[:500_000]}), writeKey=WRITE_KEY), padding=noise)

    assert len(site.sqs.bodies[0]) < MOST
    assert len(site.objects.held) == 1
    site.tables_answer = True
    assert site.drain() == [None]
    assert site.objects.held == {}
    assert site.drain() == [None]
    assert site.front_door.count("events", "quarantine") == 1


def test_a_request_that_would_have_been_refused_is_refused_then(site: Site) -> None:
    site.send(a_batch(a_track_call(), writeKey="wk_unknown"))
    site.tables_answer = True

    assert site.drain() == ["unauthorized"]
    assert site.front_door.count("events") == 0


def test_it_goes_on_waiting_while_tables_do_not_answer(site: Site) -> None:
    site.send(a_batch(a_track_call(), writeKey=WRITE_KEY))

    with pytest.raises(UnavailableError):
        site.drain()


def test_only_when_both_ways_fail_the_sender_has_to_keep_it(site: Site) -> None:
    site.trouble.begin(refused=1.0)
    answer = site.send(a_batch(a_track_call(), writeKey=WRITE_KEY))

    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "2")


def test_what_is_no_call_is_refused_whatever_the_tables_do(site: Site) -> None:
    answer = site.send({"writeKey": WRITE_KEY})

    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (400, "invalid_request")
    assert site.sqs.bodies == []


def test_tables_that_take_seconds_to_fail_are_left_alone_for_a_while(site: Site) -> None:
    site.slow = 3.0
    for number in range(3):
        site.send(a_batch(a_track_call(messageId=f"m-{number}"), writeKey=WRITE_KEY))
    assert site.asked == 1

    site.passed += 5.0
    site.tables_answer = True
    answer = site.send(a_batch(a_track_call(messageId="m-9"), writeKey=WRITE_KEY))
    assert json.loads(answer["body"])["accepted"] == 1


def test_while_the_workspace_is_closed_requests_wait_and_are_answered_once_it_is_open() -> None:
    site = Site()
    front_door, vault = site.front_door, VaultStore(site.front_door.database)
    front_door.batch(a_track_call(messageId="before"))
    standing = vault.secret()
    assert standing
    closed = vault.save_secret(replace(standing, closed=1))
    front_door.door = Door(
        front_door.database, KmsSealer(front_door.database, PlainWrapper()), front_door.journal, lambda: front_door.now
    )

    answer = site.send(a_batch(a_track_call(messageId="meanwhile"), writeKey=WRITE_KEY))
    stored = front_door.count("events")
    vault.save_secret(replace(standing, version=closed.version))
    site.drain()

    assert json.loads(answer["body"])["deferred"] == 1
    assert (stored, front_door.count("events")) == (1, 2)
