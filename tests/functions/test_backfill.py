"""The functions that look at everybody and count members, as they are deployed, over a fake AWS."""

import importlib
from collections.abc import Sequence
from typing import Any

import boto3
import pytest

from regulars.adapters import clients
from regulars.adapters.clock import now
from regulars.pipeline.backfills import Backfills
from regulars.pipeline.definitions import Definitions
from regulars.pipeline.members import Members
from regulars.stores.events import EventStore
from regulars.stores.sizes import SizeStore
from tests.builders import START, an_event
from tests.functions.test_rebuild import Time

PEOPLE = 6
VIEWERS = {"where": {"event": "Product Viewed", "count": {"at_least": 2}}, "anonymous": True}


class Started:
    """Workers that are called by the test, as the state machine calls them."""

    segments: Sequence[int] = ()

    def start(self, id: str, segments: Sequence[int], *, name: str) -> None:
        """Remember what to do."""
        del id, name
        self.segments = segments


@pytest.fixture
def backfill(tables: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The function `backfill`, which rests no longer than a test may, over people nobody asked for yet."""
    del tables
    for cached in (clients.database, clients.large, clients.s3, clients.sqs):
        cached.cache_clear()
    monkeypatch.setenv("EVALUATIONS_QUEUE", boto3.client("sqs").create_queue(QueueName="evaluations")["QueueUrl"])
    module = importlib.import_module("functions.backfill.handler")
    module._worker.cache_clear()
    monkeypatch.setattr(module, "_LONGEST_REST", 0.0)
    events = [an_event(number, links=(f"anonymous_id:{number % PEOPLE}",)) for number in range(PEOPLE + 4)]
    EventStore(clients.database()).insert(events)
    return module.handler


def run(handler: Any) -> None:
    """Do what the state machine does."""
    workers = Started()
    begun = Backfills(clients.database(), workers, lambda: START).begin(by="s-1")
    assert begun is not None
    step: dict[str, Any] = {"id": begun.run.id, "segments": list(workers.segments), "more": True}
    while step["more"]:
        for segment in step["segments"]:
            assert handler({"id": step["id"], "segment": segment}, Time()) == {"done": True}
        step = handler({"id": step["id"]}, Time())


def test_everybody_is_looked_at_and_then_it_is_live_and_counted_each_hour(
    backfill: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    definitions = Definitions(clients.database(), lambda: START)
    edit = definitions.put("segment", "viewers", VIEWERS, origin="api")
    members = Members(clients.database(), map, now)
    before = members.size("viewers")
    run(backfill)

    page = members.page("viewers", after=None, limit=100)
    assert (edit.waits, before) == (True, 0)
    assert sorted(each.profile_id for each in page.members) == [f"p_anonymous_id:{number}" for number in range(4)]
    assert {(each.number, each.backfill) for each in page.members} == {(1, True)}
    module = importlib.import_module("functions.count_members.handler")
    monkeypatch.setattr(module, "now", lambda: START)
    assert [module.handler({}, None) for _ in range(2)] == [{"counted": 1, "overdue": 0}] * 2
    sizes = SizeStore(clients.database())
    assert sizes.of("viewers", first="2026-01-01", last="2026-01-01") == {"2026-01-01T00": 4}
    assert sizes.of("viewers", first="2025-12-01", last="2025-12-31") == {}


def test_a_new_version_is_swept_behind(backfill: Any) -> None:
    definitions = Definitions(clients.database(), lambda: START)
    definitions.put("segment", "viewers", VIEWERS, origin="api")
    run(backfill)
    definitions.put("segment", "viewers", {**VIEWERS, "where": {"event": "Product Viewed"}}, origin="api")
    run(backfill)

    page = Members(clients.database(), map, now).page("viewers", after=None, limit=100)
    assert len(page.members) == PEOPLE
    assert {each.number for each in page.members} == {1}
    assert definitions.releases().coming == {}


def test_without_time_it_says_that_it_is_not_done(backfill: Any) -> None:
    Definitions(clients.database(), lambda: START).put("segment", "viewers", VIEWERS, origin="api")
    begun = Backfills(clients.database(), Started(), lambda: START).begin(by="s-1")

    assert begun is not None
    assert backfill({"id": begun.run.id, "segment": 0}, Time(100_000)) == {"done": False}
