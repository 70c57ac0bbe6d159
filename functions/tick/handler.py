"""Woken each minute: hand the timers that are due within minutes to the queue of evaluations."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters import clients, settings
from regulars.adapters.clock import now
from regulars.adapters.observability import journal, observed
from regulars.adapters.queue import SqsEvaluationQueue
from regulars.pipeline.tick import Ticker


@observed
def handler(_event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """Hand on what is due, from where the last run stopped."""
    return {"handed": _ticker().tick()}


@cache
def _ticker() -> Ticker:
    queue = SqsEvaluationQueue(clients.sqs(), settings.evaluations_queue())
    return Ticker(clients.database(), queue, journal, now)
