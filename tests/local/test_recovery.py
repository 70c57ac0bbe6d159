"""After a hard end, every item of every mapped table is handed to its function again."""

import threading
import time
from collections.abc import Sequence

from local.platform.clients import Clients
from local.platform.recovery import TableAsStream, refold
from local.world.lane import Record
from local.world.mapping import EventSourceMapping
from local.world.runner import Runner
from tests.local.streams import ListStream

ARN = "arn:aws:dynamodb:eu-west-1:000000000000:table/recovered/stream/1"


def a_table(clients: Clients, owners: int) -> None:
    dynamodb = clients.of("dynamodb")
    dynamodb.create_table(
        TableName="recovered",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "owner", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "owner", "AttributeType": "S"}],
    )
    for number in range(owners):
        item = {"owner": {"S": str(number)}, "sealed": {"B": b"\x00\xff"}}
        dynamodb.put_item(TableName="recovered", Item=item)


def test_each_item_comes_once_as_the_record_of_its_insertion(clients: Clients) -> None:
    a_table(clients, owners=45)
    seen: list[Record] = []
    lock = threading.Lock()

    def function(records: Sequence[Record]) -> None:
        with lock:
            seen.extend(records)

    filters = ({"eventName": ["INSERT"]},)
    mapping = EventSourceMapping(source=ARN, filters=filters, batch_size=10, max_age=60, report=True)
    runner = Runner(mapping, ListStream([]), function, clock=lambda: 1e9)

    calls = refold([runner], clients, lambda: None)

    assert sorted(int(one["dynamodb"]["Keys"]["owner"]["S"]) for one in seen) == list(range(45))
    assert {one["dynamodb"]["NewImage"]["sealed"]["B"] for one in seen} == {"AP8="}
    assert seen[0]["eventSourceARN"] == ARN
    assert calls >= 5


def test_an_item_counts_as_stored_when_it_was_found_and_not_long_ago(clients: Clients) -> None:
    begin = time.time()
    (record, *_) = TableAsStream(clients.of("dynamodb"), "recovered", ARN).read("shard", None, 1)

    assert record["dynamodb"]["ApproximateCreationDateTime"] >= begin


def test_a_table_is_read_in_pages_of_the_size_asked_for(clients: Clients) -> None:
    stream = TableAsStream(clients.of("dynamodb"), "recovered", ARN)

    assert [len(stream.read("shard", None, 20)) for _ in range(4)] == [20, 20, 5, 0]
