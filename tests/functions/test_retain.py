"""The function `retain`, as it is deployed, over a fake AWS."""

from dataclasses import replace
from typing import Any

import boto3
import pytest

from regulars.adapters import clients
from regulars.domain.instants import DAY
from regulars.domain.retention import SLACK
from regulars.pipeline.forgetting import LIFE
from regulars.pipeline.resolve import Resolver
from regulars.stores.catalog import CatalogStore
from regulars.stores.definitions import Definition
from regulars.stores.events import EventStore
from regulars.stores.identities import IdentityStore
from regulars.stores.sweeps import SweepStore
from regulars.stores.vault import VaultStore
from tests.builders import START, an_event
from tests.functions.test_rebuild import Time, cold

OWNER, DEVICE = "user_id:u", "anonymous_id:gone"
END = START + 60 * DAY


@pytest.fixture
def retain(tables: None) -> Any:
    """The function, over somebody known with a large event, and a device that came once."""
    del tables
    for cached in (clients.database, clients.large, clients.s3):
        cached.cache_clear()
    s3 = boto3.client("s3", region_name="eu-west-1")
    if "large" not in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket="large", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    module = cold("retain")
    database = clients.database()
    where = {"event": "Product Viewed", "count": {"at_least": 1}}
    content = {"where": where, "anonymous": True}
    CatalogStore(database).put(Definition(kind="segment", id="viewers", content=content))
    resolver = Resolver(database, module.journal, lambda: START)
    resolver.start_batch()
    for event in (
        an_event(1, links=(OWNER,), sealed=bytes(range(256)) * 2_000),
        an_event(2, links=(OWNER,), kept_until=START + 3_000 * DAY),
        an_event(3, links=(DEVICE,)),
    ):
        event = replace(event, kept_until=event.kept_until or END)
        EventStore(database).insert([event])
        resolver.apply(event.owner, [event], stored=START)
    VaultStore(database).create(DEVICE, b"key")
    return module


def test_it_seals_clears_and_forgets_and_says_that_it_is_done(retain: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    database, clock = clients.database(), [END + 2 * DAY]
    retain._retainer.cache_clear()
    monkeypatch.setattr(retain, "now", lambda: clock[0])
    assert len(list(clients.large().keys("events/"))) == 1

    assert retain.handler({}, Time()) == {"done": True}

    part = IdentityStore(database).part(OWNER, "event#Product Viewed")
    assert part is not None
    assert (part.state.count, part.sealed.count) == (2, 1)
    assert list(clients.large().keys("events/")) == []
    assert [event.moment for event in EventStore(database).of(OWNER)] == [an_event(2, links=(OWNER,)).moment]
    assert EventStore(database).of(DEVICE) == []
    assert IdentityStore(database).read(DEVICE).parts == ()
    assert SweepStore(database).get().last["forgotten"] == 1

    clock[0] += LIFE
    assert retain.handler({}, Time()) == {"done": True}
    assert database.get("vault", DEVICE) is None


def test_it_stops_when_its_time_is_over_and_goes_on_the_next_hour(retain: Any) -> None:
    retain._retainer.cache_clear()

    assert retain.handler({}, Time(100)) == {"done": False}
    assert retain.handler({}, Time()) == {"done": True}


def test_the_slack_leaves_room_for_two_sweeps_that_fail() -> None:
    assert SLACK == 3 * 7 * DAY
