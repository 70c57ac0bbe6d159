"""The databases that keep one contract: the one in memory, and DynamoDB as moto plays it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from local.world.memory import MemoryDatabase
from regulars.adapters import clients
from regulars.adapters.wire import from_wire
from regulars.stores.database import Database, Item, TableName

Record = tuple[str, Item | None, Item | None]  # what happened, the old image, the new


@dataclass(frozen=True, slots=True)
class Tables:
    """A database, and what its streams have told."""

    database: Database
    records: Callable[[TableName], list[Record]]


@pytest.fixture(params=["memory", "dynamodb"])
def tables_under_test(request: pytest.FixtureRequest) -> Tables:
    """One database after the other, empty."""
    if request.param == "memory":
        return _in_memory()
    request.getfixturevalue("tables")
    return Tables(clients.database(), _stream_of)


@pytest.fixture
def database(tables_under_test: Tables) -> Database:
    """The database under test."""
    return tables_under_test.database


def _in_memory() -> Tables:
    database = MemoryDatabase()
    return Tables(database, lambda table: [_read(change.record()) for change in database.changes(table)])


def _stream_of(table: TableName) -> list[Record]:
    client = boto3.client("dynamodbstreams")
    arn = client.list_streams(TableName=table)["Streams"][0]["StreamArn"]
    shard = client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    start = client.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    records = client.get_records(ShardIterator=start["ShardIterator"])["Records"]
    return [_read(dict(record)) for record in records]


def _read(record: dict[str, Any]) -> Record:
    body = record["dynamodb"]
    old, new = (from_wire(body[image]) if image in body else None for image in ("OldImage", "NewImage"))
    return record["eventName"], old, new
