"""Woken each hour: merge what came to closed days of the lake; once a week, take out what is past its period."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

from regulars.adapters import clients
from regulars.adapters.clock import now
from regulars.adapters.lake import lake
from regulars.adapters.observability import journal, observed
from regulars.adapters.parquet import Parquet
from regulars.pipeline.compact import Compactor
from regulars.pipeline.lake_retention import LakeRetainer

_SPARE = 180_000  # milliseconds: what the largest merge takes


class Context(Protocol):
    """What Lambda tells a function about its run."""

    def get_remaining_time_in_millis(self) -> int:
        """Give the time that is left."""


@observed
def handler(event: Mapping[str, Any], context: Context) -> dict[str, bool]:
    """Merge closed days, or the one named by `day`, as long as there is time; the next hour goes on."""

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > _SPARE

    done = _compactor().compact(day=event.get("day"), has_time=has_time)
    return {"done": done and _retainer().work(has_time=has_time)}


@cache
def _retainer() -> LakeRetainer:
    return LakeRetainer(clients.database(), lake(), Parquet(), journal, now)


@cache
def _compactor() -> Compactor:
    return Compactor(lake(), Parquet(), journal, now)
