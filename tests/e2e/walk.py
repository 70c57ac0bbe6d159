"""Everything that a platform keeps: rows, stream records, messages, objects, logs and files, one by one."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyarrow import parquet

from tests.e2e.platform import Platform

_NOT_KEPT = {"cdk.out", "tmp", "screenshots", "local.json", "people.json"}  # our own code, pictures, and secrets
Thing = tuple[str, bytes]


def everything(platform: Platform) -> Iterator[Thing]:
    """Give all that is kept: where it lies, and its bytes."""
    yield from rows(platform.aws("dynamodb"))
    yield from stream_records(platform.aws("dynamodb"), platform.aws("dynamodbstreams"))
    yield from messages(platform.aws("sqs"))
    yield from objects(platform.aws("s3"))
    yield from logs(platform.aws("logs"))
    yield from files(platform.home)


def rows(dynamodb: Any) -> Iterator[Thing]:
    """Give each attribute of each row, keys included."""
    for table in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                yield from _values(f"table {table}", item)


def stream_records(dynamodb: Any, streams: Any) -> Iterator[Thing]:
    """Give each attribute of both images of each stream record that is still there."""
    for table in dynamodb.list_tables()["TableNames"]:
        arn = dynamodb.describe_table(TableName=table)["Table"].get("LatestStreamArn")
        shards = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"] if arn else []
        for shard in shards:
            iterator = streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            while iterator:
                answer = streams.get_records(ShardIterator=iterator)
                for record in answer["Records"]:
                    for image in ("Keys", "NewImage", "OldImage"):
                        yield from _values(f"stream of {table}", record["dynamodb"].get(image, {}))
                iterator = answer.get("NextShardIterator") if answer["Records"] else None


def messages(sqs: Any) -> Iterator[Thing]:
    """Give what waits in queues, and let it wait on."""
    for url in sqs.list_queues().get("QueueUrls", []):
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        for message in answer.get("Messages", []):
            yield f"queue {url}", str(message).encode()


def objects(s3: Any) -> Iterator[Thing]:
    """Give each object: its key and what is in it."""
    for bucket in s3.list_buckets()["Buckets"]:
        for found in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            content = s3.get_object(Bucket=bucket["Name"], Key=found["Key"])["Body"].read()
            yield f"object {found['Key']}", found["Key"].encode() + b"\n" + content
            if found["Key"].endswith(".parquet"):
                yield from cells(found["Key"], content)


def cells(name: str, content: bytes) -> Iterator[Thing]:
    """Give each value in a Parquet file, unpacked."""
    for column, values in parquet.read_table(io.BytesIO(content)).to_pydict().items():
        for value in values:
            flat = value if isinstance(value, list) else [value]
            for one in (part for inner in flat for part in (inner if isinstance(inner, tuple) else (inner,))):
                yield f"object {name}, {column}", one if isinstance(one, bytes) else str(one).encode()


def logs(client: Any) -> Iterator[Thing]:
    """Give each log event."""
    for page in client.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group["logGroupName"]
            for events in client.get_paginator("filter_log_events").paginate(logGroupName=name):
                for event in events["events"]:
                    yield f"log {name}", event["message"].encode()


def files(home: Path) -> Iterator[Thing]:
    """Give each file that the platform wrote."""
    for path in sorted(home.rglob("*")):
        if path.is_file() and path.relative_to(home).parts[0] not in _NOT_KEPT:
            yield f"file {path.relative_to(home)}", path.read_bytes()


def _values(where: str, item: dict[str, Any]) -> Iterator[Thing]:
    for name, typed in item.items():
        ((_, value),) = typed.items()
        yield f"{where}, {name}", value if isinstance(value, bytes) else str(value).encode()
