"""Does again what was given up, once its cause is mended."""

import json
import time
from collections.abc import Sequence
from typing import Any

from local.platform.on_failure import OnFailure
from local.world.lane import Record
from local.world.runner import Runner, sequence_number

WITHIN = 60.0
PAUSE = 0.1


class Kept:
    """The records of one object of the on-failure bucket, as a stream."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records

    def shards(self) -> Sequence[str]:
        """Return the one shard."""
        return ["on-failure"]

    def read(self, _shard: str, after: str | None, limit: int) -> Sequence[Record]:
        """Return the records after a sequence number."""
        numbers = [sequence_number(record) for record in self._records]
        start = numbers.index(after) + 1 if after is not None else 0
        return self._records[start : start + limit]


def redrive(runners: Sequence[Runner], on_failure: OnFailure) -> dict[str, int]:
    """Hand what was given up to its functions again; what fails again is kept as a new object."""
    by_mapping = {(one.mapping.source, one.mapping.function): one for one in runners}
    before = list(on_failure.objects())
    records = 0
    for one in before:
        runner = by_mapping.get(_mapping_of(one))
        if runner is None:
            continue  # of a mapping that is no longer deployed
        kept = json.loads(one["payload"])["Records"]
        again = runner.over(Kept(kept), lanes=1)
        if _work_off(again):
            on_failure.delete(one)
            records += len(kept)
    return {"objects": len(before), "records": records, "given_up_again": _count(on_failure)}


def _work_off(runner: Runner) -> bool:
    """Try until nothing waits for another try; tell whether that came to an end in time."""
    deadline = time.monotonic() + WITHIN
    while runner.read() or runner.waiting():
        if time.monotonic() > deadline:
            return False
        if not runner.work(0):
            time.sleep(PAUSE)
    return True


def _mapping_of(one: dict[str, Any]) -> tuple[str, str]:
    return one["DDBStreamBatchInfo"]["streamArn"], one["requestContext"]["functionArn"]


def _count(on_failure: OnFailure) -> int:
    return sum(1 for _ in on_failure.objects())
