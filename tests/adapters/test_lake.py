"""The lake in S3: files are listed by day, and removed by the thousand."""

from collections.abc import Iterator

import boto3
import pytest

from regulars.adapters import clients
from regulars.adapters.lake import S3Lake
from regulars.domain.lake import EVENTS, IDENTITY
from regulars.domain.lake_files import StoredFile
from regulars.errors import UnavailableError
from tests.tables import create_bucket

DAYS = ("2025-12-31", "2026-01-01", "2026-01-02")


@pytest.fixture
def lake(aws: None) -> Iterator[S3Lake]:
    del aws
    create_bucket("lake")
    clients.s3.cache_clear()
    yield S3Lake(clients.s3(), "lake")
    clients.s3.cache_clear()


def test_lists_the_files_of_a_table_from_a_day_on(lake: S3Lake) -> None:
    for day in DAYS:
        lake.put(f"events/day={day}/1.parquet", day.encode())
        lake.put(f"identity/day={day}/1.parquet", b"")
    lake.put("events/day=2026-01-02/_SUCCESS", b"left by another tool")

    assert list(lake.files(EVENTS, since="2026-01-01")) == [
        StoredFile(f"events/day={day}/1.parquet", 10) for day in DAYS[1:]
    ]
    assert len(list(lake.files(IDENTITY, since="2025-01-01"))) == 3


def test_removes_more_than_a_request_takes(lake: S3Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.adapters.lake.MOST", 2)
    keys = [f"events/day=2026-01-01/{number}.parquet" for number in range(6)]
    for key in keys:
        lake.put(key, b"")
    lake.remove([*keys[:-1], "events/day=2026-01-01/never-was.parquet"])

    assert [file.key for file in lake.files(EVENTS, since="2026-01-01")] == keys[-1:]


def test_reads_back_what_was_stored_and_nothing_else(lake: S3Lake) -> None:
    lake.put("events/day=2026-01-01/1.parquet", b"old")
    lake.put("events/day=2026-01-01/1.parquet", b"new")

    assert lake.get("events/day=2026-01-01/1.parquet") == b"new"
    assert lake.get("events/day=2026-01-01/2.parquet") is None


def test_what_s3_refuses_is_an_outage(lake: S3Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = S3Lake(clients.s3(), "no-such-bucket")
    monkeypatch.setattr(clients.s3(), "delete_objects", lambda **_: {"Errors": [{"Key": "k", "Code": "InternalError"}]})

    for call in (
        lambda: nowhere.put("k", b""),
        lambda: list(nowhere.files(EVENTS, since="2026-01-01")),
        lambda: lake.remove(["k"]),
    ):
        with pytest.raises(UnavailableError):
            call()
    assert boto3.client("s3").list_objects_v2(Bucket="lake")["KeyCount"] == 0
