"""Anchors in a bucket that locks: put once, read in their order, and removed by nobody before their time."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError

from regulars.adapters import clients
from regulars.adapters.anchors import S3Anchors, key_of
from regulars.domain.audit_anchors import Anchor, anchor, anchor_json
from regulars.domain.instants import DAY, HOUR
from regulars.errors import ConflictError, UnavailableError
from tests.audits import START, a_trail


@pytest.fixture
def anchors(aws: None) -> Iterator[S3Anchors]:
    """An empty bucket that locks for 400 days."""
    del aws
    client = boto3.client("s3")
    client.create_bucket(
        Bucket="anchors",
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        ObjectLockEnabledForBucket=True,
    )
    client.put_object_lock_configuration(
        Bucket="anchors",
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400}},
        },
    )
    clients.s3.cache_clear()
    yield S3Anchors(clients.s3(), "anchors")
    clients.s3.cache_clear()


def some(number: int) -> list[Anchor]:
    heads = [a_trail(1, 3)[0][-1].head]
    made: list[Anchor] = []
    for hour in range(number):
        made.append(anchor(heads, at=START + hour * 5 * HOUR, before=made[-1] if made else None))
    return made


def test_the_newest_anchor_is_read_back_whole(anchors: S3Anchors) -> None:
    assert anchors.newest() is None
    for each in some(12):
        anchors.put(each)

        assert anchors.newest() == each


def test_anchors_of_some_days_come_in_their_order_and_in_pages(anchors: S3Anchors) -> None:
    made = some(12)
    for each in reversed(made):
        anchors.put(each)
    inside = [each for each in made if START + DAY <= each.at < START + 2 * DAY]

    found = anchors.of("2024-10-05", "2024-10-05", limit=100)
    page = anchors.of("2024-10-05", "2024-10-05", limit=2)
    rest = anchors.of("2024-10-05", "2024-10-05", after=page[-1][0], limit=100)

    assert [content for _, content in found] == [anchor_json(each) for each in inside]
    assert [*page, *rest] == list(found)


def test_an_anchor_takes_no_others_place(anchors: S3Anchors) -> None:
    [one] = some(1)
    anchors.put(one)

    with pytest.raises(ConflictError):
        anchors.put(one)


def test_nobody_removes_an_anchor_before_its_time(anchors: S3Anchors) -> None:
    [one] = some(1)
    anchors.put(one)
    client = boto3.client("s3")
    [version] = client.list_object_versions(Bucket="anchors")["Versions"]

    with pytest.raises(ClientError, match="AccessDenied"):
        client.delete_object(Bucket="anchors", Key=key_of(one), VersionId=version["VersionId"])
    assert client.head_object(Bucket="anchors", Key=key_of(one))["ObjectLockMode"] == "COMPLIANCE"


def test_what_is_no_anchor_is_told(anchors: S3Anchors) -> None:
    boto3.client("s3").put_object(Bucket="anchors", Key="anchors/2026-01-01T00-1.json", Body=b"{")

    assert anchors.of("2026-01-01", "2026-01-01", limit=1) == [("anchors/2026-01-01T00-1.json", None)]
    with pytest.raises(UnavailableError, match="anchor"):
        anchors.newest()
    with pytest.raises(UnavailableError):
        S3Anchors(clients.s3(), "no-such-bucket").newest()
