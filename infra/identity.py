"""Identity resolution: events become what is known of each identifier, and profiles."""

from aws_cdk import Duration
from constructs import Construct

from infra.data import Data
from infra.journeys import Journeys
from infra.python_function import Ground, PythonFunction
from infra.stream import Changes


class Identity(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data, journeys: Journeys) -> None:
        super().__init__(scope, id)
        tables = data.tables
        self.resolve_identity = PythonFunction(
            self,
            "resolve_identity",
            ground=ground,
            timeout=Duration.seconds(60),
            woken_by=[Changes(table=tables.events, only_inserts=True)],
            may=[
                tables.events.allow("Query"),
                tables.identities.allow("GetItem", "BatchGetItem", "Query", "PutItem"),
                tables.profiles.allow("GetItem", "BatchGetItem", "PutItem"),
                tables.catalog.allow("GetItem", "Query"),
                tables.tallies.allow("PutItem"),
                data.buckets.large.allow("GetObject", under=["events"]),
            ],
            # Of events that a journey listens to, ids.
            sends=journeys.wanted,
        )
