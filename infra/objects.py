"""What a function may do with the objects of a bucket."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from infra.acknowledge import acknowledge
from infra.table import via

_READS = frozenset({"GetObject"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectAccess:
    """Exact actions on the objects of one bucket whose keys begin so, and on nothing beside them."""

    bucket: s3.Bucket
    actions: tuple[str, ...]
    under: Sequence[str]

    @property
    def place(self) -> tuple[str, str]:
        """Name the environment variable that tells a function where the objects are, and its value."""
        return f"{self.bucket.node.id.upper()}_BUCKET", self.bucket.bucket_name

    def grant_to(self, function: lambda_.IFunction) -> None:
        keys = [f"{prefix}/*" for prefix in self.under]
        iam.Grant.add_to_principal(
            grantee=function,
            actions=[f"s3:{action}" for action in self.actions],
            resource_arns=[self.bucket.arn_for_objects(key) for key in keys],
        )
        for key in keys:
            acknowledge(
                function.role or function,
                f"IAM5[Resource::{exported_name(self.bucket)}/{key}]",
                because="An object is named by the owner and a print of what is in it.",
            )
        if self.bucket.encryption_key:
            iam.Grant.add_to_principal(
                grantee=function,
                actions=["kms:Decrypt", *([] if _READS.issuperset(self.actions) else ["kms:GenerateDataKey"])],
                resource_arns=[self.bucket.encryption_key.key_arn],
                conditions=via("s3", function),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Seeing the keys in one bucket, without which what is not there cannot be told from what is not allowed."""

    bucket: s3.Bucket

    @property
    def place(self) -> tuple[str, str]:
        """Name the environment variable that tells a function where the objects are, and its value."""
        return f"{self.bucket.node.id.upper()}_BUCKET", self.bucket.bucket_name

    def grant_to(self, function: iam.IGrantable) -> None:
        iam.Grant.add_to_principal(grantee=function, actions=["s3:ListBucket"], resource_arns=[self.bucket.bucket_arn])


def exported_name(bucket: s3.Bucket) -> str:
    """Return the name under which another stack imports the bucket's ARN."""
    home = Stack.of(bucket)
    return str(home.resolve(home.export_value(bucket.bucket_arn))["Fn::ImportValue"])
