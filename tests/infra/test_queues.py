import pytest

from infra.permissions import functions, identity, paths
from infra.templates import Template, Templates, resources


def queues(templates: Templates) -> dict[str, Template]:
    return {paths(templates)[name]: each for name, each in resources(templates.platform, "SQS::Queue").items()}


def test_a_message_comes_back_after_six_timeouts(deployed: Templates) -> None:
    visibility = queues(deployed)["segments/evaluations"]["VisibilityTimeout"]

    assert visibility >= 6 * functions(deployed)["evaluate_segments"]["Timeout"]


def test_a_hopeless_message_is_set_aside(deployed: Templates) -> None:
    redrive = queues(deployed)["segments/evaluations"]["RedrivePolicy"]

    assert redrive["maxReceiveCount"] == 5
    assert paths(deployed)[identity(redrive["deadLetterTargetArn"])] == "segments/evaluations_dead"


def test_dead_letters_are_kept_as_long_as_possible(deployed: Templates) -> None:
    kept = {name: each.get("MessageRetentionPeriod") for name, each in queues(deployed).items()}

    assert {name for name, seconds in kept.items() if seconds == 14 * 86_400} == {
        "auditing/anchor_audit_dead",
        "erasing/erase_dead",
        "ingest/overflow",
        "ingest/overflow_dead",
        "journeys/wanted",
        "journeys/wanted_dead",
        "lake/compact_dead",
        "messages/feedback",
        "messages/feedback_dead",
        "retaining/retain_dead",
        "segments/count_members_dead",
        "segments/evaluations",
        "segments/evaluations_dead",
        "segments/tick_dead",
    }


@pytest.mark.parametrize("name", ["ingest/overflow", "journeys/wanted", "messages/feedback"])
def test_an_outage_of_four_days_costs_nothing(deployed: Templates, name: str) -> None:
    queue = queues(deployed)[name]

    assert queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"] >= 4 * 86_400


def test_no_more_is_polled_than_may_run(in_production: Templates) -> None:
    polled = {
        paths(in_production)[identity(each["FunctionName"])].split("/")[-1]: each["ScalingConfig"]["MaximumConcurrency"]
        for each in resources(in_production.platform, "Lambda::EventSourceMapping").values()
        if "StartingPosition" not in each
    }
    reserved = {name: functions(in_production)[name]["ReservedConcurrentExecutions"] for name in polled}

    # Half of evaluate_segments is for the streams that wake it, too.
    assert polled == reserved | {"evaluate_segments": reserved["evaluate_segments"] // 2}


def test_queues_are_encrypted(deployed: Templates) -> None:
    keys = {paths(deployed)[identity(each["KmsMasterKeyId"])] for each in queues(deployed).values()}

    assert keys == {"operations"}


def test_queues_speak_tls_only(deployed: Templates) -> None:
    refusing = {
        identity(queue)
        for policy in resources(deployed.platform, "SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for queue in policy["Queues"]
    }

    assert refusing == set(resources(deployed.platform, "SQS::Queue"))


def test_one_bad_message_does_not_cost_its_batch(deployed: Templates) -> None:
    mappings = resources(deployed.platform, "Lambda::EventSourceMapping").values()
    from_queues = [each for each in mappings if "StartingPosition" not in each]

    assert from_queues
    assert all(each["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for each in from_queues)


def test_a_rule_may_leave_what_it_missed_in_an_encrypted_queue(deployed: Templates) -> None:
    [key] = resources(deployed.platform, "KMS::Key").values()
    rules = [
        statement
        for statement in key["KeyPolicy"]["Statement"]
        if "events.amazonaws.com" in statement["Principal"].get("Service", ())
    ]

    assert [statement["Action"] for statement in rules] == [["kms:Decrypt", "kms:GenerateDataKey"]]
    assert all("aws:SourceAccount" in statement["Condition"]["StringEquals"] for statement in rules)


def test_tick_runs_each_minute_and_the_others_each_hour(deployed: Templates) -> None:
    rules = resources(deployed.platform, "Events::Rule").values()
    schedules = {
        paths(deployed)[identity(target["Arn"])]: rule["ScheduleExpression"]
        for rule in rules
        if "ScheduleExpression" in rule
        for target in rule["Targets"]
    }

    assert schedules == {
        "segments/tick": "rate(1 minute)",
        "journeys/wanted": "rate(1 minute)",
        "segments/count_members": "rate(1 hour)",
        "auditing/anchor_audit": "rate(1 hour)",
        "lake/compact": "rate(1 hour)",
        "erasing/erase": "rate(1 hour)",
        "retaining/retain": "rate(1 hour)",
    }


def test_every_target_of_a_rule_has_a_place_for_what_it_missed(deployed: Templates) -> None:
    targets = [target for rule in resources(deployed.platform, "Events::Rule").values() for target in rule["Targets"]]

    assert targets
    places = {paths(deployed)[identity(each["DeadLetterConfig"]["Arn"])] for each in targets}
    assert places == {
        "segments/tick_dead",
        "segments/count_members_dead",
        "lake/compact_dead",
        "auditing/anchor_audit_dead",
        "erasing/erase_dead",
        "messages/feedback_dead",
        "journeys/wanted_dead",
        "retaining/retain_dead",
    }


@pytest.mark.parametrize(
    ("function", "queue"),
    [
        ("tick", "segments/tick_dead"),
        ("count_members", "segments/count_members_dead"),
        ("compact", "lake/compact_dead"),
        ("anchor_audit", "auditing/anchor_audit_dead"),
        ("erase", "erasing/erase_dead"),
        ("retain", "retaining/retain_dead"),
    ],
)
def test_a_run_that_fails_leaves_a_trace_too(deployed: Templates, function: str, queue: str) -> None:
    place = functions(deployed)[function]["DeadLetterConfig"]["TargetArn"]

    assert paths(deployed)[identity(place)] == queue
