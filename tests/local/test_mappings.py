"""The deployed mappings are served as the template says, through public APIs alone."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.platform.assembly import Assembly
from local.platform.clients import Clients
from local.platform.deploy import Deployment, Stack
from local.platform.functions import Functions
from local.platform.mappings import Mappings, deployed
from local.platform.pulse import Pulse
from tests.local import assembly_on_disk

FOLD = """
import json, os
import boto3

events = boto3.client("dynamodb")

def handler(event, context):
    for record in event["Records"]:
        if record["eventSource"] == "aws:sqs":
            note("queue#" + record["body"], record["eventSourceARN"])
            continue
        owner = record["dynamodb"]["Keys"]["owner"]["S"]
        if owner.startswith("noted"):
            continue
        if owner.startswith("poison"):
            raise ValueError(owner)
        if owner.startswith("reported"):
            number = record["dynamodb"]["SequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": number}]}
        note(owner, record["eventSourceARN"])

def note(owner, source):
    item = {"owner": {"S": "noted#" + owner}, "source": {"S": source}}
    events.put_item(TableName=os.environ["TABLE"], Item=item)
"""


@pytest.fixture(scope="module")
def stacks(clients: Clients, tmp_path_factory: pytest.TempPathFactory) -> list[Stack]:
    folder = assembly_on_disk.write(tmp_path_factory.mktemp("assembly"), fold=FOLD)
    return Deployment(Assembly(folder), clients).run()


@pytest.fixture(scope="module")
def mappings(clients: Clients, stacks: list[Stack]) -> Iterator[Mappings]:
    pulse = Pulse()
    mappings = Mappings(deployed(stacks, clients), clients, Functions(clients, pulse), pulse)
    mappings.start()
    yield mappings
    mappings.stop()


@pytest.fixture
def put(clients: Clients, stacks: list[Stack]) -> Callable[..., None]:
    def store(*owners: str) -> None:
        for owner in owners:
            item = {"owner": {"S": owner}}
            clients.of("dynamodb").put_item(TableName=stacks[0].outputs["Table"], Item=item)

    return store


@pytest.fixture
def noted(clients: Clients, stacks: list[Stack]) -> Callable[[str], Any]:
    def look(owner: str) -> Any:
        return (
            clients.of("dynamodb")
            .get_item(TableName=stacks[0].outputs["Table"], Key={"owner": {"S": f"noted#{owner}"}})
            .get("Item")
        )

    return look


def settle(mappings: Mappings, within: float = 20) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if mappings.is_drained():
            return True
        time.sleep(0.05)
    return False


def test_each_new_item_reaches_its_function(
    mappings: Mappings, stacks: list[Stack], put: Callable[..., None], noted: Callable[[str], Any]
) -> None:
    put("ann", "bob", "cyd")

    assert settle(mappings)
    assert all(noted(owner) for owner in ("ann", "bob", "cyd"))
    assert noted("ann")["source"] == {"S": stacks[0].outputs["Stream"]}


def test_poison_goes_whole_to_the_bucket_of_the_template_and_nothing_else_does(
    mappings: Mappings, put: Callable[..., None], noted: Callable[[str], Any]
) -> None:
    put("before", "poison-1", "between", "reported-1", "after")

    assert settle(mappings)
    assert all(noted(owner) for owner in ("before", "between", "after"))
    found = {one["dynamodb"]["Keys"]["owner"]["S"]: one for one in mappings.on_failure.records()}
    assert found.keys() >= {"poison-1", "reported-1"}
    assert not found.keys() & {"before", "between", "after"}
    assert found["poison-1"]["dynamodb"]["NewImage"] == {"owner": {"S": "poison-1"}}


def test_pending_counts_what_was_not_worked_off(
    mappings: Mappings, clients: Clients, stacks: list[Stack], put: Callable[..., None]
) -> None:
    assert settle(mappings)
    table = stacks[0].outputs["Table"]

    assert mappings.pending(table) == 0

    idle = Mappings(deployed(stacks, clients), clients, Functions(clients, Pulse()), Pulse())
    before = idle.pending(table)
    put("one-more")
    assert idle.pending(table) > before


def test_a_message_reaches_its_function_and_is_deleted(
    mappings: Mappings, clients: Clients, stacks: list[Stack], noted: Callable[[str], Any]
) -> None:
    url = stacks[1].outputs["Queue"]
    clients.of("sqs").send_message(QueueUrl=url, MessageBody="hello")
    deadline = time.monotonic() + 5
    while not noted("queue#hello") and time.monotonic() < deadline:
        time.sleep(0.05)

    assert noted("queue#hello")["source"]["S"].startswith("arn:aws:sqs:")
    assert settle(mappings)


def test_an_invocation_record_says_what_happened(mappings: Mappings) -> None:
    one = next(iter(mappings.on_failure.objects()))

    assert one["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert one["requestContext"]["approximateInvokeCount"] == 2
    assert one["DDBStreamBatchInfo"]["batchSize"] == len(json.loads(one["payload"])["Records"])
    assert Path(one["key"]).parts[:2] == ("aws", "lambda")
