"""Called by its state machine, again and again: go on with one segment of a rebuild of everybody."""

import time
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

from regulars.adapters import clients
from regulars.adapters.clock import now
from regulars.adapters.observability import journal, log_failure, observed
from regulars.adapters.pause import pause
from regulars.domain.instants import SECOND
from regulars.pipeline.rebuild_worker import RebuildWorker

_SPARE = 120_000  # milliseconds: what a page of people with long histories takes
_LONGEST_REST = 5.0  # seconds


class Context(Protocol):
    """What Lambda tells a function about its run."""

    def get_remaining_time_in_millis(self) -> int:
        """Give the time that is left."""


@observed
def handler(event: Mapping[str, Any], context: Context) -> dict[str, bool]:
    """Work as long as there is time, and say whether the segment is done."""
    done = _worker().work(
        event["id"], event["segment"], has_time=lambda: context.get_remaining_time_in_millis() > _SPARE
    )
    return {"done": done}


@cache
def _worker() -> RebuildWorker:
    return RebuildWorker(clients.database(), journal, now, pause=pause, rest=_rest, report=_report)


def _rest(micros: int) -> None:
    time.sleep(min(micros / SECOND, _LONGEST_REST))


def _report(owner: str, error: Exception) -> None:
    log_failure("an identifier was not rebuilt", error, whom=owner)
