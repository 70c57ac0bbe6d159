"""A person lives through everything, is erased, and afterwards no form of anything they said is anywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.canaries import find_all
from tests.e2e.platform import Platform
from tests.e2e.walk import Thing, everything
from tests.e2e.whole_life import CLEAR, SEALED, Life

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

COPIES = "object ledger/"  # of the ledger, for a restore: keyed hashes, as in the ledger itself
HASHES_STAY = ("vault", "catalog", "audit", "identities")  # the ledger, and who read them: docs/requests.md
# Histories of Step Functions name whoever went through a journey by the hash, for 90 days: docs/requests.md.
RUNS_OF_JOURNEYS = "run of regulars-local-erased-"
PLANTED = "Planted.Canary@Planted.example"


@pytest.fixture(scope="module")
def life(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Life:
    """A person of whom the platform was told everything."""
    life = Life(platform, tmp_path_factory.mktemp("life"))
    life.live()
    return life


@pytest.fixture(scope="module")
def before(life: Life) -> list[Thing]:
    """All that was kept while the person was there."""
    return list(everything(life.platform))


@pytest.fixture(scope="module")
def certificate(life: Life, before: list[Thing]) -> dict[str, Any]:
    """What is certified once they are erased."""
    del before
    certificate = life.be_erased()
    life.platform.settle()
    life.look_again()
    life.wait_until_saved()
    return certificate


@pytest.fixture(scope="module")
def after(life: Life, certificate: dict[str, Any]) -> list[Thing]:
    """All that is kept once they are erased."""
    del certificate
    return list(everything(life.platform))


def sorts(things: list[tuple[str, str]]) -> set[str]:
    """Say in which sorts of places something was found."""
    return {place.split()[0] for place, _ in things}


def test_what_is_sealed_never_stood_anywhere_in_any_form(before: list[Thing]) -> None:
    assert find_all(SEALED, before) == []


def test_what_is_kept_in_clear_was_there(before: list[Thing]) -> None:
    found = find_all(CLEAR, before)

    assert {trace.partition(" (")[0] for _, trace in found} == set(CLEAR)
    assert {"table", "stream", "object", "file"} <= sorts(found)


def test_nothing_that_they_said_is_left(after: list[Thing]) -> None:
    found = find_all(CLEAR | SEALED, after)

    assert {place for place, _ in found if not place.startswith("stream ")} == set()  # they forget within a day
    assert not [trace for _, trace in found if trace.partition(" (")[0] in SEALED]


def test_no_row_but_those_of_the_ledger_and_the_trail_names_them(life: Life, after: list[Thing]) -> None:
    assert len(life.owners) == 6
    hashes = {owner: owner.partition(":")[2] for owner in life.owners}

    found = find_all(hashes, [thing for thing in after if thing[0].split()[0] in ("table", "object", "queue", "run")])

    elsewhere = {place for place, _ in found if not any(f"tables{name}" in place for name in HASHES_STAY)}
    assert {place for place in elsewhere if not place.startswith((COPIES, RUNS_OF_JOURNEYS))} == set()


@pytest.mark.usefixtures("certificate")
def test_whoever_is_on_a_journey_is_stopped_there(life: Life) -> None:
    states = life.platform.aws("stepfunctions")
    found = states.list_state_machines()["stateMachines"]
    (machine,) = [one["stateMachineArn"] for one in found if one["name"].startswith("regulars-local-erased-")]

    runs = states.list_executions(stateMachineArn=machine)["executions"]
    assert [run["status"] for run in runs] == ["ABORTED"]


def test_the_certificate_counts_what_was_there_and_names_what_remains(life: Life, certificate: dict[str, Any]) -> None:
    assert (certificate["named"], certificate["erased"]) == (2, len(life.owners))
    removed = {name for name, number in certificate["removed"].items() if number}
    assert {
        "events",
        "identities",
        "profiles",
        "memberships",
        "quarantine",
        "tallies",
        "lake_rows",
        "journeys",
    } <= removed
    assert "streams" in {each["place"] for each in certificate["remains"]}
    assert life.ask("POST", "/v1/privacy/certificates/check", certificate, role="privacy") == {"genuine": True}


@pytest.mark.usefixtures("certificate")
def test_they_are_nobody_and_do_not_come_back(life: Life) -> None:
    life.platform.send("track", userId=SEALED["user id"], event=CLEAR["event"])
    life.platform.settle()

    assert life.platform.profile("user_id", SEALED["user id"]) is None
    assert life.platform.profile("email", SEALED["e-mail"]) is None
    assert find_all(CLEAR, [each for each in everything(life.platform) if each[0].startswith("table")]) == []


@contextmanager
def planted(platform: Platform, place: str) -> Iterator[None]:
    """Put a canary where a careless platform might."""
    dynamodb, s3, sqs, logs = (platform.aws(name) for name in ("dynamodb", "s3", "sqs", "logs"))
    if place == "table":
        (table,) = [name for name in dynamodb.list_tables()["TableNames"] if "tablesmemberships" in name]
        key = {"profile_id": {"S": "p_planted"}, "item": {"S": "planted"}}
        dynamodb.put_item(TableName=table, Item={**key, "said": {"B": PLANTED.lower().encode()}})
        yield
        dynamodb.delete_item(TableName=table, Key=key)
    elif place == "object":
        (bucket,) = [one["Name"] for one in s3.list_buckets()["Buckets"] if "bucketsanswers" in one["Name"]]
        s3.put_object(Bucket=bucket, Key="planted", Body=b"", Metadata={"who": PLANTED})
        yield
        s3.delete_object(Bucket=bucket, Key="planted")
    elif place == "queue":
        (url,) = [one for one in sqs.list_queues()["QueueUrls"] if "overflow" in one and "dead" in one]
        sqs.send_message(QueueUrl=url, MessageBody=f"cGxhbnRlZA== {PLANTED.encode().hex()}")
        yield
        sqs.purge_queue(QueueUrl=url)
    elif place == "log":
        logs.create_log_group(logGroupName="planted")
        logs.create_log_stream(logGroupName="planted", logStreamName="planted")
        event = {"timestamp": 1_800_000_000_000, "message": PLANTED.replace("@", "%40")}
        logs.put_log_events(logGroupName="planted", logStreamName="planted", logEvents=[event])
        yield
        logs.delete_log_group(logGroupName="planted")
    elif place == "run":
        states = platform.aws("stepfunctions")
        (machine,) = [one for one in states.list_state_machines()["stateMachines"] if "erasing" in one["name"].lower()]
        run = states.start_execution(stateMachineArn=machine["stateMachineArn"], input=f'{{"id": "{PLANTED}"}}')
        yield
        states.stop_execution(executionArn=run["executionArn"])
    else:
        path = platform.home / ("tmp" if place == "temporary" else "logs") / "planted.log"
        path.write_text(PLANTED)
        yield
        Path(path).unlink()


@pytest.mark.parametrize("place", ["table", "object", "queue", "log", "run", "file", "temporary"])
def test_the_walk_finds_what_is_planted(platform: Platform, place: str) -> None:
    with planted(platform, place):
        found = find_all({"planted": PLANTED}, everything(platform))

    assert {"temporary": "file"}.get(place, place) in sorts(found)
