"""
Called by its state machine, again and again: go on with a request of a person until it is met, or with a legal hold.

Called by the clock each hour: once a day look after what belongs to people who are held.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

from regulars.adapters import clients
from regulars.adapters.clock import now
from regulars.adapters.export_files import export_files
from regulars.adapters.lake import lake
from regulars.adapters.ledger_copies import ledger_copies
from regulars.adapters.observability import journal, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.parquet import Parquet
from regulars.adapters.pause import pause
from regulars.domain.legal_holds import HOLD
from regulars.pipeline.erase_worker import EraseWorker, Places
from regulars.pipeline.preserving import EACH_DAY, Preserver

_SPARE = 300_000  # milliseconds: what the largest file of the lake takes, or a page of people with long histories


class Context(Protocol):
    """What Lambda tells a function about its run."""

    def get_remaining_time_in_millis(self) -> int:
        """Give the time that is left."""


@observed
def handler(event: Mapping[str, Any], context: Context) -> dict[str, bool | int]:
    """Work as long as there is time; say whether all is done, and after how many seconds to call again."""
    id = event.get("id") or EACH_DAY

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > _SPARE

    if id == EACH_DAY or id.startswith(HOLD):
        return {"done": _preserver().work(id, has_time=has_time), "wait": 1}
    step = _worker().work(id, has_time=has_time)
    return {"done": step.done, "wait": step.wait}


@cache
def _preserver() -> Preserver:
    return Preserver(clients.database(), journal, now)


@cache
def _worker() -> EraseWorker:
    places = Places(
        large=clients.large(),
        failures=clients.failures(),
        lake=lake(),
        format=Parquet(),
        exports=export_files(),
        copies=ledger_copies(),
        machines=clients.machines(),
    )
    return EraseWorker(clients.database(), places, journal, now, Parallel(), pause)
