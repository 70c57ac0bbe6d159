"""The lake is asked with SQL, read and never written, by whoever has AWS credentials for it."""

import csv
import io
import json
import os
from base64 import b64decode
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from pyarrow import parquet

from cli.lake import bucket
from cli.lake import files as lake_files
from regulars.adapters.parquet import Parquet
from regulars.domain.events import Event, Sealed
from regulars.domain.instants import DAY
from regulars.domain.lake import EVENTS, IDENTITY
from regulars.domain.lake_files import batch_key
from regulars.domain.lake_rows import event_row, identity_row
from regulars.domain.lake_sql import shown
from regulars.domain.profiles import Profile
from tests.builders import START, an_event
from tests.cli.conftest import Regulars

SETTLE = "GET /_local/settle"
SECRET = Sealed("anonymous_id:a", "Y2lwaGVy")


@cache
def s3() -> Any:
    """One client for all tests: to make one takes longer than most of them."""
    return boto3.client("s3")


@cache
def parquet_format() -> Parquet:
    return Parquet()


def put(day: str, *events: Event) -> str:
    """Archive events."""
    content = parquet_format().write(EVENTS, [event_row(event) for event in events])
    key = batch_key(EVENTS, day, "1", content)
    s3().put_object(Bucket="lake", Key=key, Body=content)
    return key


@pytest.fixture
def lake(aws: None, regulars: Regulars, monkeypatch: pytest.MonkeyPatch) -> Regulars:
    """The command beside a platform of this machine, with an empty lake."""
    del aws
    s3().create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    sign = {
        "url": regulars.platform.url,
        "tokens": {},
        "lake": "lake",
        "aws_endpoint": "https://s3.eu-west-1.amazonaws.com",
    }
    regulars.write(".regulars/local.json", json.dumps(sign))
    regulars.platform.pages[SETTLE] = {"settled": True}
    monkeypatch.setattr(bucket, "_client_of_this_machine", lambda _endpoint: s3())
    return regulars


@pytest.fixture
def shop(lake: Regulars) -> Regulars:
    """A lake with three events of two days, one of them twice, and a profile."""
    put("2026-01-01", an_event(1), an_event(2, name="=cmd|' /C calc'!A0", traits={"email": SECRET}))
    put("2026-01-01", an_event(2, name="=cmd|' /C calc'!A0", traits={"email": SECRET}))
    put("2026-01-02", an_event(3, arrival=START + DAY, properties={"price": -5}))
    row = identity_row(
        None, Profile(profile_id="p_a", version=1, owners=("anonymous_id:a", "user_id:u"), changed=START)
    )
    s3().put_object(
        Bucket="lake", Key="identity/day=2026-01-01/1.parquet", Body=parquet_format().write(IDENTITY, [row])
    )
    return lake


def kept(regulars: Regulars) -> set[str]:
    """The files that are here."""
    home = regulars.folder / ".regulars" / "lake" / "lake"
    return {str(path.relative_to(home)) for path in home.rglob("*.parquet")}


def test_answers_with_a_table_in_which_each_row_is_once(shop: Regulars) -> None:
    ended = shop("query", "SELECT day, count(*) AS number FROM events GROUP BY day ORDER BY day")

    lines = [line.split() for line in ended.out.splitlines()]
    assert lines == [["day", "number"], ["2026-01-01", "2"], ["2026-01-02", "1"]]
    assert "2 rows" in ended.err


def test_joins_events_and_people(shop: Regulars) -> None:
    sql = "SELECT profile_id, count(*) AS n FROM events JOIN people USING (owner) GROUP BY 1"

    assert shop.json("query", sql) == [{"profile_id": "p_a", "n": 3}]


def test_shows_ciphertext_as_such(shop: Regulars) -> None:
    sql = "SELECT sealed_traits FROM events WHERE message_id = 'm-2'"

    assert "email: ••• 8 bytes" in shop("query", sql).out
    assert b64decode(shop.json("query", sql)[0]["sealed_traits"]["email"]) == b"Y2lwaGVy"


def test_writes_csv_in_which_nothing_is_a_formula(shop: Regulars) -> None:
    sql = "SELECT name AS \"=name\", sealed_traits, -5 AS n, '+1' AS t FROM events WHERE message_id = 'm-2'"
    ended = shop("query", sql, "--format", "csv")

    header, row = csv.reader(io.StringIO(ended.out))
    assert header == ["'=name", "sealed_traits", "n", "t"]
    assert row == ["'=cmd|' /C calc'!A0", '{"email": "WTJsd2FHVnk="}', "-5", "'+1"]


def test_writes_parquet_with_its_types_and_only_whole(shop: Regulars) -> None:
    path = shop.folder / "answer.parquet"
    shop("query", "-o", "answer.parquet", "SELECT * FROM events ORDER BY moment")

    table = parquet.read_table(path)
    assert table.schema.names == [column.name for column in shown()["events"]]
    assert table["links"].to_pylist() == [["anonymous_id:a"]] * 3
    path.unlink()
    assert shop("query", "-o", "answer.parquet", "SELECT CAST(name AS INTEGER) FROM events").code == 1
    assert list(shop.folder.glob("answer*")) == []


def test_writes_parquet_to_a_pipe(shop: Regulars) -> None:
    assert shop("query", "--format", "parquet", "SELECT 1 AS one").code == 0


def test_stops_at_the_limit_and_says_that_there_is_more(shop: Regulars) -> None:
    ended = shop("query", "--limit", "2", "SELECT * FROM range(5000)")

    assert ended.out.split() == ["range", "0", "1"]
    assert "2 rows; there are more" in ended.err
    assert "more" not in shop("query", "--limit", "3", "SELECT * FROM range(3)").err
    assert shop("query", "SELECT * FROM range(5000)").out.split()[-1] == "99"
    assert len(shop.json("query", "SELECT * FROM range(5000)")) == 5_000


def test_reads_a_question_from_stdin(shop: Regulars) -> None:
    assert shop("query", "-", input="SELECT 7 AS seven").out.split() == ["seven", "7"]


def test_a_question_that_cannot_be_answered_fetches_nothing(shop: Regulars) -> None:
    shop("query", "SELECT nope FROM events")

    assert kept(shop) == set()


def test_shows_what_there_is_to_ask(lake: Regulars) -> None:
    assert lake.json("query")["people"] == {"owner": "VARCHAR", "profile_id": "VARCHAR"}
    assert "clear properties, JSON" in lake("query").out


def test_an_empty_lake_is_no_error(lake: Regulars) -> None:
    ended = lake("query", "SELECT count(*) AS n FROM events")

    assert ended.code == 0
    assert ended.out.split() == ["n", "0"]
    assert "nothing is in the lake yet" in ended.err


def test_waits_until_all_that_was_accepted_is_there_and_says_if_not(shop: Regulars) -> None:
    shop("query", "SELECT 1 FROM events")
    assert ("GET", "/_local/settle") in shop.platform.asked
    shop.platform.pages[SETTLE] = {"settled": False}

    assert "not all that was accepted" in shop("query", "SELECT 1 FROM events").err


def test_fetches_each_file_once_and_only_of_tables_that_are_asked(
    shop: Regulars, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop("query", "SELECT count(*) FROM events")
    assert {key.split("/")[0] for key in kept(shop)} == {"events"}
    monkeypatch.setattr("cli.lake.bucket.Bucket.fetch", None)

    assert shop("query", "SELECT count(*) FROM events").code == 0


def test_fetches_only_days_that_are_asked_for(shop: Regulars) -> None:
    ended = shop("query", "--since", "2026-01-02", "--until", "2026-01-02", "SELECT count(*) AS n FROM events")

    assert ended.out.split() == ["n", "1"]
    assert {key.split("/")[1] for key in kept(shop)} == {"day=2026-01-02"}
    assert "nothing is in the lake of these days" in shop("query", "--until", "2025-01-01", "SELECT 1 FROM events").err
    assert shop("query", "--since", "yesterday", "SELECT 1").code == 2


def test_forgets_what_was_merged(shop: Regulars) -> None:
    shop("query", "SELECT 1 FROM events")
    for key in [key for key in kept(shop) if "01-01" in key]:
        s3().delete_object(Bucket="lake", Key=key)
    put("2026-01-01", an_event(1), an_event(2))
    before = kept(shop)
    ended = shop("query", "SELECT count(*) AS n FROM events")

    assert ended.out.split() == ["n", "3"]
    assert len(before - kept(shop)) == 2


def test_a_question_about_some_days_forgets_what_an_erasure_rewrote_in_them(shop: Regulars) -> None:
    shop("query", "SELECT 1 FROM events")
    keys = sorted(key for key in kept(shop) if key.startswith("events/"))
    for key in keys:
        s3().delete_object(Bucket="lake", Key=key)
    put("2026-01-01", an_event(1))

    shop("query", "--since", "2026-01-01", "--until", "2026-01-01", "SELECT 1 FROM events")

    assert [key for key in keys if key in kept(shop)] == [key for key in keys if "01-02" in key]


def test_what_nobody_asks_for_does_not_stay_on_the_machine(shop: Regulars) -> None:
    shop("query", "SELECT 1 FROM events")
    home = shop.folder / ".regulars" / "lake" / "lake"
    for key in kept(shop):
        os.utime(home / key, times=(0, 0))

    shop("query", "--since", "2026-01-01", "--until", "2026-01-01", "SELECT 1 FROM events")

    assert {key.split("/")[1] for key in kept(shop)} == {"day=2026-01-01"}


def test_lists_again_when_files_were_merged_meanwhile(shop: Regulars, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch = bucket.Bucket.fetch
    failed: list[str] = []

    def once_gone(lake: bucket.Bucket, file: Any, to: Path) -> bool:
        if not failed:
            failed.append(file.key)
            s3().delete_object(Bucket="lake", Key=file.key)
        return fetch(lake, file, to)

    monkeypatch.setattr(bucket.Bucket, "fetch", once_gone)

    assert shop("query", "SELECT 1 FROM events").code == 0
    assert failed[0] not in kept(shop)


def test_fetches_much_only_when_told_to(shop: Regulars, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake_files, "MOST", 10)
    ended = shop("query", "SELECT 1 FROM events")

    assert (ended.code, kept(shop)) == (1, set())
    assert "would have to be fetched" in ended.err
    assert shop("query", "--yes", "SELECT 1 FROM events").code == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--bucket", "no-such-bucket", "SELECT 1 FROM events"], "there is no such bucket"),
        (["-o", "answer.txt", "SELECT 1"], "say --format"),
        (["-o", "answer.csv", "--format", "table", "SELECT 1"], "a table is for people"),
        (["-o", "no/such/folder.csv", "SELECT 1"], "cannot be written"),
        (["--url", "https://cdp.example.com", "SELECT 1"], "a lake in AWS is named by its bucket"),
    ],
)
def test_says_what_to_do(shop: Regulars, arguments: list[str], complaint: str) -> None:
    ended = shop("query", *arguments)

    assert ended.code in (1, 2)
    assert complaint in ended.err


def test_a_lake_in_aws_needs_credentials_and_no_platform(shop: Regulars, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_LAKE", "s3://lake/")
    assert shop("query", "--url", "https://cdp.example.com", "SELECT 1 FROM events").code == 0
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    boto3.DEFAULT_SESSION = None

    assert "no AWS credentials" in shop("query", "SELECT 1 FROM events").err


def test_reaches_the_lake_of_this_machine_at_its_own_address() -> None:
    client = bucket._client_of_this_machine("http://127.0.0.1:4566")

    url = client.generate_presigned_url("get_object", Params={"Bucket": "lake", "Key": "k"})
    assert url.startswith("http://127.0.0.1:4566/lake/k?")


def test_without_any_platform_there_is_no_lake(regulars: Regulars) -> None:
    ended = regulars("query", "SELECT 1 FROM events")

    assert ended.code == 1
    assert "no lake to ask" in ended.err
