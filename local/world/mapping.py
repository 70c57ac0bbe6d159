"""What one event source mapping of the template says, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.world.filters import Patterns, patterns_of

FOR_EVER = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSourceMapping:
    """The properties of `AWS::Lambda::EventSourceMapping` that decide who is called with what."""

    function: str = ""
    source: str = ""
    batch_size: int = 100
    gathers: float = 0.0
    lanes: int = 1
    filters: Patterns = ()
    bisect: bool = False
    report: bool = False
    retries: int = FOR_EVER
    max_age: float = FOR_EVER
    on_failure: str = ""

    @property
    def name(self) -> str:
        """Return a short name for logs and threads: source and function, without their ARNs."""
        return f"{self.source.split('/stream/')[0].split(':')[-1].split('/')[-1]}>{self.function}"


def mapping_of(properties: Mapping[str, Any]) -> EventSourceMapping:
    """Read the (resolved) properties of a mapping; what is left out has AWS's default."""
    source = str(properties.get("EventSourceArn", ""))
    destination = properties.get("DestinationConfig") or {}
    return EventSourceMapping(
        function=str(properties.get("FunctionName", "")),
        source=source,
        batch_size=int(properties.get("BatchSize") or (10 if ":sqs:" in source else 100)),
        gathers=float(properties.get("MaximumBatchingWindowInSeconds") or 0),
        lanes=int(properties.get("ParallelizationFactor") or 1),
        filters=patterns_of(properties.get("FilterCriteria")),
        bisect=_truth(properties.get("BisectBatchOnFunctionError")),
        report="ReportBatchItemFailures" in (properties.get("FunctionResponseTypes") or ()),
        retries=int(_or(properties.get("MaximumRetryAttempts"), FOR_EVER)),
        max_age=float(_or(properties.get("MaximumRecordAgeInSeconds"), FOR_EVER)),
        on_failure=str((destination.get("OnFailure") or {}).get("Destination", "")),
    )


def _truth(value: object) -> bool:
    return str(value).lower() == "true"


def _or(value: Any, default: float) -> Any:
    return default if value is None else value
