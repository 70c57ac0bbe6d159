"""Somebody waits, or something was given up: an alarm says so, to whoever is named."""

from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Annotations, Match
from aws_cdk.assertions import Template as Synthesized

from infra.app import FLAGS, build
from infra.permissions import functions, identity, paths
from infra.templates import Template, Templates, resources

STREAMS = ("announce", "archive", "evaluate_segments", "resolve_identity")


def alarms(templates: Templates) -> dict[str, Template]:
    """All alarms by name."""
    found = resources(templates.alarms, "CloudWatch::Alarm").items()
    return {paths(templates)[name].removeprefix("alarms/watch/"): each for name, each in found}


def dimensions(alarm: Template) -> dict[str, Any]:
    """Of what the metric is."""
    return {each["Name"]: each["Value"] for each in alarm["Dimensions"]}


def test_somebody_is_told(deployed: Templates) -> None:
    streams = {f"{name}_{what}" for name in STREAMS for what in ("drops", "lags", "stuck")}
    failing = {f"{name}_fails" for name in functions(deployed)} | {"http_api_fails"}
    filled = {
        f"{name}_filled"
        for name in (
            "anchor_audit_dead",
            "compact_dead",
            "count_members_dead",
            "erase_dead",
            "evaluations_dead",
            "failures",
            "feedback_dead",
            "retain_dead",
            "tick_dead",
        )
    }

    requests = {"privacy_requests_overdue", "privacy_requests_due_soon"}
    retention = {"retention_overdue", "retention_failed"}
    assert streams | failing | filled | requests | retention <= alarms(deployed).keys()


def test_a_queue_that_gives_nothing_up_for_days_tells_that_something_waits_in_it(deployed: Templates) -> None:
    waits = {name: each for name, each in alarms(deployed).items() if name.endswith("_waits")}

    assert waits.keys() == {"feedback_waits", "overflow_waits", "wanted_waits"}
    assert {(each["MetricName"], each["Threshold"]) for each in waits.values()} == {
        ("ApproximateAgeOfOldestMessage", 1_800)
    }


def test_requests_that_are_overdue_are_told_by_the_look_of_each_hour(deployed: Templates) -> None:
    alarm = alarms(deployed)["privacy_requests_overdue"]

    assert (alarm["MetricName"], alarm["Period"], alarm["Threshold"]) == ("privacy_requests_overdue", 3_600, 0)
    assert dimensions(alarm) == {"service": "count_members"}


def test_a_minute_late_is_too_late(deployed: Templates) -> None:
    ages = {name: each for name, each in alarms(deployed).items() if each["MetricName"] == "IteratorAge"}

    assert ages.pop("archive_lags")["Threshold"] == 660_000  # what it takes gathers for five minutes
    assert {(each["Threshold"], each["Statistic"]) for each in ages.values()} == {(60_000, "Maximum")}


def test_a_record_that_stops_a_stream_for_minutes_is_told(deployed: Templates) -> None:
    stuck = {name: each for name, each in alarms(deployed).items() if name.endswith("_stuck")}

    assert {each["MetricName"] for each in stuck.values()} == {"groups_failed"}
    assert {name: dimensions(each) for name, each in stuck.items()} == {
        f"{name}_stuck": {"service": name} for name in functions(deployed) if f"{name}_lags" in alarms(deployed)
    }
    assert {(each["DatapointsToAlarm"], each["EvaluationPeriods"]) for each in stuck.values()} == {(3, 5)}


def test_an_object_in_the_bucket_of_failures_is_told(deployed: Templates) -> None:
    alarm = alarms(deployed)["failures_filled"]
    counted = {
        paths(deployed)[name]: [each["Id"] for each in bucket["MetricsConfigurations"]]
        for name, bucket in resources(deployed.data, "S3::Bucket").items()
        if "MetricsConfigurations" in bucket
    }

    assert (alarm["Namespace"], alarm["MetricName"], alarm["Threshold"]) == ("AWS/S3", "PutRequests", 0)
    bucket = paths(deployed)[identity(dimensions(alarm)["BucketName"])]
    assert counted == {bucket: [dimensions(alarm)["FilterId"]]} == {"buckets/failures": ["given_up"]}


def test_every_alarm_tells_the_topic(deployed: Templates) -> None:
    [topic] = resources(deployed.platform, "SNS::Topic")

    assert {str(each["AlarmActions"]) for each in alarms(deployed).values()} == {str([{"Ref": topic}])}


def test_the_topic_is_encrypted_and_speaks_tls_only(deployed: Templates) -> None:
    [topic] = resources(deployed.platform, "SNS::Topic").values()
    [policy] = resources(deployed.platform, "SNS::TopicPolicy").values()
    statements = policy["PolicyDocument"]["Statement"]

    assert paths(deployed)[identity(topic["KmsMasterKeyId"])] == "operations"
    assert {"Bool": {"aws:SecureTransport": "false"}} in [
        each["Condition"] for each in statements if each["Effect"] == "Deny"
    ]
    assert [each["Principal"] for each in statements if each["Effect"] == "Allow"] == [
        {"Service": "cloudwatch.amazonaws.com"}
    ]


def test_alarms_may_use_the_key_of_the_topic(deployed: Templates) -> None:
    keys = {paths(deployed)[name]: each for name, each in resources(deployed.platform, "KMS::Key").items()}
    allowed = [
        each["Action"]
        for each in keys["operations"]["KeyPolicy"]["Statement"]
        if "cloudwatch.amazonaws.com" in str(each["Principal"])
    ]

    assert allowed == [["kms:Decrypt", "kms:GenerateDataKey"]]


@pytest.mark.parametrize("email", ["you@example.com", ""])
def test_an_address_hears_the_alarms_or_the_synthesis_warns(email: str) -> None:
    app = App(context={**FLAGS, "alarm_email": email, "aws:cdk:bundling-stacks": []})
    _, platform = build(app)
    heard = Synthesized.from_stack(platform).find_resources("AWS::SNS::Subscription").values()
    warnings = Annotations.from_stack(platform).find_warning("*", Match.string_like_regexp("nobody hears the alarms"))

    assert [each["Properties"]["Endpoint"] for each in heard] == ([email] if email else [])
    assert len(warnings) == (0 if email else 1)
