"""Segments: a change or an instant makes somebody be evaluated, and a membership may change."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk.aws_events_targets import LambdaFunction
from constructs import Construct

from infra.data import Data
from infra.python_function import Ground, PythonFunction
from infra.queue import DeadLetters, Queue
from infra.stream import Changes

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
        self._each_minute()
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
        self._each_hour()

    def _each_minute(self) -> None:
        """Wake `tick`; it works from a stored cursor, so a lost minute is the next one's work."""
        target = LambdaFunction(
            self.tick,
            dead_letter_queue=self.unwoken,
            max_event_age=Duration.minutes(1),
            retry_attempts=2,
        )
        events.Rule(
            self,
            "each_minute",
            schedule=events.Schedule.rate(Duration.minutes(1)),
            targets=[target],
        )

    def _each_hour(self) -> None:
        """Wake `count_members`; an hour that is lost is a point that is missing."""
        target = LambdaFunction(
            self.count_members,
            dead_letter_queue=self.uncounted,
            max_event_age=Duration.minutes(30),
            retry_attempts=2,
        )
        events.Rule(
            self,
            "each_hour",
            schedule=events.Schedule.rate(Duration.hours(1)),
            targets=[target],
        )
