"""What streams bring is in the lake, with all that was stored of it, whatever comes twice or cannot be read."""

import importlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import boto3
import pytest

from regulars.adapters import clients
from regulars.adapters import lake as lakes
from regulars.domain.instants import DAY, SECOND
from regulars.domain.profiles import Profile
from regulars.domain.refused_claims import RefusedClaim
from regulars.errors import UnavailableError
from regulars.stores.database import Item
from regulars.stores.events import to_item
from regulars.stores.profiles import to_item as profile_to_item
from regulars.stores.refused_claims import to_item as claim_to_item
from tests.builders import START, an_event
from tests.lake import ask
from tests.lambda_events import Event, batch
from tests.tables import create_bucket

Handler = Callable[[Event, Any], Any]


class Time:
    """What Lambda tells of a run that has time."""

    def get_remaining_time_in_millis(self) -> int:
        """Give a quarter of an hour."""
        return 900_000


@pytest.fixture
def archive(tables: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Handler]:
    """The function, cold, over empty buckets."""
    del tables
    create_bucket("lake")
    module = importlib.import_module("functions.archive.handler")
    for cached in (lakes.lake, clients.s3, clients.large, module._archive):
        cached.cache_clear()
    monkeypatch.setattr(module, "now", lambda: START + 90 * SECOND)
    yield module.handler
    for cached in (lakes.lake, clients.s3, clients.large, module._archive):
        cached.cache_clear()


def files() -> dict[str, bytes]:
    """All that lies in the lake."""
    s3 = boto3.client("s3")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket="lake").get("Contents", [])]
    return {key: s3.get_object(Bucket="lake", Key=key)["Body"].read() for key in keys}


def news(*numbers: int, **changes: Any) -> Event:
    """New events, as their stream tells of them."""
    return batch(*(("events", None, to_item(an_event(number, **changes))) for number in numbers))


def as_deployed(event: Event) -> Event:
    """The same, from tables named by CloudFormation."""
    for record in event["Records"]:
        record["eventSourceARN"] = record["eventSourceARN"].replace("table/", "table/regulars-prod-data-tables")
    return event


def a_change(before: Profile | None, after: Profile) -> tuple[Any, Item | None, Item]:
    old = {**profile_to_item(before), "v": before.version} if before else None
    return "profiles", old, {**profile_to_item(after), "v": after.version}


def test_writes_a_batch_of_events_as_a_file_of_their_day(archive: Handler) -> None:
    assert archive(as_deployed(news(1, 2, 3)), None) == {"batchItemFailures": []}

    (key,) = files()
    assert key.startswith("events/day=2026-01-01/000000000000000000001-")
    assert ask(files(), "SELECT message_id, name FROM events ORDER BY 1") == [
        (f"m-{number}", "Product Viewed") for number in (1, 2, 3)
    ]


def test_writes_each_day_of_arrival_for_itself(archive: Handler) -> None:
    first, second = news(1)["Records"], news(2, arrival=START + DAY)["Records"]
    archive({"Records": first + second}, None)

    assert ask(files(), "SELECT day, message_id FROM events ORDER BY ALL") == [
        ("2026-01-01", "m-1"),
        ("2026-01-02", "m-2"),
    ]


def test_the_same_batch_overwrites_itself_and_another_cut_of_it_doubles_nothing(archive: Handler) -> None:
    whole = news(1, 2, 3)
    archive(whole, None)
    archive(whole, None)
    assert len(files()) == 1
    archive({"Records": whole["Records"][1:]}, None)

    assert len(files()) == 2
    assert ask(files(), "SELECT count(*) FROM events_files") == [(5,)]
    assert ask(files(), "SELECT count(*) FROM events") == [(3,)]


def test_writes_what_comes_before_a_record_that_cannot_be_read_and_asks_for_the_rest(archive: Handler) -> None:
    event = news(1, 2, 3)
    event["Records"][1]["dynamodb"]["NewImage"]["at"] = {"M": {}}
    poison = event["Records"][1]["dynamodb"]["SequenceNumber"]

    assert archive(event, None) == {"batchItemFailures": [{"itemIdentifier": poison}]}
    assert ask(files(), "SELECT message_id FROM events") == [("m-1",)]


def test_fetches_what_was_too_large_for_its_table(archive: Handler) -> None:
    item = to_item(an_event(1, properties={"text": "x"}))
    boto3.client("s3").put_object(Bucket="large", Key="events/o/p/clear", Body=bytes(item["clear"]))  # type: ignore[arg-type]  # bytes, as its store writes
    spilled = {name: value for name, value in item.items() if name != "clear"} | {"spilled": "events/o/p clear"}
    event = batch(("events", None, spilled))
    archive(event, None)

    assert ask(files(), "SELECT properties FROM events") == [('{"text":"x"}',)]


def test_writes_refused_claims(archive: Handler) -> None:
    claim = RefusedClaim(owner="email:e", limit="user_id", event="user_id:u -#web#m", at=START)
    answer = archive(as_deployed(batch(("tallies", None, claim_to_item(claim)))), None)

    assert answer == {"batchItemFailures": []}
    assert ask(files(), "SELECT day, owner, rule, event, source, refused FROM refused") == [
        ("2026-01-01", "email:e", "user_id", "user_id:u -#web#m", "web", datetime(2026, 1, 1))  # noqa: DTZ001 (as the lake has instants)
    ]


def test_writes_the_identity_log(archive: Handler) -> None:
    founded = Profile(
        profile_id="p_a", version=1, owners=("a",), since=START, event="a m", rule="attach", changed=START
    )
    grown = Profile(
        profile_id="p_a", version=2, owners=("a", "b"), since=START, event="a n", rule="merge", changed=START + DAY
    )
    gone = Profile(
        profile_id="p_b", version=2, owners=("b",), merged_into="p_a", event="a n", rule="merge", changed=START + DAY
    )
    before = Profile(profile_id="p_b", version=1, owners=("b",))
    changes = batch(a_change(None, founded), a_change(founded, grown), a_change(before, gone))
    answer = archive(as_deployed(changes), None)

    assert answer == {"batchItemFailures": []}
    assert ask(
        files(), "SELECT day, profile_id, version, change, event, joined, merged_into FROM identity ORDER BY ALL"
    ) == [
        ("2026-01-01", "p_a", 1, "joined", "a m", ["a"], None),
        ("2026-01-02", "p_a", 2, "merged", "a n", ["b"], None),
        ("2026-01-02", "p_b", 2, "tombstone", "a n", [], "p_a"),
    ]
    assert ask(files(), "SELECT * FROM people ORDER BY ALL") == [("a", "p_a"), ("b", "p_a")]


def test_an_event_that_has_expired_stays_in_the_lake(archive: Handler) -> None:
    archive(batch(("events", to_item(an_event(1)), None)), None)

    assert files() == {}


def test_a_lake_that_does_not_answer_brings_the_batch_again(archive: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKE_BUCKET", "no-such-bucket")

    with pytest.raises(UnavailableError):
        archive(news(1), None)


def test_counts_rows_files_and_how_late_they_are(archive: Handler, capsys: pytest.CaptureFixture[str]) -> None:
    archive(news(30, 31), None)

    printed = capsys.readouterr().out
    assert '"rows_archived":[2' in printed.replace(" ", "")
    assert '"files_archived":[1' in printed.replace(" ", "")
    assert '"archive_lag_seconds":[59' in printed.replace(" ", "")


def test_compaction_merges_what_was_archived(archive: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("functions.compact.handler")
    for cached in (module._compactor, module._retainer, clients.database):
        cached.cache_clear()
    monkeypatch.setattr(module, "now", lambda: START + 2 * DAY)
    archive(news(1, 2), None)
    archive(news(2, 3), None)

    assert module.handler({}, Time()) == {"done": True}
    (key,) = files()
    assert key.startswith("events/day=2026-01-01/merged-")
    assert ask(files(), "SELECT count(*) FROM events_files") == [(3,)]


def test_compaction_takes_a_day_that_is_named_and_stops_in_time(
    archive: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module("functions.compact.handler")
    for cached in (module._compactor, module._retainer, clients.database):
        cached.cache_clear()
    monkeypatch.setattr(module, "now", lambda: START + DAY // 2)
    archive(news(1), None)
    assert module.handler({}, Time()) == {"done": True}
    assert not any("merged-" in key for key in files())
    late = Time()
    monkeypatch.setattr(late, "get_remaining_time_in_millis", lambda: 1_000, raising=False)

    assert module.handler({"day": "2026-01-01"}, late) == {"done": False}
    assert module.handler({"day": "2026-01-01"}, Time()) == {"done": True}
    assert all("merged-" in key for key in files())
