"""Called by its state machine, again and again: go on with an export until its file is there."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

from regulars.adapters import clients, recording
from regulars.adapters.clock import now
from regulars.adapters.export_files import export_files
from regulars.adapters.observability import journal, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.sealing import sealer
from regulars.pipeline.export_worker import ExportWorker

_SPARE = 120_000  # milliseconds: what a page of people with many identifiers takes, or a whole file


class Context(Protocol):
    """What Lambda tells a function about its run."""

    def get_remaining_time_in_millis(self) -> int:
        """Give the time that is left."""


@observed
def handler(event: Mapping[str, Any], context: Context) -> dict[str, bool]:
    """Work as long as there is time, and say whether the export is over."""
    done = _worker().work(event["id"], has_time=lambda: context.get_remaining_time_in_millis() > _SPARE)
    return {"done": done}


@cache
def _worker() -> ExportWorker:
    trail = recording.trail()
    return ExportWorker(clients.database(), sealer(), export_files(), trail.write, journal, now, Parallel())
