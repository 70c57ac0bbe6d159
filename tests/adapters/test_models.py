"""The models say what the stores write: keys, index, and every attribute."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest
from pynamodb.models import Model

from local.world.memory import MemoryDatabase
from local.world.world import START, World
from regulars.adapters.models import MODELS
from regulars.domain.inbox import SealedMessage
from regulars.domain.instants import DAY
from regulars.domain.lots import Draw
from regulars.domain.passages import Message, Passage
from regulars.domain.refused_claims import RefusedClaim
from regulars.domain.sending import Sent
from regulars.domain.timers import Timer
from regulars.pipeline.audit import AuditTrail
from regulars.stores.database import INDEXES, KEYS, TableName
from regulars.stores.events import to_item
from regulars.stores.inbox import put as put_inbox
from regulars.stores.journeys import Claims, JourneyStore, Suppressed, put_claims, put_message, put_passage
from regulars.stores.quarantine import Quarantined, QuarantineStore
from regulars.stores.refused_claims import RefusedClaimStore
from regulars.stores.tallies import TallyStore
from regulars.stores.timers import TimerStore
from regulars.stores.vault import VaultStore
from tests.audits import a_deed
from tests.builders import an_event, an_identify, an_order

VIP = {"name": "Buyers", "where": {"event": "Order Completed", "within": "10 days"}}


@pytest.mark.parametrize("table", KEYS)
def test_a_model_has_the_keys_and_indexes_of_its_table(aws: None, table: TableName) -> None:
    del aws
    MODELS[table].create_table(billing_mode="PAY_PER_REQUEST")

    made = boto3.client("dynamodb").describe_table(TableName=table)["Table"]
    assert _keys(made["KeySchema"]) == KEYS[table]
    indexes = {index["IndexName"]: _keys(index["KeySchema"]) for index in made.get("GlobalSecondaryIndexes", [])}
    assert indexes == INDEXES.get(table, {})
    projections = {index["Projection"]["ProjectionType"] for index in made.get("GlobalSecondaryIndexes", [])}
    assert projections <= {"KEYS_ONLY"}


def test_models_know_every_attribute_that_the_stores_write() -> None:
    database = _a_lived_in_world()

    for table, model in MODELS.items():
        items = database.all(table)
        assert items, table
        for item in items:
            unknown = item.keys() - _types(model).keys()
            assert not unknown, f"{model.__name__} lacks {sorted(unknown)}"
            assert {name: _type(value) for name, value in item.items()} == {name: _types(model)[name] for name in item}


def test_models_ask_for_no_attribute_that_the_stores_leave_out() -> None:
    database = _a_lived_in_world()

    for table, model in MODELS.items():
        needed = {attribute.attr_name for attribute in model.get_attributes().values() if not attribute.null}
        for item in database.all(table):
            assert needed <= item.keys()


def _a_lived_in_world() -> MemoryDatabase:
    world = World()
    world.define("segment", "buyers", VIP)
    world.store(
        an_identify(1, plan="pro"),
        an_order(2),
        an_event(3, links=("user_id:u", "email:e")),
        an_identify(4, links=("user_id:u", "email:e")),
        an_event(5, links=("anonymous_id:b",), sealed=b"\x01"),
        an_identify(6, links=("email:f", "anonymous_id:b")),
        an_identify(7, links=("user_id:u", "anonymous_id:b")),
    )
    world.advance(START + DAY)
    database = world.database
    database.insert("events", [to_item(an_event(9, kept_until=START))])
    TimerStore(database).set(Timer("p_user_id:u", START + 20 * DAY))
    VaultStore(database).create("user_id:u", b"wrapped")
    QuarantineStore(database).add(
        Quarantined(source="web", arrival=START, message_id="m", code="c", reason="r", sealed=b"s")
    )
    RefusedClaimStore(database).add(RefusedClaim(owner="email:e", limit="email", event="user_id:u -#web#m", at=START))
    trail = AuditTrail(database, world.clock, lambda _tries: None, function="profile_api", lane=0)
    trail.write(a_deed())
    _travel(database)
    TallyStore(database).put("violations#web#2026-01-01", "p", {("A", "b"): 1}, now=START)
    return database


def _travel(database: MemoryDatabase) -> None:
    """Leave all that journeys leave of somebody."""
    passage = Passage(owner="user_id:u", journey="j", number=1, id="p", key="", at=START, told=b"t", token="t")
    whole = replace(passage, until=START, released=0, converted=START, ended=START, ending="goal")
    message = Message(
        owner="user_id:u",
        passage="p",
        place="hello",
        journey="j",
        number=1,
        channel="email",
        template="t",
        purpose="p",
        kind="marketing",
        at=START,
        until=START,
    )
    claims = Claims(owner="user_id:u", sent=[Sent(START, "email", "marketing")])
    inbox = SealedMessage(owner="user_id:u", id="m", at=START, content=b"c", read=START)
    database.transact(
        [put_passage(replace(whole, expires=START)), put_message(message), put_claims(claims), put_inbox(inbox)]
    )
    store = JourneyStore(database)
    store.draw("user_id:u", Draw("holdout", "p_user_id:u", START))
    store.suppress(Suppressed(owner="email:e", channel="email", since=START, reason="bounce"))


def _types(model: type[Model]) -> dict[str, str]:
    return {attribute.attr_name: attribute.attr_type for attribute in model.get_attributes().values()}


def _type(value: object) -> str:
    kinds: dict[type, str] = {str: "S", int: "N", bytes: "B"}
    return kinds[type(value)]


def _keys(schema: Any) -> tuple[str, str | None]:
    by_kind: Callable[[str], str | None] = {key["KeyType"]: key["AttributeName"] for key in schema}.get
    return by_kind("HASH") or "", by_kind("RANGE")
