"""Journeys: the queue of what may move somebody on, and the role that the state machines of versions act as."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.python_function import Ground, PythonFunction
from infra.queue import Queue
from infra.stage import Stage

TIMEOUT = Duration.seconds(60)  # of the function that works the queue off


def lasting(stage: Stage, name: str) -> str:
    """Name what state machines of journeys know, alike however often the stack is replaced."""
    return f"regulars-{stage.name}-{name}"


class Journeys(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground) -> None:
        super().__init__(scope, id)
        self.wanted = Queue(self, "wanted", key=ground.key, function_timeout=TIMEOUT, is_patient=True)
        # State machines stand for years, and ask by this role whom they were made to ask.
        self.role = iam.Role(
            self,
            "journey_role",
            role_name=lasting(ground.stage, "journey_role"),
            assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
        )
        self.asked: list[PythonFunction] = []

    def let_ask(self, function: PythonFunction) -> None:
        """Let the state machines ask a function at places of theirs: these, and nothing else."""
        iam.Grant.add_to_principal(
            grantee=self.role, actions=["lambda:InvokeFunction"], resource_arns=[function.function_arn]
        )
        self.asked.append(function)

    def tell_whom_they_ask(self, publisher: PythonFunction) -> None:
        """Let who makes state machines know which functions they ask."""
        for function in self.asked:
            publisher.add_environment(function.name.upper(), function.function_arn)
