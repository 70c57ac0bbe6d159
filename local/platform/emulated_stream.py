"""A table's stream in the emulator, read through the public API, in the shape that functions get."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from local.world.lane import Record
from local.world.runner import sequence_number

MOST = 1000
OUTDATED = ("ExpiredIteratorException", "TrimmedDataAccessException")


class EmulatedStream:
    """The shards and records of one stream; used by one reader."""

    def __init__(self, client: Any, arn: str) -> None:
        self._client, self._arn = client, arn
        self._shards: list[str] = []
        self._iterators: dict[str, tuple[str | None, str]] = {}

    def shards(self) -> Sequence[str]:
        """Return the shards; the emulator has one a table, and never splits it."""
        if not self._shards:
            described = self._client.describe_stream(StreamArn=self._arn)["StreamDescription"]
            self._shards = [shard["ShardId"] for shard in described["Shards"]]
        return self._shards

    def read(self, shard: str, after: str | None, limit: int) -> Sequence[Record]:
        """Return records after a sequence number; an iterator that fell behind is made anew."""
        try:
            return self._read(shard, after, limit)
        except ClientError as error:
            if error.response["Error"]["Code"] not in OUTDATED:
                raise
            self._iterators.pop(shard, None)
            return self._read(shard, after, limit)

    def _read(self, shard: str, after: str | None, limit: int) -> Sequence[Record]:
        iterator = self._iterator(shard, after)
        answer = self._client.get_records(ShardIterator=iterator, Limit=min(limit, MOST))
        records = [lambda_shaped(record, self._arn) for record in answer["Records"]]
        reached = sequence_number(records[-1]) if records else after
        self._iterators[shard] = (reached, answer["NextShardIterator"])
        return records

    def _iterator(self, shard: str, after: str | None) -> str:
        known = self._iterators.get(shard)
        if known and known[0] == after:
            return known[1]
        where: dict[str, str] = {"ShardIteratorType": "TRIM_HORIZON"}
        if after is not None:
            where = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after}
        asked = self._client.get_shard_iterator(StreamArn=self._arn, ShardId=shard, **where)
        iterator: str = asked["ShardIterator"]
        return iterator


def lambda_shaped(record: Mapping[str, Any], arn: str) -> Record:
    """Return a record of the streams API as a function gets it: JSON, and with its stream's name."""
    plain: dict[str, Any] = _plain(record)
    return plain | {"eventSourceARN": arn}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.timestamp() if isinstance(value, datetime) else value
