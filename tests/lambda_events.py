"""Invocations as Lambda makes them: batches of stream records, and of messages of a queue."""

import json
from base64 import b64encode
from datetime import datetime
from typing import Any

import boto3

from local.world.memory import Change
from regulars.domain.timers import Timer
from regulars.stores.database import Item, TableName

Event = dict[str, Any]


def batch(*changes: tuple[TableName, Item | None, Item | None]) -> Event:
    """An invocation by changes of the rows named, numbered from 1."""
    records = [Change(number, table, old, new).record() for number, (table, old, new) in enumerate(changes, 1)]
    return {"Records": records}


def everything(table: TableName) -> Event:
    """An invocation by all that the stream of a table of the fake AWS holds."""
    client = boto3.client("dynamodbstreams")
    arn = client.list_streams(TableName=table)["Streams"][0]["StreamArn"]
    shard = client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    start = client.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    records = client.get_records(ShardIterator=start["ShardIterator"])["Records"]
    place = {"eventSource": "aws:dynamodb", "eventSourceARN": arn}
    return {"Records": [{**json.loads(json.dumps(record, default=_encode)), **place} for record in records]}


def messages(*timers: Timer) -> Event:
    """An invocation by messages of the queue of evaluations."""
    bodies = [{"profile_id": timer.profile_id, "due": timer.due, "hops": timer.hops} for timer in timers]
    return {"Records": [message(f"m-{number}", json.dumps(body)) for number, body in enumerate(bodies, 1)]}


def message(id: str, body: str) -> Event:
    """One message of the queue."""
    arn = "arn:aws:sqs:eu-west-1:000000000000:evaluations"
    return {"messageId": id, "body": body, "eventSource": "aws:sqs", "eventSourceARN": arn, "attributes": {}}


def _encode(value: object) -> object:
    if isinstance(value, datetime):
        return value.timestamp()
    return b64encode(value).decode() if isinstance(value, bytes) else str(value)
