from infra.permissions import identity, paths
from infra.templates import Template, Templates, resources


def buckets(templates: Templates) -> dict[str, Template]:
    return {paths(templates)[name]: each for name, each in resources(templates.data, "S3::Bucket").items()}


def test_buckets_are_private_and_encrypted(deployed: Templates) -> None:
    for bucket in buckets(deployed).values():
        [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        key = rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]

        assert all(bucket["PublicAccessBlockConfiguration"].values())
        assert paths(deployed)[identity(key)] == "keys/events"


def test_buckets_speak_tls_only(deployed: Templates) -> None:
    refusing = {
        paths(deployed)[identity(policy["Bucket"])]
        for policy in resources(deployed.data, "S3::BucketPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }

    assert refusing == {"buckets/answers", "buckets/failures", "buckets/lake", "buckets/large"}


def test_requests_that_wait_and_refused_events_outlive_their_queue_and_their_rows(deployed: Templates) -> None:
    rules = buckets(deployed)["buckets/large"]["LifecycleConfiguration"]["Rules"]

    assert {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules} == {"overflow/": 15, "quarantine/": 31}


def test_answers_are_gone_after_a_week_and_the_lake_stays(deployed: Templates) -> None:
    [rule] = buckets(deployed)["buckets/answers"]["LifecycleConfiguration"]["Rules"]

    assert (rule["ExpirationInDays"], rule["Status"]) == (7, "Enabled")
    assert "LifecycleConfiguration" not in buckets(deployed)["buckets/lake"]


def test_given_up_records_are_gone_after_thirty_days(deployed: Templates) -> None:
    [rule] = buckets(deployed)["buckets/failures"]["LifecycleConfiguration"]["Rules"]

    assert (rule["ExpirationInDays"], rule["Status"]) == (30, "Enabled")
