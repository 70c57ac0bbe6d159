"""The few alarms that say that somebody waits, or that something was given up."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.http_api import HttpApi
from infra.python_function import PythonFunction
from infra.queue import DeadLetters

_MINUTE = Duration.minutes(1)
_IGNORE = cloudwatch.TreatMissingData.NOT_BREACHING


class Alarms(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        functions: Sequence[PythonFunction],
        dead_letters: Sequence[DeadLetters],
        api: HttpApi,
    ) -> None:
        super().__init__(scope, id)
        for function in functions:
            errors = function.metric_errors(period=_MINUTE, statistic="Sum")
            self._alarm(f"{function.name}_fails", errors, above=0, minutes=3)
            if function.reads_changes:
                self._alarm(f"{function.name}_lags", _age_of(function), above=60_000, minutes=2)
        self._alarm("http_api_fails", api.server_errors(_MINUTE), above=0, minutes=3)
        for queue in dead_letters:
            depth = queue.metric_approximate_number_of_messages_visible(period=_MINUTE, statistic="Maximum")
            self._alarm(f"{queue.node.id}_filled", depth, above=0, minutes=1)

    def _alarm(self, name: str, metric: cloudwatch.Metric, *, above: int, minutes: int) -> None:
        metric.create_alarm(
            self,
            name,
            threshold=above,
            evaluation_periods=minutes,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=_IGNORE,
        )


def _age_of(function: PythonFunction) -> cloudwatch.Metric:
    """Return how old the oldest change in hand is, over all streams of the function."""
    return function.metric("IteratorAge", period=_MINUTE, statistic="Maximum")
