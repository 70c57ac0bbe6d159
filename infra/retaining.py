"""Retention: each hour one function goes on with a sweep over everybody, which begins once a week."""

from aws_cdk import Duration
from constructs import Construct

from infra.data import Data
from infra.python_function import Ground, PythonFunction
from infra.queue import DeadLetters
from infra.stopping import let_stop_journeys
from infra.waking import each_hour


class Retaining(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data) -> None:
        super().__init__(scope, id)
        tables, large = data.tables, data.buckets.large
        self.missed = DeadLetters(self, "retain_dead", key=ground.key)
        self.retain = PythonFunction(
            self,
            "retain",
            ground=ground,
            timeout=Duration.minutes(15),
            may=[
                tables.events.allow("GetItem", "Query", "Scan", "PutItem", "DeleteItem"),
                tables.identities.allow("GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "DeleteItem"),
                # A profile of somebody else is written anew only to name nobody who is gone.
                tables.profiles.allow("GetItem", "BatchGetItem", "PutItem", "DeleteItem"),
                tables.memberships.allow("GetItem", "Query", "PutItem", "DeleteItem"),
                tables.timers.allow("PutItem", "DeleteItem"),
                tables.tallies.allow("Query", "PutItem", "DeleteItem"),
                # A key is marked, and removed once nobody can hold it; it is never opened.
                tables.vault.allow("GetItem", "PutItem", "DeleteItem", "ConditionCheckItem"),
                tables.journeys.allow("GetItem", "Query", "Scan", "PutItem", "DeleteItem"),
                tables.catalog.allow("GetItem", "Query", "PutItem"),
                large.listing(),
                large.allow("GetObject", "DeleteObject", under=["events"]),
            ],
            dead_letters=self.missed,
        )
        let_stop_journeys(self.retain, ground.stage)
        each_hour(self, self.retain, self.missed)  # it goes on from the last page that was written down
