"""A cloud assembly is deployed as it is, and what the emulator forgets is set afterwards."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.platform.assembly import Assembly
from local.platform.clients import Clients
from local.platform.deploy import Deployment, Stack
from local.platform.emulator import Emulator
from tests.local import assembly_on_disk

FOLD = "def handler(event, context): return len(event['Records'])\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assembly_on_disk.write(tmp_path_factory.mktemp("assembly"), fold=FOLD)


@pytest.fixture(scope="module")
def stacks(folder: Path, clients: Clients) -> list[Stack]:
    return Deployment(Assembly(folder), clients).run()


def test_stacks_come_in_the_order_of_their_dependencies(folder: Path) -> None:
    assert [one.stack for one in Assembly(folder).templates()] == ["data", "platform"]


def test_a_mapping_is_deployed_with_all_that_its_template_says(stacks: list[Stack], clients: Clients) -> None:
    identifier, given = next(one for one in stacks[1].found("AWS::Lambda::EventSourceMapping") if "BatchSize" in one[1])
    found = clients.of("lambda").get_event_source_mapping(UUID=identifier)

    plain = (
        "BatchSize",
        "MaximumBatchingWindowInSeconds",
        "ParallelizationFactor",
        "MaximumRetryAttempts",
        "FilterCriteria",
        "BisectBatchOnFunctionError",
        "FunctionResponseTypes",
        "MaximumRecordAgeInSeconds",
    )
    assert {name: found[name] for name in plain} == {name: given[name] for name in plain}
    assert found["DestinationConfig"]["OnFailure"]["Destination"] == stacks[0].outputs["Bucket"]
    assert found["EventSourceArn"] == stacks[0].outputs["Stream"]


def test_expiry_is_set_although_the_emulator_drops_it(stacks: list[Stack], clients: Clients) -> None:
    table = stacks[0].outputs["Table"]
    expiry = clients.of("dynamodb").describe_time_to_live(TableName=table)

    assert expiry["TimeToLiveDescription"]["TimeToLiveStatus"] in {"ENABLED", "ENABLING"}


def test_the_api_answers_and_allows_other_origins(stacks: list[Stack], emulator: Emulator) -> None:
    url = f"{emulator.endpoint}/_aws/execute-api/{stacks[1].outputs['ApiId']}/$default/v1/x"
    asked = {"Origin": "http://shop.test", "Access-Control-Request-Method": "POST"}
    preflight = httpx.options(url, headers=asked)
    answer = httpx.post(url, json={}, headers={"Origin": "http://shop.test"})

    assert preflight.status_code == 204
    assert (answer.status_code, answer.json()) == (200, "/v1/x")
    assert answer.headers["access-control-allow-origin"] == "*"


def test_what_is_deployed_is_not_deployed_again(stacks: list[Stack], folder: Path, clients: Clients) -> None:
    assert stacks
    assert not Deployment(Assembly(folder), clients).is_due()


def test_new_code_is_live_and_no_item_is_lost(stacks: list[Stack], clients: Clients, tmp_path: Path) -> None:
    table = stacks[0].outputs["Table"]
    clients.of("dynamodb").put_item(TableName=table, Item={"owner": {"S": "kept"}})
    queue: dict[str, Any] = {"Type": "AWS::SQS::Queue"}
    changed = assembly_on_disk.write(tmp_path, fold=FOLD.replace("len", "-len"), New=queue)
    deployment = Deployment(Assembly(changed), clients)
    assert deployment.is_due()

    deployment.run()

    fold = stacks[1].physical["Fold"]
    answer = clients.of("lambda").invoke(FunctionName=fold, Payload=json.dumps({"Records": [1]}))
    assert json.loads(answer["Payload"].read()) == -1
    kept = clients.of("dynamodb").get_item(TableName=table, Key={"owner": {"S": "kept"}})
    assert kept["Item"]["owner"] == {"S": "kept"}
