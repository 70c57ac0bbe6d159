"""Called by its state machine, again and again: go on with one segment of a backfill, or lead it to its next step."""

import time
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

from regulars.adapters import clients, settings
from regulars.adapters.clock import now
from regulars.adapters.observability import journal, log_failure, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.pause import pause
from regulars.adapters.queue import SqsEvaluationQueue
from regulars.domain.instants import SECOND
from regulars.pipeline.backfill_steps import BackfillSteps
from regulars.pipeline.backfill_worker import BackfillWorker
from regulars.pipeline.evaluate import Evaluator

_SPARE = 120_000  # milliseconds: what a page of people with long histories takes
_LONGEST_REST = 5.0  # seconds


class Context(Protocol):
    """What Lambda tells a function about its run."""

    def get_remaining_time_in_millis(self) -> int:
        """Give the time that is left."""


@observed
def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Work as long as there is time, and say whether the segment is done; or say what to do next."""
    if "segment" not in event:
        step = BackfillSteps(clients.database(), now).step(event["id"])
        return {"id": step.id, "segments": list(step.segments), "wait": step.wait, "more": bool(step.segments)}
    done = _worker().work(
        event["id"], event["segment"], has_time=lambda: context.get_remaining_time_in_millis() > _SPARE
    )
    return {"done": done}


@cache
def _worker() -> BackfillWorker:
    queue = SqsEvaluationQueue(clients.sqs(), settings.evaluations_queue())
    evaluator = Evaluator(clients.database(), queue, journal, now, pause, Parallel())
    return BackfillWorker(clients.database(), evaluator, now, rest=_rest, report=_report)


def _rest(micros: int) -> None:
    time.sleep(min(micros / SECOND, _LONGEST_REST))


def _report(whom: str, error: Exception) -> None:
    log_failure("a person was not evaluated", error, whom=whom)
