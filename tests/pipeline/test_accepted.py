"""Accepted means storable, read back equal, and foldable: whatever Python, JSON and DynamoDB disagree on."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from local.world.memory import MemoryDatabase
from local.world.world import Counts
from regulars.domain.payloads import read_object
from regulars.errors import RequestError
from regulars.pipeline.opening import Opener
from regulars.pipeline.resolve import Resolver
from regulars.stores.database import KEYS, Item, TableName, size_of, text
from regulars.stores.definitions import Definition
from tests.messages import WRITE_KEY
from tests.payloads.nasty_texts import NASTY_TEXTS
from tests.pipeline.front_door import FrontDoor
from tests.reading import differences

odd_texts = st.sampled_from(NASTY_TEXTS)
texts = st.text(st.characters(codec="utf-8"), max_size=12) | odd_texts
names = texts | st.sampled_from("email first_name address id name customer city revenue url note __proto__".split())
edges = st.sampled_from(
    [10**38 - 1, -(10**38) + 1, 2**53 + 1, -(2**63) - 1, 0, -0.0, 5e-324, 1.7976931348623157e308, 1e22, 0.1 + 0.2, 1e-7]
)
numbers = st.integers(-(10**37), 10**37) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | edges
values = st.recursive(
    st.none() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)
objects = st.dictionaries(names, values, max_size=4)
orders = st.fixed_dictionaries({"order_id": texts | numbers, "revenue": numbers | texts})
deep = json.loads("[" * 17 + "]" * 17)
flaws = st.sampled_from(["\ud800", float("nan"), float("inf"), 10**38, -(10**40), deep])
FIELDS: Mapping[str, st.SearchStrategy[Any]] = {
    "userId": st.sampled_from(["a", "b", 7, "", None]) | texts,
    "anonymousId": st.sampled_from(["a", "c"]) | texts,
    "groupId": texts | st.integers(0, 9),
    "previousId": texts,
    "messageId": st.sampled_from(["m-1", "m-2"]) | texts,
    "timestamp": numbers | texts | st.datetimes().map(str),
    "originalTimestamp": st.datetimes().map(str),
    "sentAt": numbers | texts | st.datetimes().map(str),
    "properties": orders | objects | st.none(),
    "traits": objects
    | st.fixed_dictionaries({"email": texts, "address": objects, "tags": st.lists(values, max_size=3)}),
    "context": objects | st.fixed_dictionaries({"traits": objects}),
    "integrations": objects,
    "name": texts,
}


@st.composite
def messages(draw: st.DrawFn) -> dict[str, Any]:
    """A message of any SDK, and one in eight of somebody who means no good."""
    message: dict[str, Any] = {"anonymousId": "a", "previousId": "p", "groupId": "g"}
    message["type"] = draw(st.sampled_from(["track", "track", "identify", "page", "screen", "group", "alias"]))
    message["event"] = draw(st.sampled_from(["Order Completed", "Product Viewed"]) | texts)
    for name in draw(st.lists(st.sampled_from(sorted(FIELDS)), unique=True)):
        message[name] = draw(FIELDS[name])
    if draw(st.integers(0, 7)) == 0:
        flaw = flaws | values | flaws.map(lambda flaw: {"x": flaw})
        message[draw(st.sampled_from([*FIELDS, "type", "event"]))] = draw(flaw)
    return message


def a_workspace() -> FrontDoor:
    """A door in front of a live segment, so that events are folded."""
    front_door = FrontDoor(MemoryDatabase())
    content = {"anonymous": True, "where": {"event": "Order Completed", "sum": {"of": "revenue", "at_least": 1}}}
    front_door.catalog.put(Definition(kind="segment", id="buyers", content=content))
    return front_door


def is_storable(table: TableName, item: Item) -> bool:
    """Say whether DynamoDB takes an item: texts that are UTF-8, numbers of 38 digits, keys and all within limits."""
    partition, sort = KEYS[table]
    keys = 0 < len(text(item, partition).encode()) <= 2_048 and (
        sort is None or 0 < len(text(item, sort).encode()) <= 1_024
    )
    numbers = all(abs(value) < 10**38 for value in item.values() if isinstance(value, int))
    return keys and numbers and size_of(item) <= 400_000


@settings(max_examples=300, deadline=None)
@given(batch=st.lists(messages(), max_size=4))
def test_what_is_accepted_can_be_stored_read_and_folded(batch: list[dict[str, Any]]) -> None:
    front_door = a_workspace()
    document = read_object(json.dumps({"batch": batch}).encode())
    receipt = front_door.door.receive(document, write_keys=[WRITE_KEY])

    assert receipt.count("accepted") == len(front_door.events())
    assert len(receipt.verdicts) == len(batch)
    opener = Opener(front_door.sealer, personal=True)
    resolver = Resolver(front_door.database, Counts(), lambda: 0)
    resolver.start_batch()
    for event in front_door.events():
        assert opener.event(event).masked is False
        resolver.apply(event.owner, [event], stored=0)
    assert all(is_storable(table, item) for table in KEYS for item in front_door.database.all(table))


@settings(max_examples=150, deadline=None)
@given(message=messages())
def test_what_was_said_is_read_back(message: dict[str, Any]) -> None:
    front_door = a_workspace()
    document = read_object(json.dumps({"batch": [message]}).encode())
    receipt = front_door.door.receive(document, write_keys=[WRITE_KEY])
    if not receipt.count("accepted"):
        return

    (event,) = front_door.events()
    assert differences(event, message, front_door.sealer) == {}


def turned(content: Any) -> Any:
    """The same content, the fields of all objects in the other order."""
    if isinstance(content, dict):
        return {name: turned(value) for name, value in reversed(content.items())}
    return [turned(value) for value in content] if isinstance(content, list) else content


@settings(max_examples=150, deadline=None)
@given(message=messages())
def test_the_order_of_fields_changes_nothing(message: dict[str, Any]) -> None:
    front_door = a_workspace()
    documents = [read_object(json.dumps({"batch": [each]}).encode()) for each in (message, turned(message))]
    one, other = (front_door.door.receive(document, write_keys=[WRITE_KEY]) for document in documents)

    assert [verdict.code for verdict in one.verdicts] == [verdict.code for verdict in other.verdicts]
    assert [verdict.message_id for verdict in one.verdicts] == [verdict.message_id for verdict in other.verdicts]
    assert front_door.count("events", "quarantine") == (0 if one.count("suppressed") else 1)


@settings(max_examples=150, deadline=None)
@given(message=messages())
def test_a_second_time_changes_nothing(message: dict[str, Any]) -> None:
    front_door = a_workspace()
    document = read_object(json.dumps({"batch": [message]}).encode())
    first = front_door.door.receive(document, write_keys=[WRITE_KEY])
    before = {table: front_door.database.all(table) for table in KEYS}
    again = front_door.door.receive(document, write_keys=[WRITE_KEY])

    assert {table: front_door.database.all(table) for table in KEYS} == before
    assert again.count("accepted") == 0
    assert again.count("quarantined") == first.count("quarantined")


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | values.map(json.dumps).map(str.encode))
def test_any_body_is_answered_in_our_words(body: bytes) -> None:
    front_door = a_workspace()

    status = 200
    try:
        front_door.door.receive(read_object(body), type="track", write_keys=[WRITE_KEY])
    except RequestError as error:
        status = error.status
    assert status in (200, 400, 413)
