"""The state machine of requests of persons, who starts it, and the register of everything that is deployed."""

from infra.permissions import paths, permissions
from infra.templates import Templates, resources
from regulars.domain.register import PLACES, Sort
from tests.infra.test_rebuilding import definition, logical_id, machine

KEPT: dict[str, Sort] = {
    "DynamoDB::GlobalTable": "table",
    "S3::Bucket": "bucket",
    "SQS::Queue": "queue",
    "Logs::LogGroup": "log",
    "StepFunctions::StateMachine": "state machine",
    "Events::EventBus": "bus",
    "SNS::Topic": "topic",
    "Cognito::UserPool": "people",
    "Athena::WorkGroup": "query",
    "Glue::Database": "query",
}
HARMLESS = """
    ApiGatewayV2::Api ApiGatewayV2::Authorizer ApiGatewayV2::Integration ApiGatewayV2::Route ApiGatewayV2::Stage
    Athena::NamedQuery CDK::Metadata CloudFormation::Stack CloudWatch::Alarm Cognito::UserPoolClient
    Cognito::UserPoolGroup Events::Rule Glue::Table IAM::Policy IAM::Role KMS::Alias KMS::Key
    Lambda::EventInvokeConfig Lambda::EventSourceMapping Lambda::Function Lambda::LayerVersion
    Lambda::Permission S3::BucketPolicy SES::ConfigurationSet SES::ConfigurationSetEventDestination
    SES::EmailIdentity SNS::Subscription SNS::TopicPolicy SQS::QueuePolicy
""".split()


def test_everything_that_is_deployed_and_keeps_something_is_in_the_register(deployed: Templates) -> None:
    known = paths(deployed)
    found = {
        (sort, known[name])
        for template in (deployed.data, deployed.platform)
        for kind, sort in KEPT.items()
        for name in _ids(template, kind)
    }
    registered = {(place.sort, name) for place in PLACES for name in place.names}

    assert found == registered


def test_no_kind_of_thing_is_deployed_of_which_nobody_said_whether_it_keeps_something(deployed: Templates) -> None:
    kinds = {
        each["Type"].removeprefix("AWS::")
        for template in (deployed.data, deployed.platform, deployed.alarms)
        for each in template["Resources"].values()
    }

    assert kinds - set(KEPT) <= set(HARMLESS)


def test_what_the_register_says_of_times_is_what_is_deployed(deployed: Templates) -> None:
    days = {place.name: place.days for place in PLACES}
    vault = {
        each["Replicas"][0]["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"]
        for name, each in resources(deployed.data, "DynamoDB::GlobalTable").items()
        if paths(deployed)[name] == "tables/vault"
    }
    logs = {each["RetentionInDays"] for each in resources(deployed.platform, "Logs::LogGroup").values()}

    assert vault == {days["backups of the vault"]}
    assert logs == {days["logs"]}


def test_it_is_asked_again_until_the_request_is_met(deployed: Templates) -> None:
    whole = definition(deployed, "erasing")
    states = whole["States"]
    work = states[whole["StartAt"]]

    assert (work["Resource"], work["Parameters"]) == (logical_id(deployed, "erase"), {"id.$": "$.id"})
    assert work["Retry"][0]["ErrorEquals"] == ["States.ALL"]
    choice = states[work["Next"]]
    assert choice["Choices"] == [{"Variable": "$.found.done", "BooleanEquals": True, "Next": "met"}]
    assert (states[choice["Default"]]["SecondsPath"], states[choice["Default"]]["Next"]) == ("$.found.wait", "work")
    assert [name for name, state in states.items() if state["Type"] in ("Succeed", "Fail")] == ["met"]


def test_only_who_takes_requests_starts_it(deployed: Templates) -> None:
    thing = machine(deployed, "erasing")[0]
    starters = {
        name
        for name, granted in permissions(deployed).items()
        for each in granted
        if each.action == "states:StartExecution" and each.thing == paths(deployed)[thing]
    }

    assert starters == {"privacy_api"}


def test_who_lets_go_of_people_may_stop_journeys_of_this_stage_and_neither_start_nor_see_them(
    deployed: Templates,
) -> None:
    for name in ("erase", "retain"):
        found = [each for each in permissions(deployed)[name] if each.action.startswith("states:")]

        assert [each.action for each in found] == ["states:StopExecution"]
        assert found[0].thing.endswith(":execution:regulars-dev-*")


def test_ses_keeps_no_list_of_addresses_which_no_erasure_would_reach(deployed: Templates) -> None:
    [letters] = resources(deployed.platform, "SES::ConfigurationSet").values()

    assert letters["SuppressionOptions"] == {"SuppressedReasons": []}


def _ids(template: dict[str, object], kind: str) -> list[str]:
    return list(resources(template, kind))
