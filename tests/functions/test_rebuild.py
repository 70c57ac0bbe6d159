"""The functions that rebuild and correct, as they are deployed, over a fake AWS."""

import importlib
import json
from dataclasses import replace
from types import ModuleType
from typing import Any

import boto3
import pytest

from regulars.adapters import clients
from regulars.adapters.clock import now
from regulars.adapters.workers import StateMachine
from regulars.domain.calls import Delivery, read
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.references import profile_id_of
from regulars.domain.sources import Source
from regulars.domain.state import State
from regulars.errors import UnavailableError
from regulars.pipeline.admission import lay_out
from regulars.pipeline.rebuilds import SEGMENTS
from regulars.pipeline.resolve import Resolver
from regulars.pipeline.stamping import Stamps
from regulars.stores.events import EventStore, from_item
from regulars.stores.identities import IdentityStore
from regulars.stores.progress import ProgressStore
from regulars.stores.rebuilds import PROGRESS, RebuildStore, Run
from tests.builders import START, an_identify
from tests.sign_in import claims, token

OWNERS = 20


class Time:
    """A run of Lambda with so many milliseconds left."""

    def __init__(self, left: int = 900_000) -> None:
        self._left = left

    def get_remaining_time_in_millis(self) -> int:
        """Give the time that is left."""
        return self._left


def cold(name: str) -> ModuleType:
    """A function as it is before its first call."""
    module = importlib.import_module(f"functions.{name}.handler")
    for made in ("_api", "_worker"):
        if hasattr(module, made):
            getattr(module, made).cache_clear()
    return module


@pytest.fixture
def rebuild(tables: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The function `rebuild`, which rests no longer than a test may, over people with parts that say what is not so."""
    del tables
    for cached in (clients.database, clients.large, clients.s3):
        cached.cache_clear()
    module = cold("rebuild")
    monkeypatch.setattr(module, "_LONGEST_REST", 0.0)
    resolver = Resolver(clients.database(), module.journal, lambda: START)
    for number in range(OWNERS):
        event = an_identify(number, links=(f"user_id:{number}",), plan="gold")
        EventStore(clients.database()).insert([event])
        resolver.apply(event.owner, [event], stored=START)
    store = IdentityStore(clients.database())
    part = store.part("user_id:7", "traits")
    assert part is not None
    store.save(replace(part, state=State(count=3)))
    RebuildStore(clients.database()).put(Run(id="r1", dry_run=False, segments=2, by="s-1", started=0))
    return module.handler


def test_a_segment_is_worked_off_and_mended(rebuild: Any) -> None:
    answers = [rebuild({"id": "r1", "segment": segment}, Time()) for segment in range(2)]

    found = [one.found for one in ProgressStore(clients.database(), PROGRESS).all("r1")]
    part = IdentityStore(clients.database()).part("user_id:7", "traits")
    assert answers == [{"done": True}] * 2
    assert sum(one["identifiers"] for one in found) == OWNERS
    assert sum(one["changed"] for one in found) == 1
    assert part is not None
    assert part.state.traits["plan"][2] == "gold"


def test_without_time_it_says_that_it_is_not_done(rebuild: Any) -> None:
    assert rebuild({"id": "r1", "segment": 0}, Time(100_000)) == {"done": False}
    assert ProgressStore(clients.database(), PROGRESS).all("r1") == []


@pytest.mark.usefixtures("aws")
def test_workers_are_started_with_the_id_and_the_numbers_of_segments_only() -> None:
    client = boto3.client("stepfunctions")
    role = "arn:aws:iam::123456789012:role/any"
    machine = client.create_state_machine(name="rebuilding", definition="{}", roleArn=role)["stateMachineArn"]

    StateMachine(clients.step_functions(), machine).start("r1", range(SEGMENTS), name="r1-2")

    [execution] = client.list_executions(stateMachineArn=machine)["executions"]
    said = client.describe_execution(executionArn=execution["executionArn"])["input"]
    assert execution["name"] == "r1-2"
    assert json.loads(said) == {"id": "r1", "segments": list(range(SEGMENTS))}


@pytest.mark.usefixtures("aws")
def test_who_begins_a_rebuild_hears_that_workers_cannot_be_started() -> None:
    clients.step_functions.cache_clear()
    nowhere = "arn:aws:states:eu-west-1:123456789012:stateMachine:none"

    with pytest.raises(UnavailableError):
        StateMachine(clients.step_functions(), nowhere).start("r1", [0], name="r1-2")


@pytest.mark.usefixtures("pool")
def test_a_correction_reaches_the_table_once(tables: None, monkeypatch: pytest.MonkeyPatch) -> None:
    del tables
    for cached in (clients.database, clients.kms, clients.large, clients.s3):
        cached.cache_clear()
    monkeypatch.setenv("WORKSPACE_CMK", boto3.client("kms").create_key()["KeyMetadata"]["KeyId"])
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "change_profile")
    module = cold("change_profile")
    sealer = module._api().sealer
    source = Source(id="web", name="Web")
    at = Delivery(source=source, received=START, rules=DEFAULT_RULES, hash_key=sealer.hash_key)
    call = read({"type": "identify", "userId": "u-1", "messageId": "m", "traits": {"city": "Basel"}}, at)
    sealer.prepare([call.event.owner])
    EventStore(clients.database()).insert([from_item(lay_out(call, sealer, Stamps(clients.database(), now)))])
    body = {"traits": {"city": "Bern"}, "reason": "she moved", "messageId": "case-7"}

    answers = [ask(module.handler, "PATCH", "/v1/profiles/user_id:u-1/traits", body) for _ in range(2)]

    assert [(status, said["duplicate"]) for status, said in answers] == [(200, False), (200, True)]
    assert answers[0][1]["traits"]["city"]["value"] == "Bern"
    assert answers[0][1]["profile_id"] == profile_id_of("user_id:u-1", sealer.hash_key)
    assert [event.source for event in EventStore(clients.database()).of(call.event.owner)] == ["web", "corrections"]


def ask(handler: Any, method: str, path: str, body: object) -> tuple[int, Any]:
    """Wake a function as the gateway does."""
    event = {
        "version": "2.0",
        "rawPath": path,
        "headers": {"authorization": f"Bearer {token(claims(**{'cognito:groups': ['privacy']}))}"},
        "requestContext": {"http": {"method": method}},
        "body": json.dumps(body),
    }
    answer = handler(event, None)
    return answer["statusCode"], json.loads(answer["body"])
