"""Woken each hour: go on with the sweep of retention, which begins once a week."""

import time
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

from regulars.adapters import clients
from regulars.adapters.clock import now
from regulars.adapters.observability import journal, log_failure, observed
from regulars.adapters.pause import pause
from regulars.domain.instants import SECOND
from regulars.pipeline.holding import who_is_held
from regulars.pipeline.retaining import Ground, Retainer

_SPARE = 180_000  # milliseconds: what a page of people with long histories takes
_LONGEST_REST = 2.0  # seconds


class Context(Protocol):
    """What Lambda tells a function about its run."""

    def get_remaining_time_in_millis(self) -> int:
        """Give the time that is left."""


@observed
def handler(_event: Mapping[str, Any], context: Context) -> dict[str, bool]:
    """Sweep as long as there is time, and say whether nothing is left to do until next week; the next hour goes on."""
    return {"done": _retainer().work(has_time=lambda: context.get_remaining_time_in_millis() > _SPARE)}


@cache
def _retainer() -> Retainer:
    held = who_is_held(clients.database(), now)
    ground = Ground(large=clients.large(), held=held, machines=clients.machines(), rest=_rest, report=_report)
    return Retainer(clients.database(), ground, journal, now, pause)


def _rest(micros: int) -> None:
    time.sleep(min(micros / SECOND, _LONGEST_REST))


def _report(owner: str, error: Exception) -> None:
    log_failure("retention did not reach an identifier", error, whom=owner)
