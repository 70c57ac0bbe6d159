"""
Logs and metrics of a function: facts only, because whatever a log holds about a person stays when they are erased.

Nothing reaches a log line but the fields named here; an exception is told by its class and its place, for its words may
quote what it failed on.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import PurePath
from traceback import extract_tb
from typing import Any, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

NAMESPACE = "Regulars"
FACTS = frozenset(
    "timestamp level service message xray_trace_id error where table sequence message_id code status route count"
    " function_request_id cold_start subject whom".split()
)

Answer = TypeVar("Answer")
Handler = Callable[[Mapping[str, Any], Any], Answer]


class _FactsOnly(LambdaPowertoolsFormatter):
    def serialize(self, log: Any) -> str:
        """Write the fields that are facts, and no others."""
        return super().serialize({name: value for name, value in log.items() if name in FACTS})


logger = Logger(logger_formatter=_FactsOnly())


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
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit  # most runs count nothing

    metrics = EphemeralMetrics(namespace=NAMESPACE)
    for name, text in dimensions.items():
        metrics.add_dimension(name, text)
    for name, value in values.items():
        metrics.add_metric(name, MetricUnit.Count, value)
    metrics.flush_metrics()


journal = MetricsJournal()


def observed(handler: Handler[Answer]) -> Handler[Answer]:
    """Write the metrics of each run of a handler, also of one that failed."""

    @wraps(handler)
    def run(event: Mapping[str, Any], context: Any) -> Answer:
        logger.append_keys(function_request_id=getattr(context, "aws_request_id", None))
        try:
            return handler(event, context)
        finally:
            journal.flush()

    return run


def log_failure(message: str, error: Exception, **facts: str) -> None:
    """Log that something failed: the class of the error and its place, never its words."""
    logger.error(message, extra={"error": type(error).__name__, "where": _place(error), **facts})


def _place(error: Exception) -> str:
    frames = extract_tb(error.__traceback__)
    return f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def log_personal_read(subject: str, route: str, whom: str) -> None:
    """Log that somebody read personal fields, and whose: ids only."""
    logger.info("personal fields were read", extra={"subject": subject, "route": route, "whom": whom})
