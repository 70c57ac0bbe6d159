"""Passages: people enter journeys, hear what happens, and go on from place to place as their state machines ask."""

from typing import Any

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.acknowledge import acknowledge_journeys
from infra.data import Data
from infra.journeys import TIMEOUT, Journeys, lasting
from infra.python_function import Ground, PythonFunction
from infra.rule_target import QueueTarget
from infra.stage import Stage

_STATUS = "Step Functions Execution Status Change"
_OVER = ["FAILED", "TIMED_OUT", "ABORTED"]
_MOVES = ["states:StartExecution", "states:SendTaskSuccess", "states:ListExecutions"]


class Passages(Construct):
    def __init__(
        self, scope: Construct, id: str, *, ground: Ground, data: Data, journeys: Journeys, bus: events.IEventBus
    ) -> None:
        super().__init__(scope, id)
        tables = data.tables
        large = data.buckets.large.allow("GetObject", under=["events"])
        self.enter_journey = PythonFunction(
            self,
            "enter_journey",
            ground=ground,
            timeout=TIMEOUT,
            works_off=journeys.wanted,
            # A page of members asks for the next, and for an entry of each.
            recursive=True,
            may=[
                # Who enters is who they are when that is written.
                tables.identities.allow("GetItem", "Query", "ConditionCheckItem"),
                tables.profiles.allow("GetItem", "ConditionCheckItem"),
                tables.journeys.allow("GetItem", "Query", "PutItem", "PartiQLInsert"),
                tables.memberships.allow("GetItem", "Query"),
                tables.memberships.allow("Query", index="by_segment"),
                tables.catalog.allow("GetItem", "Query"),
                tables.catalog.allow("PutItem", partitions=["cursor"]),
                # What journeys do is told as events of the person; of who was erased nothing is.
                tables.events.allow("GetItem", "Query", "PartiQLInsert"),
                tables.vault.allow("GetItem", "BatchGetItem"),
                large,
            ],
            unwraps=data.keys.workspace,
            sends=journeys.wanted,
        )
        self.journey_step = PythonFunction(
            self,
            "journey_step",
            ground=ground,
            physical_name=lasting(ground.stage, "journey_step"),
            timeout=Duration.seconds(60),
            may=[
                tables.identities.allow("GetItem", "Query"),
                tables.profiles.allow("GetItem"),
                tables.journeys.allow("GetItem", "Query", "PutItem", "PartiQLInsert"),
                tables.memberships.allow("GetItem", "Query"),
                tables.catalog.allow("GetItem", "Query"),
                # Traits that a journey sets, and lists that it lets people join.
                tables.events.allow("GetItem", "Query", "PartiQLInsert"),
                tables.tallies.allow("BatchGetItem", "PutItem", "PartiQLInsert"),
                tables.vault.allow("GetItem", "BatchGetItem", "PartiQLInsert"),
                large,
            ],
            wraps=data.keys.workspace,
            sends=journeys.wanted,
        )
        for function in (self.enter_journey, self.journey_step):
            _let_move(function, ground.stage)
        self._listen(ground.stage, journeys, bus)

    def _listen(self, stage: Stage, journeys: Journeys, bus: events.IEventBus) -> None:
        """Have the queue hear of segments that changed, of executions that failed, and of each minute."""
        target: Any = QueueTarget(journeys.wanted)
        changed = events.EventPattern(source=["regulars"], detail_type=["Segment Entered", "Segment Exited"])
        events.Rule(self, "changed", event_bus=bus, event_pattern=changed, targets=[target])
        ours = events.Match.prefix(_arn(Stack.of(self), "stateMachine", f"regulars-{stage.name}-"))
        over = events.EventPattern(
            source=["aws.states"], detail_type=[_STATUS], detail={"status": _OVER, "stateMachineArn": ours}
        )
        events.Rule(self, "over", event_pattern=over, targets=[target])
        minute: Any = QueueTarget(journeys.wanted, message=events.RuleTargetInput.from_object({"minute": True}))
        events.Rule(self, "each_minute", schedule=events.Schedule.rate(Duration.minutes(1)), targets=[minute])


def _let_move(function: PythonFunction, stage: Stage) -> None:
    """Let a function start, stop and release those who go through the state machines of a stage's journeys."""
    stack, name = Stack.of(function), f"regulars-{stage.name}-*"
    machines, executions = _arn(stack, "stateMachine", name), _arn(stack, "execution", name)
    iam.Grant.add_to_principal(grantee=function, actions=_MOVES, resource_arns=[machines])
    iam.Grant.add_to_principal(grantee=function, actions=["states:StopExecution"], resource_arns=[executions])
    acknowledge_journeys(function, stage.name, "stateMachine", "execution")


def _arn(stack: Stack, kind: str, name: str) -> str:
    return stack.format_arn(
        service="states", resource=kind, resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
    )
