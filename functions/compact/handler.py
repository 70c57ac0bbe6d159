"""Woken each hour: merge what came to closed days of the lake."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

from regulars.adapters.clock import now
from regulars.adapters.lake import lake
from regulars.adapters.observability import journal, observed
from regulars.adapters.parquet import Parquet
from regulars.pipeline.compact import Compactor

_SPARE = 180_000  # milliseconds: what the largest merge takes


class Context(Protocol):
    """What Lambda tells a function about its run."""

    def get_remaining_time_in_millis(self) -> int:
        """Give the time that is left."""


@observed
def handler(event: Mapping[str, Any], context: Context) -> dict[str, bool]:
    """Merge closed days, or the one named by `day`, as long as there is time; the next hour goes on."""
    done = _compactor().compact(day=event.get("day"), has_time=lambda: context.get_remaining_time_in_millis() > _SPARE)
    return {"done": done}


@cache
def _compactor() -> Compactor:
    return Compactor(lake(), Parquet(), journal, now)
