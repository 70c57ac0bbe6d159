"""The emulator saves while it runs, so that its own hard end costs half a minute at most."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.platform import saved
from local.platform.clients import Clients
from local.platform.emulator import Emulator
from local.platform.folders import Folders
from local.platform.overlay_saving import Saver, changes

DYNAMODB = "DynamoDB_20120810."


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    folders = Folders(tmp_path)
    folders.make(fresh=True)
    return folders


@pytest.fixture
def emulator(folders: Folders) -> Iterator[Emulator]:
    emulator = Emulator(folders, save_every=0.2)
    emulator.start()
    yield emulator
    emulator.kill()


def store(emulator: Emulator) -> None:
    dynamodb = Clients(emulator.endpoint).of("dynamodb")
    dynamodb.create_table(
        TableName="kept",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "owner", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "owner", "AttributeType": "S"}],
    )
    dynamodb.put_item(TableName="kept", Item={"owner": {"S": "ann"}})


def test_what_was_written_outlives_a_kill_of_the_emulator(emulator: Emulator, folders: Folders) -> None:
    store(emulator)
    written, deadline = time.time(), time.monotonic() + 20
    Clients(emulator.endpoint).of("dynamodb").put_item(TableName="kept", Item={"owner": {"S": "bob"}})
    while not (noted := saved.read(folders.saved)) or noted.at < written:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    emulator.kill()

    assert not noted.whole
    again = Emulator(folders)
    again.start()
    try:
        found = Clients(again.endpoint).of("dynamodb").scan(TableName="kept")["Items"]
    finally:
        again.kill()
    assert {"owner": {"S": "ann"}} in found


def test_an_orderly_end_says_that_everything_was_saved(emulator: Emulator, folders: Folders) -> None:
    store(emulator)

    assert emulator.stop()
    noted = saved.read(folders.saved)
    assert noted
    assert noted.whole
    assert "ann" in (folders.state / "dynamodb.json").read_text()


@pytest.mark.parametrize(
    ("method", "path", "target", "changing"),
    [
        ("POST", "/", "PutItem", True),
        ("POST", "/", "BatchExecuteStatement", True),
        ("POST", "/", "BatchGetItem", False),
        ("POST", "/", "GetRecords", False),
        ("POST", "/", "ReceiveMessage", False),
        ("PUT", "/bucket/key", "", True),
        ("GET", "/bucket/key", "", False),
        ("POST", "/2015-03-31/functions/fold/invocations", "", False),
    ],
)
def test_only_what_changes_something_is_saved(method: str, path: str, target: str, changing: bool) -> None:
    headers = {"X-Amz-Target": DYNAMODB + target} if target else {}

    assert changes(method, path, headers) is changing


def test_a_save_that_fails_leaves_the_emulator_alone(tmp_path: Path) -> None:
    ends = tmp_path / "ends"

    def save() -> None:
        ends.write_text(str(os.getpid()))
        raise OSError("disk full")

    saver = Saver(save, tmp_path / "saved", every=0.05)
    saver.start()
    saver.changed()
    deadline = time.monotonic() + 10
    while not ends.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    saver.end()

    assert ends.exists()
    assert not (tmp_path / "saved").exists()


def test_an_object_outlives_a_kill_of_the_emulator(emulator: Emulator, folders: Folders) -> None:
    s3 = Clients(emulator.endpoint).of("s3")
    s3.create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="lake", Key="events/day=2026-01-01/1.parquet", Body=b"\x00rows")
    s3.put_object(Bucket="lake", Key="events/day=2026-01-01/2.parquet", Body=b"removed")
    s3.delete_objects(Bucket="lake", Delete={"Objects": [{"Key": "events/day=2026-01-01/2.parquet"}]})
    emulator.kill()

    again = Emulator(folders)
    again.start()
    try:
        s3 = Clients(again.endpoint).of("s3")
        (only,) = s3.list_objects_v2(Bucket="lake")["Contents"]
        assert s3.get_object(Bucket="lake", Key=only["Key"])["Body"].read() == b"\x00rows"
    finally:
        again.kill()
