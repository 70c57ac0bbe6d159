"""What wakes a function when a table changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsii
from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk.aws_lambda_event_sources import DynamoEventSource

from infra.acknowledge import acknowledge
from infra.objects import exported_name
from infra.table import Table, via


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """
    The changes of one table, all of them, or only new items, or only those in slots that begin so.

    A function that is dear to wake takes many at once, and lets them gather for so many seconds.
    """

    table: Table
    only_inserts: bool = False
    only_slots: str = ""
    at_once: int = 100
    gathers: int = 0

    def wake(self, function: lambda_.Function, *, failures: s3.Bucket) -> None:
        """
        Hand changes to a function, in order, until they succeed or time is up.

        A bad record is bisected out, so that it holds up nobody else for long, and ends up in
        the bucket with all it carried.
        """
        function.add_event_source(
            DynamoEventSource(
                self.table,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=self.at_once,
                max_batching_window=Duration.seconds(self.gathers) if self.gathers else None,
                parallelization_factor=1,
                bisect_batch_on_error=True,
                report_batch_item_failures=True,
                retry_attempts=8,
                max_record_age=Duration.hours(6),
                filters=self._filters(),
                on_failure=_Bucket(failures),
            )
        )

    def _filters(self) -> list[Mapping[str, Any]] | None:
        wanted: dict[str, Any] = {}
        if self.only_inserts:
            wanted["eventName"] = lambda_.FilterRule.is_equal("INSERT")
        if self.only_slots:
            wanted["dynamodb"] = {"Keys": {"slot": {"S": lambda_.FilterRule.begins_with(self.only_slots)}}}
        return [lambda_.FilterCriteria.filter(wanted)] if wanted else None


@jsii.implements(lambda_.IEventSourceDlq)
class _Bucket:
    """Keeps whole records in S3; CDK's own would also let the function read and delete there."""

    def __init__(self, bucket: s3.Bucket) -> None:
        self._bucket = bucket

    def bind(self, _target: lambda_.IEventSourceMapping, handler: lambda_.IFunction) -> lambda_.DlqDestinationConfig:
        bucket = self._bucket
        _grant(handler, ["s3:ListBucket"], bucket.bucket_arn)
        _grant(handler, ["s3:PutObject"], bucket.arn_for_objects("*"))
        acknowledge(
            handler.role or handler,
            f"IAM5[Resource::{exported_name(bucket)}/*]",
            because="Lambda chooses the name of the object that it leaves in the bucket.",
        )
        if bucket.encryption_key:
            iam.Grant.add_to_principal(
                grantee=handler,
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resource_arns=[bucket.encryption_key.key_arn],
                conditions=via("s3", handler),
            )
        return lambda_.DlqDestinationConfig(destination=bucket.bucket_arn)


def _grant(function: lambda_.IFunction, actions: list[str], resource: str) -> None:
    iam.Grant.add_to_principal(grantee=function, actions=actions, resource_arns=[resource])
