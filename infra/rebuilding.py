"""Rebuilding everybody: a state machine calls one function for each segment of the events, until that is done."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.data import Data
from infra.python_function import Ground, PythonFunction

_AT_ONCE = 4  # segments; each rests as long as it works, so that live traffic goes first
_PROGRESS = "rebuild_progress"


class Rebuilding(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data) -> None:
        super().__init__(scope, id)
        tables = data.tables
        self.rebuild = PythonFunction(
            self,
            "rebuild",
            ground=ground,
            timeout=Duration.minutes(15),
            may=[
                tables.events.allow("Query", "Scan"),
                tables.identities.allow("GetItem", "Query", "PutItem"),
                tables.profiles.allow("GetItem", "PutItem"),
                tables.catalog.allow("GetItem", "Query"),
                tables.catalog.allow("PutItem", partitions=[_PROGRESS]),
                data.buckets.large.allow("GetObject", under=["events"]),
            ],
        )
        role = iam.Role(self, "machine_role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        self.machine = sfn.StateMachine(
            self,
            "rebuilding",
            definition_body=sfn.DefinitionBody.from_chainable(self._each_segment()),
            role=role,
        )
        iam.Grant.add_to_principal(
            grantee=role, actions=["lambda:InvokeFunction"], resource_arns=[self.rebuild.function_arn]
        )
        acknowledge(
            self.machine,
            "SF1",
            because="How far it is lies in a table; the function logs what it could not rebuild, an alarm the rest.",
        )
        acknowledge(self.machine, "SF2", because="Traces are switched off everywhere: they would copy what fails.")

    def _each_segment(self) -> sfn.Map:
        """Call the function for each segment again and again; what is thrown at it waits and is tried once more."""
        work = sfn.CustomState(
            self,
            "work",
            state_json={
                "Type": "Task",
                "Resource": self.rebuild.function_arn,
                "ResultPath": "$.found",
                "Retry": [
                    {
                        "ErrorEquals": ["States.ALL"],
                        "IntervalSeconds": 5,
                        "BackoffRate": 2,
                        "MaxDelaySeconds": 120,
                        "MaxAttempts": 12,
                    }
                ],
            },
        )
        is_done = sfn.Condition.boolean_equals("$.found.done", True)
        more = sfn.Choice(self, "is it done").when(is_done, sfn.Pass(self, "done")).otherwise(work)
        segments = sfn.Map(
            self,
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
