import pytest

from infra.permissions import identity, paths
from infra.templates import Template, Templates, resources


def buckets(templates: Templates) -> dict[str, Template]:
    return {paths(templates)[name]: each for name, each in resources(templates.data, "S3::Bucket").items()}


def test_buckets_are_private_and_encrypted(deployed: Templates) -> None:
    for name, bucket in buckets(deployed).items():
        [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        default = rule["ServerSideEncryptionByDefault"]

        assert all(bucket["PublicAccessBlockConfiguration"].values())
        # What is locked must not be lost with a key, and S3 writes its logs with no other.
        if name in ("buckets/anchors", "buckets/reads"):
            assert default == {"SSEAlgorithm": "AES256"}
        else:
            assert paths(deployed)[identity(default["KMSMasterKeyID"])] == "keys/events"


@pytest.mark.parametrize(("stage", "days"), [("deployed", 1), ("in_production", 400)])
def test_anchors_are_locked(stage: str, days: int, request: pytest.FixtureRequest) -> None:
    bucket = buckets(request.getfixturevalue(stage))["buckets/anchors"]

    assert bucket["ObjectLockEnabled"]
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {"Mode": "COMPLIANCE", "Days": days}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "LifecycleConfiguration" not in bucket


def test_nobody_may_remove_or_hide_an_anchor(deployed: Templates) -> None:
    [refused] = [
        statement
        for policy in resources(deployed.data, "S3::BucketPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and "s3:DeleteObject" in statement["Action"]
    ]

    assert refused["Principal"] == {"AWS": "*"}
    assert {"s3:DeleteObject", "s3:DeleteObjectVersion"} <= set(refused["Action"])
    assert "Condition" not in refused


def test_buckets_speak_tls_only(deployed: Templates) -> None:
    refusing = {
        paths(deployed)[identity(policy["Bucket"])]
        for policy in resources(deployed.data, "S3::BucketPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    }

    assert refusing == set(buckets(deployed))
    assert len(refusing) == 7


def test_requests_that_wait_and_refused_events_outlive_their_queue_and_their_rows(deployed: Templates) -> None:
    rules = buckets(deployed)["buckets/large"]["LifecycleConfiguration"]["Rules"]

    assert {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules} == {"overflow/": 15, "quarantine/": 31}


def test_answers_are_gone_after_a_week_and_the_lake_stays(deployed: Templates) -> None:
    [rule] = buckets(deployed)["buckets/answers"]["LifecycleConfiguration"]["Rules"]

    assert (rule["ExpirationInDays"], rule["Status"]) == (7, "Enabled")
    assert "LifecycleConfiguration" not in buckets(deployed)["buckets/lake"]


def test_files_of_exports_are_gone_after_a_day(deployed: Templates) -> None:
    bucket = buckets(deployed)["buckets/exports"]
    [rule] = bucket["LifecycleConfiguration"]["Rules"]

    assert (rule["ExpirationInDays"], rule["Status"]) == (1, "Enabled")
    assert "Prefix" not in rule
    assert "VersioningConfiguration" not in bucket


def test_given_up_records_are_gone_after_thirty_days(deployed: Templates) -> None:
    [rule] = buckets(deployed)["buckets/failures"]["LifecycleConfiguration"]["Rules"]

    assert (rule["ExpirationInDays"], rule["Status"]) == (30, "Enabled")


def test_whoever_reads_the_lake_past_the_api_is_written_down(deployed: Templates) -> None:
    found = buckets(deployed)
    told = found["buckets/lake"]["LoggingConfiguration"]
    [rule] = found["buckets/reads"]["LifecycleConfiguration"]["Rules"]
    writers = [
        statement
        for policy in resources(deployed.data, "S3::BucketPolicy").values()
        if paths(deployed)[identity(policy["Bucket"])] == "buckets/reads"
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]

    assert (paths(deployed)[identity(told["DestinationBucketName"])], told["LogFilePrefix"]) == (
        "buckets/reads",
        "lake/",
    )
    assert rule["ExpirationInDays"] == 400
    assert [(one["Principal"], one["Action"]) for one in writers] == [
        ({"Service": "logging.s3.amazonaws.com"}, "s3:PutObject")
    ]
