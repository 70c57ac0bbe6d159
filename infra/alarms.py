"""The few alarms that say that somebody waits, or that something was given up, and whom they tell."""

from collections.abc import Sequence

from aws_cdk import Annotations, Duration, NestedStack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ses as ses
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk.aws_cloudwatch_actions import SnsAction
from constructs import Construct

from infra.alarm_topic import AlarmTopic
from infra.buckets import GIVEN_UP
from infra.http_api import HttpApi
from infra.operations import OperationsKey
from infra.python_function import PythonFunction
from infra.queue import DeadLetters, Queue
from infra.stage import Stage

_MINUTE = Duration.minutes(1)
_MANY = 50_000  # people in exports within an hour
_HOUR = Duration.hours(1)
_LONG = 1_800  # seconds, of a message in a queue that gives nothing up
_IGNORE = cloudwatch.TreatMissingData.NOT_BREACHING
_UNHEARD = (
    "nobody hears the alarms: deploy with -c alarm_email=you@example.com, or subscribe to the topic in the output "
    "AlarmTopic yourself"
)


class Alarms(Construct):
    """Alarms are a stack in the stack, since one stack holds 500 resources and no more."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: Stage,
        key: OperationsKey,
        functions: Sequence[PythonFunction],
        dead_letters: Sequence[DeadLetters],
        queues: Sequence[Queue],
        machines: Sequence[sfn.StateMachine],
        failures: s3.Bucket,
        api: HttpApi,
        letters: ses.ConfigurationSet,
    ) -> None:
        super().__init__(scope, id)
        self.topic = AlarmTopic(self, "topic", key=key, email=stage.alarm_email)
        self._watch = NestedStack(self, "watch")
        if not stage.alarm_email and not stage.local:
            Annotations.of(self).add_warning_v2("regulars:alarm_email", _UNHEARD)
        for function in functions:
            errors = function.metric_errors(period=_MINUTE, statistic="Sum")
            self._alarm(f"{function.name}_fails", errors, above=0, minutes=3)
            if function.reads_changes:
                self._watch_the_stream_of(function)
        self._alarm("http_api_fails", api.server_errors(_MINUTE), above=0, minutes=3)
        self._watch_queues(dead_letters, queues)
        for machine in machines:
            self._alarm(f"{machine.node.id}_fails", machine.metric_failed(period=_MINUTE, statistic="Sum"), above=0)
        for what in ("overdue", "due_soon"):
            self._alarm(f"privacy_requests_{what}", _requests(what), above=0)
        self._alarm("failures_filled", _given_up(failures), above=0)
        self._alarm("exports_many", _taken_out(), above=_MANY)
        self._alarm("passages_failed", _counted("enter_journey", "passages_failed"), above=0)
        # One that fails comes again after six minutes: twice within a quarter of an hour is no accident.
        self._alarm("occasions_failed", _counted("enter_journey", "occasions_failed"), above=0, minutes=2, of=15)
        for name in ("retention_overdue", "retention_failed"):
            self._alarm(name, _counted("retain", name), above=0)
        self._watch_messages(letters)

    def _watch_queues(self, dead_letters: Sequence[DeadLetters], queues: Sequence[Queue]) -> None:
        for dead in dead_letters:
            depth = dead.metric_approximate_number_of_messages_visible(period=_MINUTE, statistic="Maximum")
            self._alarm(f"{dead.node.id}_filled", depth, above=0)
        for queue in (one for one in queues if one.is_patient):
            age = queue.metric_approximate_age_of_oldest_message(period=_MINUTE, statistic="Maximum")
            self._alarm(f"{queue.node.id}_waits", age, above=_LONG, minutes=5)

    def _watch_messages(self, letters: ses.ConfigurationSet) -> None:
        for name in ("sends_unknown", "sends_not_allowed"):
            self._alarm(name, _counted("deliver", name), above=0)
        for what, most in (("Bounce", 0.05), ("Complaint", 0.001)):  # SES stops a sender soon after
            self._alarm(f"letters_{what.lower()}", _reputation(letters, what), above=most)

    def _watch_the_stream_of(self, function: PythonFunction) -> None:
        age = function.metric("IteratorAge", period=_MINUTE, statistic="Maximum")
        # What gathers for a while is older by that, and by that again if the function was late once.
        self._alarm(f"{function.name}_lags", age, above=60_000 + 2_000 * function.gathers, minutes=2)
        # One stop is a lost race or a throttle that the next try gets past; a record that stops every try is poison.
        self._alarm(f"{function.name}_stuck", _stops_of(function), above=0, minutes=3, of=5)
        unkept = function.metric("DestinationDeliveryFailures", period=_MINUTE, statistic="Sum")
        self._alarm(f"{function.name}_drops", unkept, above=0)

    def _alarm(
        self, name: str, metric: cloudwatch.Metric, *, above: float, minutes: int = 1, of: int | None = None
    ) -> None:
        alarm = metric.create_alarm(
            self._watch,
            name,
            threshold=above,
            evaluation_periods=of or minutes,
            datapoints_to_alarm=minutes,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=_IGNORE,
        )
        alarm.add_alarm_action(SnsAction(self.topic))


def _stops_of(function: PythonFunction) -> cloudwatch.Metric:
    """Return how often the function stopped at a record: it answers with it, and does not fail."""
    return _counted(function.name, "groups_failed")


def _counted(function: str, name: str) -> cloudwatch.Metric:
    """Return what a function counts in its journal."""
    return cloudwatch.Metric(
        namespace="Regulars",
        metric_name=name,
        dimensions_map={"service": function},
        period=_MINUTE,
        statistic="Sum",
    )


def _reputation(letters: ses.ConfigurationSet, what: str) -> cloudwatch.Metric:
    """Return which part of the letters came back, or was complained of, as SES reckons it."""
    return cloudwatch.Metric(
        namespace="AWS/SES",
        metric_name=f"Reputation.{what}Rate",
        dimensions_map={"ses:configuration-set": letters.configuration_set_name},
        period=_HOUR,
        statistic="Average",
    )


def _taken_out() -> cloudwatch.Metric:
    """Return of how many people files were made."""
    return cloudwatch.Metric(
        namespace="Regulars",
        metric_name="rows_exported",
        dimensions_map={"service": "export"},
        period=_HOUR,
        statistic="Sum",
    )


def _requests(what: str) -> cloudwatch.Metric:
    """Return how many requests of persons are overdue, or nearly so; looked at each hour."""
    return cloudwatch.Metric(
        namespace="Regulars",
        metric_name=f"privacy_requests_{what}",
        dimensions_map={"service": "count_members"},
        period=_HOUR,
        statistic="Maximum",
    )


def _given_up(failures: s3.Bucket) -> cloudwatch.Metric:
    """Return how many objects were left in the bucket; it costs nothing while there are none."""
    return cloudwatch.Metric(
        namespace="AWS/S3",
        metric_name="PutRequests",
        dimensions_map={"BucketName": failures.bucket_name, "FilterId": GIVEN_UP},
        period=_MINUTE,
        statistic="Sum",
    )
