"""The databases that keep one contract: the one in memory, DynamoDB as moto plays it, and as the emulator does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from local.platform.emulator import Emulator
from local.platform.folders import Folders
from local.world.memory import MemoryDatabase
from regulars.adapters import clients
from regulars.adapters.dynamodb import DynamoDatabase
from regulars.adapters.objects import Objects
from regulars.adapters.wire import from_wire
from regulars.stores.database import KEYS, Database, Item, TableName
from tests.tables import create_bucket, create_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

_NUMBERS = count(1)
Record = tuple[str, Item | None, Item | None]  # what happened, the old image, the new


@dataclass(frozen=True, slots=True)
class Tables:
    """A database, and what its streams have told."""

    database: Database
    records: Callable[[TableName], list[Record]]


@pytest.fixture(params=["memory", "dynamodb", pytest.param("emulator", marks=pytest.mark.e2e)])
def tables_under_test(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Tables:
    """One database after the other, empty."""
    if request.param == "memory":
        return _in_memory()
    if request.param == "emulator":
        monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("emulator").endpoint)
        return _in_the_emulator(f"t{next(_NUMBERS)}-")
    request.getfixturevalue("tables")
    return Tables(clients.database(), partial(_stream_of, boto3.client("dynamodbstreams")))


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The emulator of the local platform, with its overlay."""
    folders = Folders(tmp_path_factory.mktemp("contract"))
    folders.make(fresh=True)
    emulator = Emulator(folders)
    emulator.start()
    yield emulator
    emulator.kill()


@pytest.fixture
def database(tables_under_test: Tables) -> Database:
    """The database under test."""
    return tables_under_test.database


def _in_memory() -> Tables:
    database = MemoryDatabase()
    return Tables(database, lambda table: [_read(change.record()) for change in database.changes(table)])


def _in_the_emulator(prefix: str) -> Tables:
    create_tables(boto3.client("dynamodb"), prefix)
    create_bucket(f"{prefix}large")
    large = Objects(boto3.client("s3"), f"{prefix}large")
    database = DynamoDatabase({table: f"{prefix}{table}" for table in KEYS}, objects=lambda: large)
    return Tables(database, partial(_stream_of, boto3.client("dynamodbstreams"), prefix=prefix))


def _stream_of(client: "DynamoDBStreamsClient", table: TableName, *, prefix: str = "") -> list[Record]:
    arn = client.list_streams(TableName=f"{prefix}{table}")["Streams"][0]["StreamArn"]
    shard = client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    start = client.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    records = client.get_records(ShardIterator=start["ShardIterator"])["Records"]
    return [_read(dict(record)) for record in records]


def _read(record: dict[str, Any]) -> Record:
    body = record["dynamodb"]
    old, new = (from_wire(body[image]) if image in body else None for image in ("OldImage", "NewImage"))
    return record["eventName"], old, new
