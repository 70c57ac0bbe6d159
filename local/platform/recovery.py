"""After a hard end: what the tables hold is handed to the functions again, since streams were lost.

Every function expects each record twice, so this changes only what had not been done.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from local.platform.clients import Clients
from local.platform.emulated_stream import lambda_shaped
from local.world.lane import Record
from local.world.runner import Runner

LANES = 4
PAUSE = 0.1


class TableAsStream:
    """All items of a table, as the records of their insertion."""

    def __init__(self, client: Any, table: str, arn: str) -> None:
        described = client.describe_table(TableName=table)["Table"]
        self._keys = [key["AttributeName"] for key in described["KeySchema"]]
        self._client, self._table, self._arn = client, table, arn
        self._items = self._scan()

    def shards(self) -> Sequence[str]:
        """Return the one shard."""
        return [f"all-of-{self._table}"]

    def read(self, _shard: str, _after: str | None, limit: int) -> Sequence[Record]:
        """Return the next records; there is no way back."""
        return list(islice(self._items, limit))

    def _scan(self) -> Iterator[Record]:
        pages = self._client.get_paginator("scan").paginate(TableName=self._table)
        items = (item for page in pages for item in page["Items"])
        for number, item in enumerate(items):
            change = {
                "Keys": {key: item[key] for key in self._keys},
                "NewImage": item,
                "SequenceNumber": f"{number:021}",
                "ApproximateCreationDateTime": time.time(),  # it had been stored by now: that is all one can say
            }
            record = {"eventID": str(number), "eventName": "INSERT", "dynamodb": change}
            yield lambda_shaped(record | {"eventSource": "aws:dynamodb"}, self._arn)


def refold(runners: Sequence[Runner], clients: Clients, check: Callable[[], None]) -> int:
    """Hand every item of every table that a mapping reads to its function; say how many calls that took."""
    return sum(_refold(runner, clients, check) for runner in runners)


def _refold(runner: Runner, clients: Clients, check: Callable[[], None]) -> int:
    table = runner.mapping.source.split("/")[1]
    stream = TableAsStream(clients.of("dynamodb"), table, runner.mapping.source)
    again = runner.over(stream, lanes=LANES)
    with ThreadPoolExecutor(LANES) as threads:
        while again.read() or again.waiting():
            check()
            worked = list(threads.map(again.work, range(LANES)))
            if not any(worked):
                time.sleep(PAUSE)
    return again.invocations
