"""Announcements: every change of a membership, once on the bus, for whoever listens."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from constructs import Construct

from infra.data import Data
from infra.python_function import Ground, PythonFunction
from infra.stream import Changes


class Announcements(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data) -> None:
        super().__init__(scope, id)
        # A name of our own: other people's rules are written against it.
        name = f"regulars-{ground.stage.name}"
        self.bus = events.EventBus(self, "bus", event_bus_name=name)
        self.announce = PythonFunction(
            self,
            "announce",
            ground=ground,
            timeout=Duration.seconds(30),
            woken_by=[Changes(table=data.tables.memberships)],
            publishes=self.bus,
        )
