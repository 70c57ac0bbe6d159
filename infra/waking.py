"""Functions that are woken by the clock, and what becomes of a time at which that failed."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk.aws_events_targets import LambdaFunction
from constructs import Construct

from infra.python_function import PythonFunction
from infra.queue import DeadLetters


def each_minute(scope: Construct, function: PythonFunction, missed: DeadLetters) -> None:
    """Wake a function each minute; one that cannot be woken within the next leaves a dead letter."""
    _wake(scope, "each_minute", function, missed, every=Duration.minutes(1), within=Duration.minutes(1))


def each_hour(scope: Construct, function: PythonFunction, missed: DeadLetters) -> None:
    """Wake a function each hour; one that cannot be woken within half of one leaves a dead letter."""
    _wake(scope, "each_hour", function, missed, every=Duration.hours(1), within=Duration.minutes(30))


def _wake(
    scope: Construct, id: str, function: PythonFunction, missed: DeadLetters, *, every: Duration, within: Duration
) -> None:
    target = LambdaFunction(function, dead_letter_queue=missed, max_event_age=within, retry_attempts=2)
    events.Rule(scope, id, schedule=events.Schedule.rate(every), targets=[target])
