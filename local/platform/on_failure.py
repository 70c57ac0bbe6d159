"""Where records go that a mapping gave up: objects in the bucket that the template names."""

import json
import uuid
from collections import Counter, deque
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from local.platform.errors import PlatformError
from local.world.lane import Record
from local.world.mapping import EventSourceMapping
from local.world.runner import GivenUp, sequence_number

PREFIX = "aws/lambda/"


class OnFailure:
    """Writes invocation records as Lambda does, and reads them back."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._buckets: set[str] = set()
        self._news: deque[tuple[str, int]] = deque()

    def accept(self, mapping: EventSourceMapping) -> None:
        """Take note of a mapping's destination.

        Raises:
            PlatformError: it is not a bucket, the only kind that holds whole records.
        """
        if not mapping.on_failure:
            return
        if ":s3:" not in mapping.on_failure:
            raise PlatformError(f"{mapping.name}: {mapping.on_failure} is not a bucket")
        self._buckets.add(_bucket(mapping.on_failure))

    def write(self, given_up: GivenUp) -> None:
        """Store what was given up, whole; without a destination it is lost, as on AWS."""
        if given_up.mapping.on_failure:
            self._client.put_object(
                Bucket=_bucket(given_up.mapping.on_failure),
                Key=_key(given_up),
                Body=json.dumps(_invocation_record(given_up)).encode(),
            )
            self._news.append((given_up.mapping.name, len(given_up.records)))

    def news(self) -> dict[str, int]:
        """Return how many records of each mapping were given up since this was asked last."""
        found: Counter[str] = Counter()
        while self._news:
            name, records = self._news.popleft()
            found[name] += records
        return found

    def objects(self) -> Iterator[dict[str, Any]]:
        """Return every invocation record, with its bucket and key."""
        pages = self._client.get_paginator("list_objects_v2")
        for bucket in sorted(self._buckets):
            for page in pages.paginate(Bucket=bucket, Prefix=PREFIX):
                for entry in page.get("Contents", []):
                    body = self._client.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
                    yield {"bucket": bucket, "key": entry["Key"], **json.loads(body)}

    def delete(self, one: dict[str, Any]) -> None:
        """Delete an object whose records are dealt with."""
        self._client.delete_object(Bucket=one["bucket"], Key=one["key"])

    def records(self) -> Iterator[Record]:
        """Return every record that was given up and is still kept."""
        for one in self.objects():
            yield from json.loads(one["payload"])["Records"]


def _bucket(arn: str) -> str:
    return arn.rsplit(":", 1)[-1]


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _key(given_up: GivenUp) -> str:
    at = datetime.fromtimestamp(given_up.at, UTC)
    name = f"{at:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
    return f"{PREFIX}{given_up.mapping.name}/{given_up.shard}/{at:%Y/%m/%d}/{name}"


def _invocation_record(given_up: GivenUp) -> dict[str, Any]:
    records = given_up.records
    arrivals = [float(one["dynamodb"]["ApproximateCreationDateTime"]) for one in records]
    return {
        "version": "1.0",
        "timestamp": _moment(given_up.at),
        "requestContext": {
            "functionArn": given_up.mapping.function,
            "condition": given_up.condition,
            "approximateInvokeCount": given_up.failures + 1,
        },
        "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
        "DDBStreamBatchInfo": {
            "shardId": given_up.shard,
            "startSequenceNumber": sequence_number(records[0]),
            "endSequenceNumber": sequence_number(records[-1]),
            "approximateArrivalOfFirstRecord": _moment(arrivals[0]),
            "approximateArrivalOfLastRecord": _moment(arrivals[-1]),
            "batchSize": len(records),
            "streamArn": given_up.mapping.source,
        },
        "payload": json.dumps({"Records": records}),
    }
