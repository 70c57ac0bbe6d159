"""The eleven tables in a fake AWS, as the architecture draws them."""

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from regulars.stores.database import INDEXES, KEYS, TableName

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

STREAMS = {
    "events": "NEW_IMAGE",
    "identities": "NEW_AND_OLD_IMAGES",
    "profiles": "NEW_AND_OLD_IMAGES",
    "memberships": "NEW_AND_OLD_IMAGES",
}


def create_tables(client: "DynamoDBClient | None" = None, prefix: str = "") -> None:
    """Create all tables, with indexes and streams, under their bare names unless there is a prefix."""
    for table in KEYS:
        (client or _client()).create_table(**{**_definition(table), "TableName": f"{prefix}{table}"})


def create_bucket(name: str) -> None:
    """Create a bucket."""
    boto3.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})


@cache
def _client() -> "DynamoDBClient":
    return boto3.client("dynamodb")


def _definition(table: TableName) -> dict[str, Any]:
    indexes = INDEXES.get(table, {})
    texts = {name for pair in (KEYS[table], *indexes.values()) for name in pair if name}
    definition: dict[str, Any] = {
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _key_schema(KEYS[table]),
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in sorted(texts)],
    }
    if indexes:
        definition["GlobalSecondaryIndexes"] = [
            {"IndexName": name, "KeySchema": _key_schema(pair), "Projection": {"ProjectionType": "KEYS_ONLY"}}
            for name, pair in indexes.items()
        ]
    if view := STREAMS.get(table):
        definition["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": view}
    return definition


def _key_schema(pair: tuple[str, str | None]) -> list[dict[str, str]]:
    return [
        {"AttributeName": name, "KeyType": kind} for name, kind in zip(pair, ("HASH", "RANGE"), strict=True) if name
    ]
