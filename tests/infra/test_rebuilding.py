"""The state machine that rebuilds everybody: what it calls, how often, and who may start it."""

import json
from typing import Any

from infra.permissions import functions, identity, permissions
from infra.templates import Template, Templates, resources
from tests.infra.test_alarms import alarms, dimensions


def machine(templates: Templates) -> tuple[str, Template]:
    """The one state machine."""
    [found] = resources(templates.platform, "StepFunctions::StateMachine").items()
    return found


def definition(templates: Templates) -> Any:
    """What it does; names of things stand as their logical ids."""
    pieces = machine(templates)[1]["DefinitionString"]["Fn::Join"][1]
    return json.loads("".join(piece if isinstance(piece, str) else identity(piece) for piece in pieces))


def logical_id(templates: Templates, name: str) -> str:
    """The logical id of a function."""
    found = resources(templates.platform, "Lambda::Function").items()
    [id] = [id for id, each in found if each["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == name]
    return id


def test_it_calls_the_function_for_each_segment_until_it_is_done(deployed: Templates) -> None:
    whole = definition(deployed)
    each = whole["States"][whole["StartAt"]]
    steps = each["ItemProcessor"]["States"]
    work = steps[each["ItemProcessor"]["StartAt"]]

    assert (each["Type"], each["ItemsPath"], each["MaxConcurrency"]) == ("Map", "$.segments", 4)
    assert each["ItemSelector"] == {"id.$": "$.id", "segment.$": "$$.Map.Item.Value"}
    assert work["Resource"] == logical_id(deployed, "rebuild")
    choice = steps[work["Next"]]
    assert choice["Choices"] == [{"Variable": "$.found.done", "BooleanEquals": True, "Next": "done"}]
    assert steps[choice["Default"]] == work


def test_what_fails_is_tried_again_for_a_while_and_then_told(deployed: Templates) -> None:
    whole = definition(deployed)
    [retry] = whole["States"][whole["StartAt"]]["ItemProcessor"]["States"]["work"]["Retry"]
    alarm = alarms(deployed)["rebuilding_fails"]

    assert retry["ErrorEquals"] == ["States.ALL"]
    assert (retry["MaxAttempts"], retry["MaxDelaySeconds"]) == (12, 120)
    assert alarm["MetricName"] == "ExecutionsFailed"
    assert identity(dimensions(alarm)["StateMachineArn"]) == machine(deployed)[0]


def test_it_is_a_standard_one_that_may_call_that_function_and_nothing_else(deployed: Templates) -> None:
    _, each = machine(deployed)
    role = identity(each["RoleArn"])
    statements = [
        statement
        for policy in resources(deployed.platform, "IAM::Policy").values()
        if role in [identity(one) for one in policy["Roles"]]
        for statement in policy["PolicyDocument"]["Statement"]
    ]

    assert each.get("StateMachineType", "STANDARD") == "STANDARD"
    assert [(one["Action"], identity(one["Resource"])) for one in statements] == [
        ("lambda:InvokeFunction", logical_id(deployed, "rebuild"))
    ]


def test_only_the_admin_api_starts_it(deployed: Templates) -> None:
    starters = {
        name
        for name, granted in permissions(deployed).items()
        for each in granted
        if each.action == "states:StartExecution"
    }
    told = {name for name, each in functions(deployed).items() if "REBUILDING" in each["Environment"]["Variables"]}

    assert starters == told == {"admin_api"}
