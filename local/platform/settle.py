"""Waits until everything that was accepted is applied, and counts it from stored rows."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from local.platform.clients import Clients
from local.platform.functions import FunctionError, Functions
from local.platform.mappings import Mappings
from local.platform.redrive import redrive
from local.platform.under_way import UnderWay
from local.world.runner import NotInvokedError
from regulars.domain.given_up import refs_of
from regulars.domain.quotas import OVER

PAUSE = 0.03
# What was replayed is an event, and counted as one.
_NOT_REPLAYED = {
    "FilterExpression": "attribute_not_exists(replayed) OR replayed = :no",
    "ExpressionAttributeValues": {":no": {"N": "0"}},
}
_OVER_QUOTA = {
    "FilterExpression": f"code = :code AND ({_NOT_REPLAYED['FilterExpression']})",
    "ExpressionAttributeValues": {":no": {"N": "0"}, ":code": {"S": OVER}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Where every accepted event is: accepted = applied + deferred + quarantined + suppressed + pending."""

    settled: bool
    accepted: int
    applied: int
    deferred: int
    quarantined: int
    suppressed: int
    pending: int

    def as_dict(self) -> dict[str, int]:
        """Return what the front answers."""
        return asdict(self)


class Settler:
    """Drains the deployed mappings and schedules, and counts."""

    def __init__(
        self,
        mappings: Mappings,
        functions: Functions,
        clients: Clients,
        *,
        tables: dict[str, str],
        scheduled: Sequence[str],
    ) -> None:
        self._mappings, self._functions = mappings, functions
        self._dynamodb = clients.of("dynamodb")
        self._tables, self._scheduled = tables, scheduled
        self.requests = UnderWay()

    def settle(self, within: float) -> Counts:
        """Wait until streams, queues and timers already due are drained, at most so long, and count."""
        return self.count(settled=self.drain(within))

    def drain(self, within: float) -> bool:
        """Wait until all is worked off, what the schedules would find due included."""
        deadline = time.monotonic() + within
        return self._wait(deadline) and self._run_schedules() and self._wait(deadline)

    def _wait(self, deadline: float) -> bool:
        while not self._is_idle():
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE)
        return True

    def _is_idle(self) -> bool:
        """Tell whether nothing is under way: a request that is not yet answered may still write."""
        return not self.requests.count and self._mappings.is_drained() and not self.requests.count

    def _run_schedules(self) -> bool:
        """Do now what the next minute would do; each such function expects to be called twice."""
        try:
            for function in self._scheduled:
                self._functions.call(function, {"source": "aws.events", "detail": {}})
        except (FunctionError, NotInvokedError):
            return False
        return True

    def count(self, *, settled: bool) -> Counts:
        """Count the rows of the events and quarantine tables, and what was not applied of them."""
        pending = self._mappings.pending(self._tables["events"])
        given_up, put_off = self._given_up_events(), self._rows("quarantine", **_OVER_QUOTA)
        stored, quarantined = self._rows("events"), self._rows("quarantine", **_NOT_REPLAYED)
        return Counts(
            settled=settled,
            accepted=stored + quarantined,
            applied=stored - pending - given_up,
            deferred=given_up + put_off,
            quarantined=quarantined - put_off,
            suppressed=0,  # nothing is suppressed after it was stored
            pending=pending,
        )

    def stored(self) -> int:
        """Count the events that the tables hold."""
        return self._rows("events")

    def _given_up_events(self) -> int:
        """Count the events that wait in the on-failure bucket, each once."""
        table = f"/{self._tables['events']}/"
        records = self._mappings.on_failure.records()
        ours = (one for one in records if table in str(one.get("eventSourceARN")))
        return len({str(sorted(one["dynamodb"]["Keys"].items())) for one in ours})

    def redrive(self) -> dict[str, int]:
        """Do again what was given up."""
        return redrive(self._mappings.streams, self._mappings.on_failure)

    def given_up(self) -> list[dict[str, Any]]:
        """Return the objects of the on-failure bucket: of the people in them only whom they name, by hashed keys."""
        return [
            {name: one[name] for name in one if name != "payload"}
            | {"refs": refs_of(json.loads(one["payload"])["Records"])}
            for one in self._mappings.on_failure.objects()
        ]

    def _rows(self, table: str, **which: Any) -> int:
        pages: Any = self._dynamodb.get_paginator("scan")
        found = pages.paginate(TableName=self._tables[table], Select="COUNT", ConsistentRead=True, **which)
        return sum(page["Count"] for page in found)
