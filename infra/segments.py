"""Segments: a change or an instant makes somebody be evaluated, and a membership may change."""

from aws_cdk import Duration
from constructs import Construct

from infra.data import Data
from infra.python_function import Ground, PythonFunction
from infra.queue import DeadLetters, Queue
from infra.stream import Changes
from infra.waking import each_hour, each_minute

_TIMEOUT = Duration.seconds(60)


class Segments(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data) -> None:
        super().__init__(scope, id)
        tables = data.tables
        self.evaluations = Queue(self, "evaluations", key=ground.key, function_timeout=_TIMEOUT)
        self.evaluate_segments = PythonFunction(
            self,
            "evaluate_segments",
            ground=ground,
            timeout=_TIMEOUT,
            woken_by=[Changes(table=tables.identities), Changes(table=tables.profiles)],
            works_off=self.evaluations,
            # A person who is due again soon is queued again; the function counts its own hops.
            recursive=True,
            may=[
                tables.identities.allow("Query", "PutItem"),
                tables.events.allow("Query"),
                tables.profiles.allow("GetItem"),
                tables.memberships.allow("Query", "PutItem", "DeleteItem"),
                tables.timers.allow("PutItem"),
                tables.catalog.allow("GetItem", "Query"),
                data.buckets.large.allow("GetObject", under=["events"]),
            ],
            sends=self.evaluations,
        )
        self.unwoken = DeadLetters(self, "tick_dead", key=ground.key)
        self.tick = PythonFunction(
            self,
            "tick",
            ground=ground,
            timeout=Duration.seconds(55),
            may=[
                tables.timers.allow("Query", "DeleteItem"),
                tables.catalog.allow("GetItem", "PutItem", partitions=["cursor"]),
            ],
            sends=self.evaluations,
            dead_letters=self.unwoken,
        )
        each_minute(self, self.tick, self.unwoken)  # from a stored cursor: a lost minute is the next one's work
        self.uncounted = DeadLetters(self, "count_members_dead", key=ground.key)
        self.count_members = PythonFunction(
            self,
            "count_members",
            ground=ground,
            timeout=Duration.minutes(15),
            may=[
                tables.memberships.allow("Query", index="by_segment"),
                tables.catalog.allow("GetItem", "Query"),
                tables.tallies.allow("PutItem"),
            ],
            dead_letters=self.uncounted,
        )
        each_hour(self, self.count_members, self.uncounted)  # an hour that is lost is a point that is missing
