"""Where a rule of cdk-nag is not followed, and why."""

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk.aws_lambda import Function
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, *, because: str) -> None:
    """Let one finding pass at one construct and below it, for a reason that a reviewer can weigh."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=because))


def acknowledge_journeys(function: Function, stage: str, *kinds: str) -> None:
    """Let a function have to do with state machines of journeys, or executions of theirs, by how they are named."""
    stack = Stack.of(function)
    for kind in kinds:
        arn = f"arn:<AWS::Partition>:states:{stack.region}:<AWS::AccountId>:{kind}:regulars-{stage}-*"
        because = "State machines of journeys are made while the platform runs; those of a stage are named alike."
        acknowledge(function.role or function, f"IAM5[Resource::{arn}]", because=because)
