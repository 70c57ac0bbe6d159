"""The hourly function over a fake AWS: it locks the heads away, and fails loudly where the trail was touched."""

import importlib
import json
from collections.abc import Iterator
from io import StringIO

import boto3
import pytest

from regulars.adapters import anchors, clients
from regulars.adapters.logs import logger
from regulars.adapters.recording import trail
from regulars.errors import AuditFaultError
from tests import moto_shim
from tests.audits import a_deed

handler = importlib.import_module("functions.anchor_audit.handler")


@pytest.fixture
def cold(tables: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The function, with nothing in memory, and three rows of a function in its trail."""
    del tables
    moto_shim.mend()
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "profile_api")
    boto3.client("s3").create_bucket(
        Bucket="anchors",
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        ObjectLockEnabledForBucket=True,
    )
    for cached in (clients.database, clients.s3, anchors.anchors, handler._anchorer):
        cached.cache_clear()
    written = trail()
    for number in range(3):
        written.write(a_deed(number))
    yield
    for cached in (clients.database, clients.s3, anchors.anchors, handler._anchorer):
        cached.cache_clear()


@pytest.mark.usefixtures("cold")
def test_the_heads_are_locked_away() -> None:
    assert handler.handler({}, None) == {"chains": 1, "rows": 3}

    one = anchors.anchors().newest()
    assert one is not None
    assert [number for number, _ in one.heads.values()] == [2]


@pytest.mark.usefixtures("cold")
def test_a_row_that_was_touched_fails_the_hour_and_is_named_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    log = StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", log)
    client = boto3.client("dynamodb")
    [item] = [item for item in client.scan(TableName="audit")["Items"] if item["number"]["S"].endswith("1")]
    client.put_item(TableName="audit", Item={**item, "who": {"S": "nobody"}})

    with pytest.raises(AuditFaultError, match="1 chains"):
        handler.handler({}, None)
    lines = [json.loads(line) for line in log.getvalue().splitlines() if "not as it was written" in line]
    assert [(line["code"], line["sequence"]) for line in lines] == [("edited", f"{item['chain']['S']} 1")]
