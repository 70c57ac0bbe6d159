"""Backfills: everybody is looked at for the segments that are coming, which are switched to and swept behind."""

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.data import Data
from infra.each_segment import call, each_segment, machine
from infra.python_function import Ground, PythonFunction
from infra.queue import Queue


class Backfilling(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data, evaluations: Queue) -> None:
        super().__init__(scope, id)
        tables = data.tables
        self.backfill = PythonFunction(
            self,
            "backfill",
            ground=ground,
            timeout=Duration.minutes(15),
            may=[
                tables.identities.allow("Query", "PutItem", "Scan"),
                tables.events.allow("Query", "Scan"),
                tables.profiles.allow("GetItem"),
                tables.memberships.allow("GetItem", "Query", "PutItem", "DeleteItem"),
                tables.memberships.allow("Query", index="by_segment"),
                tables.timers.allow("PutItem"),
                # It notes how far it is, makes live what was coming, and begins the next one.
                tables.catalog.allow("GetItem", "Query", "PutItem", "DeleteItem"),
                data.buckets.large.allow("GetObject", under=["events"]),
            ],
            sends=evaluations,
        )
        self.machine = machine(self, "backfilling", self.backfill, self._step_by_step())

    def _step_by_step(self) -> sfn.IChainable:
        """Work off the segments of a step, ask for the next one, wait as long as it says, and so on."""
        segments = each_segment(self, self.backfill)
        step = call(self, "what next", self.backfill, Parameters={"id.$": "$.id"})
        wait = sfn.Wait(self, "wait", time=sfn.WaitTime.seconds_path("$.wait"))
        is_more = sfn.Condition.boolean_equals("$.more", True)
        choice = sfn.Choice(self, "is there more").when(is_more, wait).otherwise(sfn.Succeed(self, "all is done"))
        wait.next(segments)
        return segments.next(step).next(choice)
