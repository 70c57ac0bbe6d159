"""
Logs and metrics of a function: facts only, because whatever a log holds about a person stays when they are erased.

Nothing reaches a log line but the fields that `logs` names; an exception is told by its class and its place, for its
words may quote what it failed on.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import PurePath
from traceback import extract_tb
from typing import Any, TypeVar

from regulars.adapters import settings
from regulars.adapters.clock import now
from regulars.errors import FunctionFailedError

NAMESPACE = "Regulars"
MILLISECOND = 1_000  # microseconds
current: dict[str, str | None] = {}  # what is known of the run that is going on

Answer = TypeVar("Answer")
Handler = Callable[[Mapping[str, Any], Any], Answer]


class MetricsJournal:
    """Adds up what a run counts, and writes it once, as metrics in a log line."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, frozenset[tuple[str, str]]]] = Counter()

    def count(self, name: str, value: int = 1, **dimensions: str) -> None:
        """Add to a metric."""
        self._counts[name, frozenset(dimensions.items())] += value

    def flush(self) -> None:
        """Write what was counted, and start again."""
        counts, self._counts = self._counts, Counter()
        by_dimensions: dict[frozenset[tuple[str, str]], dict[str, int]] = defaultdict(dict)
        for (name, dimensions), value in counts.items():
            by_dimensions[dimensions][name] = value
        for dimensions, values in by_dimensions.items():
            _write(dict(dimensions), values)


def _write(dimensions: Mapping[str, str], values: Mapping[str, int]) -> None:
    """Write metrics in the embedded format of CloudWatch."""
    named = {**dimensions, "service": settings.service()}
    told = {
        "Namespace": NAMESPACE,
        "Dimensions": [[*named]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in values],
    }
    about = {"Timestamp": now() // MILLISECOND, "CloudWatchMetrics": [told]}
    line = {"_aws": about, **named, **{name: [float(value)] for name, value in values.items()}}
    sys.stdout.write(f"{json.dumps(line, separators=(',', ':'))}\n")


journal = MetricsJournal()


def observed(handler: Handler[Answer]) -> Handler[Answer]:
    """Write the metrics of each run of a handler, also of one that failed."""

    @wraps(handler)
    def run(event: Mapping[str, Any], context: Any) -> Answer:
        current["function_request_id"] = getattr(context, "aws_request_id", None)
        try:
            return handler(event, context)
        finally:
            journal.flush()

    return run


def tamed(message: str) -> Callable[[Handler[Answer]], Handler[Answer]]:
    """Let a handler fail without the words of its error, which Lambda logs and Step Functions keeps in its history."""

    def wrap(handler: Handler[Answer]) -> Handler[Answer]:
        @wraps(handler)
        def run(event: Mapping[str, Any], context: Any) -> Answer:
            try:
                return handler(event, context)
            except Exception as error:  # noqa: BLE001 (whatever it is, it is raised again, by its class alone)
                log_failure(message, error)
                failed = FunctionFailedError(f"{message}: {type(error).__name__}")
            raise failed

        return run

    return wrap


def log_failure(message: str, error: Exception, **facts: str) -> None:
    """Log that something failed: the class of the error and its place, never its words."""
    from regulars.adapters.logs import logger

    logger.error(message, extra={"error": type(error).__name__, "where": _place(error), **facts})


def _place(error: Exception) -> str:
    frames = extract_tb(error.__traceback__)
    return f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
