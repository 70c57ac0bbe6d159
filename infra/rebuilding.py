"""Rebuilding everybody: a state machine calls one function for each segment of the events, until that is done."""

from aws_cdk import Duration
from constructs import Construct

from infra.data import Data
from infra.each_segment import each_segment, machine
from infra.python_function import Ground, PythonFunction

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
        self.machine = machine(self, "rebuilding", self.rebuild, each_segment(self, self.rebuild))
