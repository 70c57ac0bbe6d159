"""
Random requests to every route that the description of the API names: `python -m tests.fuzz.requests 30`.

Needs schemathesis. Each answer has to be one that the description knows, and none a failure of ours.
"""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode

from tests.fuzz.application import ELSEWHERE, Application

EXAMPLES = 10  # of one route in one round


def main(seconds: float) -> int:
    """Ask for so many seconds; say how many requests there were."""
    application = Application()
    schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", application)
    routes = [found.ok() for found in schema.get_all_operations()]
    routes = [route for route in routes if not route.path.startswith(ELSEWHERE)]
    asked, rounds, end = 0, 0, time.monotonic() + seconds
    while time.monotonic() < end:
        rounds += 1
        for route in routes:
            for mode in GenerationMode:
                asked += _try(application, route, mode, rounds)
    print(f"{asked:,} requests to {len(routes)} routes in {rounds} rounds")
    return 0


def _try(application: Application, route: Any, mode: GenerationMode, rounds: int) -> int:
    asked = 0

    def ask(case: Any) -> None:
        nonlocal asked
        asked += 1
        case.call_and_validate(excluded_checks=_NOT_OURS)
        if application.workspace.failures:
            raise application.workspace.failures.pop()

    with suppress(Unsatisfiable):  # a route that takes nothing cannot be asked wrongly
        _run(ask, route.as_strategy(generation_mode=mode), rounds)
    return asked


def _run(ask: Callable[[Any], None], cases: Any, rounds: int) -> None:
    trial = settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    seed(rounds)(trial(given(case=cases)(ask)))()


def _not_ours() -> list[Any]:
    """Checks of what the gateway does before any code of ours: tokens, and methods that no route has."""
    names = ("ignored_auth", "unsupported_method", "positive_data_acceptance", "negative_data_rejection")
    return [check for name in names if (check := getattr(schemathesis.checks, name, None))]


_NOT_OURS = _not_ours()

if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0))
