"""The steps of a restore, over a fake AWS: the commands that an engineer runs at night."""

import json
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from cli.errors import UserError
from cli.main import app
from cli.recovery import account as accounts
from cli.recovery import backups, rotating, steps
from cli.recovery.account import Account
from local.world.world import Counts
from regulars.adapters.dynamodb import DynamoDatabase
from regulars.adapters.ledger_copies import S3LedgerCopies
from regulars.adapters.parallel import Parallel
from regulars.adapters.parquet import Parquet
from regulars.adapters.sealing import KmsSealer
from regulars.domain.erasure import Doomed
from regulars.domain.events import Event
from regulars.domain.instants import SECOND
from regulars.domain.lake import EVENTS
from regulars.domain.lake_rows import event_row
from regulars.domain.ledger_copies import LedgerCopy
from regulars.domain.privacy_requests import Request
from regulars.errors import UnavailableError
from regulars.pipeline.erase_worker import EraseWorker, Places
from regulars.pipeline.journey_forgetting import NothingRuns
from regulars.stores.audit import AuditStore
from regulars.stores.database import KEYS
from regulars.stores.events import EventStore
from regulars.stores.ledger import Ledger
from regulars.stores.privacy_requests import RequestStore
from regulars.stores.vault import VaultStore
from tests.builders import an_event
from tests.tables import create_bucket, create_tables

AT = "2026-01-02T03:04:05Z"
BUCKETS = ("large", "failures", "exports", "lake", "anchors")
GONE, STAYS = "user_id:gone", "user_id:stays"


class Functions:
    """What is asked of Lambda."""

    def __init__(self) -> None:
        self.enabled: dict[str, bool] = {}

    def update_event_source_mapping(self, *, UUID: str, Enabled: bool) -> None:  # noqa: N803 - AWS's names
        """Note what is held."""
        self.enabled[UUID] = Enabled


class Tables:
    """DynamoDB, whose backups reach as far back as one likes: moto's begin and end now."""

    def __init__(self) -> None:
        self.real = boto3.client("dynamodb")
        self.restored: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def describe_continuous_backups(self, **_call: str) -> dict[str, Any]:
        """Give no bounds."""
        return {"ContinuousBackupsDescription": {}}

    def restore_table_to_point_in_time(self, **call: Any) -> None:
        """Note what is asked, and do it."""
        self.restored.append(call)
        self.real.restore_table_to_point_in_time(**call)


class Stacks:
    """CloudFormation, as far as it is used."""

    def __init__(self, listed: dict[str, list[tuple[str, str, str]]]) -> None:
        self.listed = listed

    def get_paginator(self, _name: str) -> "Stacks":
        """Give itself."""
        return self

    def paginate(self, *, StackName: str) -> list[dict[str, Any]]:  # noqa: N803 - AWS's names
        """List what a stack has, or refuse."""
        if StackName not in self.listed:
            said = {"Error": {"Code": "ValidationError", "Message": f"Stack {StackName} does not exist"}}
            raise ClientError(said, "ListStackResources")  # type: ignore[arg-type] # the rest is of no use here
        names = ("ResourceType", "LogicalResourceId", "PhysicalResourceId")
        return [{"StackResourceSummaries": [dict(zip(names, each, strict=True)) for each in self.listed[StackName]]}]


@pytest.fixture
def functions() -> Functions:
    """Lambda, as far as it is used."""
    return Functions()


@pytest.fixture
def account(aws: None, functions: Functions, monkeypatch: pytest.MonkeyPatch) -> Account:
    """A deployment with one event each of somebody who will be erased and of somebody who stays."""
    del aws
    create_tables(prefix="live-")
    for bucket in BUCKETS:
        create_bucket(bucket)
    client = boto3.client("dynamodb")
    for table in KEYS:
        client.update_continuous_backups(
            TableName=f"live-{table}", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
    services: dict[str, Any] = {"lambda": functions, "dynamodb": Tables(), "s3": boto3.client("s3")}
    services |= {name: boto3.client(name) for name in ("kms", "sts")}
    made = Account(
        stage="dev",
        tables={table: f"live-{table}" for table in KEYS},
        buckets={name: name for name in BUCKETS},
        workspace_key=services["kms"].create_key()["KeyMetadata"]["Arn"],
        mappings=["stream-1", "queue-1"],
        client=services.__getitem__,
    )
    for module in (steps, rotating):
        monkeypatch.setattr(module, "account_of", lambda _stage: made)
    monkeypatch.setattr(steps, "EVERY", 0.0)
    return made


def run(*arguments: str) -> tuple[int, Any, str]:
    """Run a command; give its code, its document and what it said."""
    ended = CliRunner().invoke(app, [*arguments, "--stage", "dev", "--json"])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return ended.exit_code, json.loads(ended.stdout) if ended.stdout else None, ended.stderr


def lived_in(account: Account) -> list[Event]:
    """Store and archive events of two people, sealed."""
    sealer = KmsSealer(account.database(), account.wrapper)
    events = []
    for number, owner in enumerate((GONE, STAYS), 1):
        sealer.prepare([owner])
        event = an_event(number, links=(owner,), sealed=b"")
        events.append(replace(event, owner=owner, sealed=sealer.seal(owner, "event", owner.encode())))
    EventStore(account.database()).insert(events)
    account.lake.put("events/day=2026-01-01/1-a.parquet", Parquet().write(EVENTS, list(map(event_row, events))))
    return events


def erase(account: Account) -> None:
    """Erase one of them for good, in the live tables."""
    store = RequestStore(account.database())
    store.save(Request(id="q1", kind="erasure", by="s", received=1, verified=2, state="verified", identifiers=1))
    store.add("q1", [GONE])
    clock = [10**15]
    places = Places(
        large=account.large,
        failures=account.failures,
        lake=account.lake,
        format=Parquet(),
        exports=account.exports,
        copies=account.copies,
        machines=NothingRuns(),
    )
    worker = EraseWorker(account.database(), places, Counts(), lambda: clock[0], Parallel())
    while not (step := worker.work("q1", has_time=lambda: True)).done:
        clock[0] += step.wait * SECOND


def test_the_drill_from_the_first_command_to_the_last(account: Account, functions: Functions) -> None:
    events = lived_in(account)
    assert run("recovery", "close", "--at", AT)[1]["held"] == 2
    assert functions.enabled == {"stream-1": False, "queue-1": False}
    code, states, _ = run("recovery", "restore")  # moto copies what there is now
    assert (code, set(states)) == (0, set(KEYS))
    VaultStore(account.database()).save_secret(_aside(account))
    erase(account)
    assert run("recovery", "carry")[0] == 1

    assert run("recovery", "replay")[1]["erased"] == 1
    assert run("recovery", "carry")[1]["events"] == {"looked": 1, "put": 0, "removed": 0}
    opened = run("recovery", "open")[1]

    assert (opened["woken"], opened["replay"][:1]) == (2, "q")
    assert functions.enabled == {"stream-1": True, "queue-1": True}
    functions.enabled.clear()
    assert run("recovery", "open")[1] == {"woken": 2, "replay": ""}  # what is open is woken once more
    assert functions.enabled == {"stream-1": True, "queue-1": True}
    database = account.database()
    sealer = KmsSealer(database, account.wrapper)
    assert [sealer.open(each.owner, "event", each.sealed) for each in events] == [None, STAYS.encode()]
    assert EventStore(database).of(GONE) == []
    assert Ledger(database).get(GONE)
    assert run("recovery", "status")[1]["closed"] is None
    said = [row.deed.what for chain in _chains(database) for row in AuditStore(database).of(chain)]
    assert said == ["close_workspace", "replay_ledger", "carry_tables", *["open_workspace"] * 2]


def _chains(database: DynamoDatabase) -> list[str]:
    return sorted({str(item["chain"]) for item in database.scan("audit", limit=100).items})


def _aside(account: Account) -> Any:
    """What stands: the secret is set aside while it is closed."""
    standing = VaultStore(account.database()).secret()
    assert standing
    assert standing.closed
    return standing


def test_copies_are_encrypted_as_their_tables(account: Account) -> None:
    key = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
    boto3.client("dynamodb").create_table(
        TableName="sealed",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "owner", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "owner", "AttributeType": "S"}],
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
    )
    account = replace(account, tables={"events": "sealed"})
    backups.Backups(account, 1_767_323_045 * SECOND).begin(["events"])

    [call] = account.client("dynamodb").restored
    assert call["TargetTableName"] == "sealed-restored-20260102030405"
    assert call["SSESpecificationOverride"]["KMSMasterKeyId"] == key


def test_what_is_outside_the_window_is_refused_with_the_window(account: Account) -> None:
    real = replace(account, client=lambda _service: account.client("dynamodb").real)

    with pytest.raises(UserError, match=r"vault can be restored from 20\d\d.* not to 1970"):
        backups.Backups(real, SECOND).begin(["vault"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("recovery", "close", "--at", "tomorrow"), "no instant of the past"),
        (("recovery", "close", "--at", "2999-01-01T00:00:00Z"), "no instant of the past"),
        (("recovery", "restore"), "is not closed"),
        (("recovery", "replay"), "is not closed"),
        (("recovery", "carry", "--table", "nothing"), "no table nothing"),
        (("vault", "rotate"), "no key yet"),
    ],
)
def test_a_step_that_is_not_its_turn_says_what_to_do(account: Account, arguments: tuple[str, ...], said: str) -> None:
    del account
    code, _, heard = run(*arguments)

    assert code == 1
    assert said in heard


def test_events_come_back_from_the_lake_but_those_of_the_erased(account: Account) -> None:
    lived_in(account)
    Ledger(account.database()).mark(GONE, at=1, request="q1")
    for owner in (GONE, STAYS):
        for event in EventStore(account.database()).of(owner):
            account.database().delete("events", owner, event.moment)

    assert run("recovery", "refill")[1] == {"new": 1, "known": 0, "erased": 1, "passages": 0, "messages": 0}
    assert len(EventStore(account.database()).of(STAYS)) == 1


def test_the_key_of_the_workspace_is_turned_and_gone_on_with(account: Account) -> None:
    [gone, stays] = lived_in(account)

    first = run("vault", "rotate")[1]
    again = run("vault", "rotate", "--go-on")[1]

    assert (first["generation"], first["turned"], first["rewrapped"], first["state"]) == (2, True, 2, "settling")
    assert (again["generation"], again["turned"], again["rewrapped"]) == (2, False, 0)
    sealer = KmsSealer(account.database(), account.wrapper)
    assert sealer.open(GONE, "event", gone.sealed) == GONE.encode()
    assert sealer.open(STAYS, "event", stays.sealed) == STAYS.encode()


def test_a_deployment_is_found_by_its_stage_and_said_to_be_missing_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    hash = "0A1B2C3D"
    data = [("AWS::DynamoDB::GlobalTable", f"tables{table}{hash}", f"t-{table}") for table in KEYS]
    data += [("AWS::S3::Bucket", f"buckets{name}{hash}", f"b-{name}") for name in BUCKETS]
    whole = Stacks(
        {
            "regulars-dev-data": [*data, ("AWS::KMS::Key", f"keysworkspace{hash}", "key")],
            "regulars-dev-platform": [("AWS::Lambda::EventSourceMapping", "x", "uuid"), ("AWS::IAM::Role", "y", "z")],
            "regulars-old-data": data,
            "regulars-old-platform": [],
        }
    )
    monkeypatch.setattr(boto3, "client", lambda _service: whole)

    found = accounts.account_of("dev")

    assert (found.tables["vault"], found.buckets["lake"]) == ("t-vault", "b-lake")
    assert (found.workspace_key, found.mappings) == ("key", ["uuid"])
    with pytest.raises(UserError, match="regulars-nowhere-data does not exist"):
        accounts.account_of("nowhere")
    with pytest.raises(UserError, match="no keysworkspace"):
        accounts.account_of("old")


@pytest.mark.usefixtures("account")
def test_a_copy_of_the_ledger_is_put_once_and_one_that_cannot_be_read_stops_a_replay() -> None:
    copies = S3LedgerCopies(boto3.client("s3"), "anchors")
    copy = LedgerCopy(request="q1", kind="erasure", verified=5, doomed=(Doomed(owner=GONE, profiles=("p_x",)),))
    copies.put(copy)
    copies.put(copy)
    assert list(copies.all()) == [copy]
    boto3.client("s3").put_object(Bucket="anchors", Key="ledger/1970-01-01/broken.json", Body=b"{}")

    with pytest.raises(UnavailableError, match="cannot be read"):
        list(copies.all())
