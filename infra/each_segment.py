"""Work over everybody, split into segments: a function is called for each of them until that is done."""

from typing import Any

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.acknowledge import acknowledge

_AT_ONCE = 4  # segments; each rests as long as it works, so that live traffic goes first
_RETRY = {
    "ErrorEquals": ["States.ALL"],
    "IntervalSeconds": 5,
    "BackoffRate": 2,
    "MaxDelaySeconds": 120,
    "MaxAttempts": 12,
}


def call(scope: Construct, id: str, function: lambda_.Function, **state: Any) -> sfn.CustomState:
    """Call a function; what is thrown at it waits and is tried once more."""
    return sfn.CustomState(
        scope,
        id,
        state_json={"Type": "Task", "Resource": function.function_arn, **state, "Retry": [_RETRY]},
    )


def each_segment(scope: Construct, function: lambda_.Function) -> sfn.Map:
    """Call the function for each segment again and again."""
    work = call(scope, "work", function, ResultPath="$.found")
    is_done = sfn.Condition.boolean_equals("$.found.done", True)
    more = sfn.Choice(scope, "is it done").when(is_done, sfn.Pass(scope, "done")).otherwise(work)
    segments = sfn.Map(
        scope,
        "each segment",
        items_path="$.segments",
        item_selector={
            "id": sfn.JsonPath.string_at("$.id"),
            "segment": sfn.JsonPath.number_at("$$.Map.Item.Value"),
        },
        max_concurrency=_AT_ONCE,
        result_path=sfn.JsonPath.DISCARD,
    )
    segments.item_processor(work.next(more))
    return segments


def machine(scope: Construct, id: str, function: lambda_.Function, chain: sfn.IChainable) -> sfn.StateMachine:
    """Make a state machine that may call this function and nothing else."""
    role = iam.Role(scope, "machine_role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
    made = sfn.StateMachine(scope, id, definition_body=sfn.DefinitionBody.from_chainable(chain), role=role)
    iam.Grant.add_to_principal(grantee=role, actions=["lambda:InvokeFunction"], resource_arns=[function.function_arn])
    acknowledge(
        made,
        "SF1",
        because="How far it is lies in a table; the function logs what it could not do, an alarm the rest.",
    )
    acknowledge(made, "SF2", because="Traces are switched off everywhere: they would copy what fails.")
    return made
