"""The state machines that work over everybody: what they call, how often, and who may start them."""

import json
from typing import Any

import pytest

from infra.permissions import functions, identity, permissions
from infra.templates import Template, Templates, resources
from tests.infra.test_alarms import alarms, dimensions

MACHINES = {
    "rebuilding": "rebuild",
    "backfilling": "backfill",
    "exporting": "export",
}  # and the function that each calls
EACH = pytest.mark.parametrize("name", MACHINES)


def machine(templates: Templates, name: str) -> tuple[str, Template]:
    """The state machine of this name."""
    found = resources(templates.platform, "StepFunctions::StateMachine").items()
    assert len(found) == len(MACHINES) + 1  # and the one of tests/infra/test_erasing.py
    return next((id, each) for id, each in found if id.startswith(name))


def definition(templates: Templates, name: str) -> Any:
    """What it does; names of things stand as their logical ids."""
    pieces = machine(templates, name)[1]["DefinitionString"]["Fn::Join"][1]
    return json.loads("".join(piece if isinstance(piece, str) else identity(piece) for piece in pieces))


def logical_id(templates: Templates, name: str) -> str:
    """The logical id of a function."""
    found = resources(templates.platform, "Lambda::Function").items()
    [id] = [id for id, each in found if each["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == name]
    return id


@EACH
def test_it_calls_the_function_for_each_segment_until_it_is_done(deployed: Templates, name: str) -> None:
    whole = definition(deployed, name)
    each = whole["States"][whole["StartAt"]]
    steps = each["ItemProcessor"]["States"]
    work = steps[each["ItemProcessor"]["StartAt"]]

    assert (each["Type"], each["ItemsPath"], each["MaxConcurrency"]) == ("Map", "$.segments", 4)
    assert each["ItemSelector"] == {"id.$": "$.id", "segment.$": "$$.Map.Item.Value"}
    assert work["Resource"] == logical_id(deployed, MACHINES[name])
    choice = steps[work["Next"]]
    assert choice["Choices"] == [{"Variable": "$.found.done", "BooleanEquals": True, "Next": "done"}]
    assert steps[choice["Default"]] == work


@EACH
def test_what_fails_is_tried_again_for_a_while_and_then_told(deployed: Templates, name: str) -> None:
    whole = definition(deployed, name)
    [retry] = whole["States"][whole["StartAt"]]["ItemProcessor"]["States"]["work"]["Retry"]
    alarm = alarms(deployed)[f"{name}_fails"]

    assert retry["ErrorEquals"] == ["States.ALL"]
    assert (retry["MaxAttempts"], retry["MaxDelaySeconds"]) == (12, 120)
    assert alarm["MetricName"] == "ExecutionsFailed"
    assert identity(dimensions(alarm)["StateMachineArn"]) == machine(deployed, name)[0]


@EACH
def test_it_is_a_standard_one_that_may_call_that_function_and_nothing_else(deployed: Templates, name: str) -> None:
    _, each = machine(deployed, name)
    role = identity(each["RoleArn"])
    statements = [
        statement
        for policy in resources(deployed.platform, "IAM::Policy").values()
        if role in [identity(one) for one in policy["Roles"]]
        for statement in policy["PolicyDocument"]["Statement"]
    ]

    assert each.get("StateMachineType", "STANDARD") == "STANDARD"
    assert [(one["Action"], identity(one["Resource"])) for one in statements] == [
        ("lambda:InvokeFunction", logical_id(deployed, MACHINES[name]))
    ]


def test_a_backfill_goes_from_step_to_step_as_long_as_there_is_more(deployed: Templates) -> None:
    states = definition(deployed, "backfilling")["States"]

    assert states["each segment"]["Next"] == "what next"
    assert states["what next"]["Parameters"] == {"id.$": "$.id"}
    assert states["what next"]["Resource"] == logical_id(deployed, "backfill")
    assert states["what next"]["Next"] == "is there more"
    assert states["is there more"]["Choices"] == [{"Variable": "$.more", "BooleanEquals": True, "Next": "wait"}]
    assert states["is there more"]["Default"] == "all is done"
    assert (states["wait"]["SecondsPath"], states["wait"]["Next"]) == ("$.wait", "each segment")


@EACH
def test_only_one_api_starts_each(deployed: Templates, name: str) -> None:
    starters = {
        function
        for function, granted in permissions(deployed).items()
        for each in granted
        if each.action == "states:StartExecution" and each.thing.startswith(name)
    }
    told = {one for one, each in functions(deployed).items() if name.upper() in each["Environment"]["Variables"]}

    assert starters == told == {"export_api" if name == "exporting" else "admin_api"}
