"""Builders for stream records and for functions that fail on purpose."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from local.world.lane import Record


def a_record(number: int, key: str = "owner", **changes: Any) -> Record:
    return {
        "eventID": f"id-{number}",
        "eventName": "INSERT",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/events/stream/1",
        "dynamodb": {
            "Keys": {"owner": {"S": key}, "moment": {"S": str(number)}},
            "NewImage": {"owner": {"S": key}, "n": {"N": str(number)}},
            "SequenceNumber": f"{number:012}",
            "ApproximateCreationDateTime": 0.0,
        },
    } | changes


def number_of(record: Record) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


def key_of(record: Record) -> str:
    return str(record["dynamodb"]["Keys"]["owner"]["S"])


class ListStream:
    """One shard over a list, which may grow."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records = list(records)

    def shards(self) -> Sequence[str]:
        return ["shard-1"]

    def read(self, shard: str, after: str | None, limit: int) -> Sequence[Record]:
        assert shard == "shard-1"
        later = (r for r in self.records if after is None or number_of(r) > int(after))
        return list(later)[:limit]


class Function:
    """A function that remembers its batches, and answers or raises as it is told."""

    def __init__(self, answer: Callable[[Sequence[int]], object] | object = None) -> None:
        self.batches: list[list[int]] = []
        self.keys: list[str] = []
        self._answer = answer

    def __call__(self, records: Sequence[Record]) -> object:
        numbers = [number_of(record) for record in records]
        self.batches.append(numbers)
        return self._answer(numbers) if callable(self._answer) else self._answer


def failing_at(*numbers: int) -> dict[str, object]:
    return {"batchItemFailures": [{"itemIdentifier": f"{number:012}"} for number in numbers]}
