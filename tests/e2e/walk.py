"""Everything that a platform keeps: rows, stream records, messages, objects, logs and files, one by one."""

import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from pyarrow import parquet

from tests.e2e.platform import Platform

_NOT_KEPT = {"cdk.out", "screenshots", "local.json", "people.json"}  # our own code, pictures, and secrets
_CODE = ("layers", "code", "code.zip", "_worker.py")  # in the temporary folder: what is deployed
Thing = tuple[str, bytes]


def everything(platform: Platform) -> Iterator[Thing]:
    """Give all that is kept: where it lies, and its bytes."""
    yield from rows(platform.aws("dynamodb"))
    yield from stream_records(platform.aws("dynamodb"), platform.aws("dynamodbstreams"))
    yield from messages(platform.aws("sqs"))
    yield from objects(platform.aws("s3"))
    yield from logs(platform.aws("logs"))
    yield from executions(platform.aws("stepfunctions"))
    yield from questions(platform.aws("athena"))
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
    """Give each object in each of its versions: key, tags, what is in it; and what was not sent to its end."""
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket["Name"]):
            for found in page.get("Versions", []):
                which = {"Bucket": bucket["Name"], "Key": found["Key"], "VersionId": found["VersionId"]}
                answer = s3.get_object(**which)
                content = answer["Body"].read()
                said = f"{found['Key']} {answer['Metadata']} {s3.get_object_tagging(**which)['TagSet']}\n"
                yield f"object {found['Key']}", said.encode() + content
                if found["Key"].endswith(".parquet"):
                    yield from cells(found["Key"], content)
        for begun in s3.list_multipart_uploads(Bucket=bucket["Name"]).get("Uploads", []):
            yield f"upload {begun['Key']}", str(begun).encode()


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


def executions(states: Any) -> Iterator[Thing]:
    """Give what each run of each state machine was given, and each step of it."""
    for machine in states.list_state_machines()["stateMachines"]:
        for run in states.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
            told = states.describe_execution(executionArn=run["executionArn"])
            yield f"run of {machine['name']}", f"{told.get('input')} {told.get('output')} {run['name']}".encode()
            history = states.get_execution_history(executionArn=run["executionArn"], includeExecutionData=True)
            for step in history["events"]:
                yield f"run of {machine['name']}", str(step).encode()


def questions(athena: Any) -> Iterator[Thing]:
    """Give the text of each question that the lake was asked."""
    for group in athena.list_work_groups()["WorkGroups"]:
        for id in athena.list_query_executions(WorkGroup=group["Name"]).get("QueryExecutionIds", []):
            yield "question", str(athena.get_query_execution(QueryExecutionId=id)["QueryExecution"]).encode()


def files(home: Path) -> Iterator[Thing]:
    """Give each file that the platform wrote."""
    for path in sorted(home.rglob("*")):
        inner = path.relative_to(home).parts
        if not path.is_file() or inner[0] in _NOT_KEPT or (inner[0] == "tmp" and set(inner) & set(_CODE)):
            continue
        with suppress(FileNotFoundError):  # a temporary file may go while we look
            yield f"file {path.relative_to(home)}", path.read_bytes()


def _values(where: str, item: dict[str, Any]) -> Iterator[Thing]:
    for name, typed in item.items():
        ((_, value),) = typed.items()
        yield f"{where}, {name}", value if isinstance(value, bytes) else str(value).encode()
