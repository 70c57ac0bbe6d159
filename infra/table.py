"""One table, and what a function may do with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct, IConstruct

from infra.stage import Stage

_READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan"})
_KEY_READS = ("kms:Decrypt", "kms:DescribeKey")
_KEY_WRITES = (
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


class Table(dynamodb.TableV2):
    """A table on demand, under a key of its own, that can be taken back to any second."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        key: kms.IKey,
        partition: str,
        sort: str | None = None,
        stream: dynamodb.StreamViewType | None = None,
        indexes: Sequence[dynamodb.GlobalSecondaryIndexPropsV2] = (),
        expires: bool = False,
        recovery_days: int = 30,
    ) -> None:
        super().__init__(
            scope,
            name,
            partition_key=text(partition),
            sort_key=text(sort) if sort else None,
            dynamo_stream=stream,
            global_secondary_indexes=list(indexes) or None,
            billing=dynamodb.Billing.on_demand(),
            encryption=dynamodb.TableEncryptionV2.customer_managed_key(key),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True, recovery_period_in_days=recovery_days
            ),
            time_to_live_attribute="expires" if expires else None,
            deletion_protection=stage.is_kept,
            removal_policy=stage.removal_policy,
        )
        self.key = key
        self.has_stream = stream is not None

    def allow(self, *actions: str, index: str | None = None, partitions: Sequence[str] = ()) -> "Access":
        """Say what a function may do, if need be in one index or some partitions only."""
        return Access(table=self, actions=actions, index=index, partitions=tuple(partitions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Exact actions on one table, and on nothing beside it."""

    table: Table
    actions: tuple[str, ...]
    index: str | None = None
    partitions: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        """Name the environment variable that tells a function where the table is, and its value."""
        return f"{self.table.node.id.upper()}_TABLE", self.table.table_name

    def grant_to(self, function: iam.IGrantable) -> None:
        iam.Grant.add_to_principal(
            grantee=function,
            actions=[f"dynamodb:{action}" for action in self.actions],
            resource_arns=[self._resource],
            conditions=self._condition,
        )
        iam.Grant.add_to_principal(
            grantee=function,
            actions=[*_KEY_READS, *(() if self._only_reads else _KEY_WRITES)],
            resource_arns=[self.table.key.key_arn],
            conditions=via("dynamodb", self.table),
        )

    @property
    def _only_reads(self) -> bool:
        return _READS.issuperset(self.actions)

    @property
    def _resource(self) -> str:
        suffix = f"/index/{self.index}" if self.index else ""
        return f"{self.table.table_arn}{suffix}"

    @property
    def _condition(self) -> Mapping[str, Mapping[str, object]] | None:
        if not self.partitions:
            return None
        return {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": list(self.partitions)}}


def text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def via(service: str, scope: IConstruct) -> Mapping[str, Mapping[str, object]]:
    """Let a key be used only by a service on the function's behalf, never by the function."""
    return {"StringEquals": {"kms:ViaService": f"{service}.{Stack.of(scope).region}.amazonaws.com"}}
