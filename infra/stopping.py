"""Who may end executions of journeys, whose state machines are made while the platform runs: all are named alike."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from infra.acknowledge import acknowledge_journeys
from infra.stage import Stage


def let_stop_journeys(function: lambda_.Function, stage: Stage) -> None:
    """Let a function end executions of the journeys of a stage, of which it can neither start nor read one."""
    executions = Stack.of(function).format_arn(
        service="states",
        resource="execution",
        resource_name=f"regulars-{stage.name}-*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    iam.Grant.add_to_principal(grantee=function, actions=["states:StopExecution"], resource_arns=[executions])
    acknowledge_journeys(function, stage.name, "execution")
