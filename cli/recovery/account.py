"""A deployment in an AWS account, found by its stage: how its tables, buckets and keys are called there."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import UserError
from regulars.adapters.dynamodb import DynamoDatabase
from regulars.adapters.lake import S3Lake
from regulars.adapters.ledger_copies import S3LedgerCopies
from regulars.adapters.objects import Objects
from regulars.adapters.sealing import KmsWrapper
from regulars.errors import RegularsError
from regulars.stores.database import KEYS, TableName

_HASH = re.compile(r"[0-9A-F]{8}$")  # what CDK puts behind the path of a thing
_BUCKETS = ("large", "failures", "exports", "lake", "anchors")
_FIX = "docs/recovery.md says which permissions it takes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The physical names of one deployment, and a client of AWS for each service."""

    stage: str
    tables: Mapping[TableName, str]
    buckets: Mapping[str, str]
    workspace_key: str
    mappings: Sequence[str]  # what hands changes of tables and messages to functions
    client: Callable[[str], Any]

    def database(self, names: Mapping[TableName, str] | None = None) -> DynamoDatabase:
        """Give the live tables, some of them under other names."""
        return DynamoDatabase({**self.tables, **(names or {})}, objects=lambda: self.large)

    @property
    def large(self) -> Objects:
        """Give the bucket of what is too large for a table."""
        return Objects(self.client("s3"), self.buckets["large"])

    @property
    def failures(self) -> Objects:
        """Give the bucket of what streams gave up."""
        return Objects(self.client("s3"), self.buckets["failures"])

    @property
    def exports(self) -> Objects:
        """Give the bucket of exports."""
        return Objects(self.client("s3"), self.buckets["exports"])

    @property
    def lake(self) -> S3Lake:
        """Give the lake."""
        return S3Lake(self.client("s3"), self.buckets["lake"])

    @property
    def copies(self) -> S3LedgerCopies:
        """Give the copies of the erasure ledger."""
        return S3LedgerCopies(self.client("s3"), self.buckets["anchors"])

    @property
    def wrapper(self) -> KmsWrapper:
        """Give what wraps the secret of the workspace."""
        return KmsWrapper(lambda: self.client("kms"), self.workspace_key)


def account_of(stage: str) -> Account:
    """Find a deployment by the names of its two stacks. Raises UserError."""
    import boto3

    client = cast("Callable[[str], Any]", boto3.client)
    with in_words():
        data = dict(_resources(client("cloudformation"), f"regulars-{stage}-data"))
        platform = _listed(client("cloudformation"), f"regulars-{stage}-platform")
    return Account(
        stage=stage,
        tables={table: _found(data, f"tables{table}") for table in KEYS},
        buckets={name: _found(data, f"buckets{name}") for name in _BUCKETS},
        workspace_key=_found(data, "keysworkspace"),
        mappings=[physical for kind, _, physical in platform if kind == "AWS::Lambda::EventSourceMapping"],
        client=client,
    )


def short(logical: str) -> str:
    """Take the hash off a logical id: `tableseventsA1B2C3D4` is `tablesevents`."""
    return _HASH.sub("", logical)


@contextmanager
def in_words() -> Iterator[None]:
    """Say what goes wrong, with AWS or with a step, so that a person can mend it. Raises UserError."""
    try:
        yield
    except RegularsError as error:
        raise UserError(str(error), fix="docs/recovery.md has the steps in their order") from error
    except ClientError as error:
        said = error.response["Error"]
        raise UserError(f"AWS answered {said['Code']}: {said.get('Message', '')}", fix=_FIX) from error
    except BotoCoreError as error:
        raise UserError(
            f"AWS cannot be asked: {error}", fix="set AWS_PROFILE and AWS_REGION, sign in to AWS"
        ) from error


def _resources(client: Any, stack: str) -> Iterator[tuple[str, str]]:
    yield from ((short(logical), physical) for _, logical, physical in _listed(client, stack))


def _listed(client: Any, stack: str) -> list[tuple[str, str, str]]:
    pages = client.get_paginator("list_stack_resources").paginate(StackName=stack)
    return [
        (each["ResourceType"], each["LogicalResourceId"], each.get("PhysicalResourceId", ""))
        for page in pages
        for each in page["StackResourceSummaries"]
    ]


def _found(resources: Mapping[str, str], name: str) -> str:
    if not resources.get(name):
        raise UserError(f"the stack has no {name}", fix="deploy this version of the data stack first")
    return resources[name]
