"""Publish journeys and say how they stand, take entries from programs, and show the passages of a person."""

import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters import clients, settings
from regulars.adapters.access import access
from regulars.adapters.clock import now
from regulars.adapters.http import Request, Response, serve
from regulars.adapters.journey_api import JourneyApi
from regulars.adapters.journey_routes import JOURNEY_ROUTES
from regulars.adapters.observability import log_failure, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.recording import Recorder, recorder
from regulars.adapters.routes import answer
from regulars.adapters.sealing import sealer


@observed
def handler(event: Mapping[str, Any], _context: object) -> Response:
    """Answer by the route that fits."""
    return serve(event, _answer, lambda error: log_failure("a request about a journey failed", error))


def _answer(request: Request) -> Response:
    return answer(JOURNEY_ROUTES, _api(), request, _recorder(), access())


@cache
def _recorder() -> Recorder:
    return recorder(lambda: sealer().hash_key)


@cache
def _api() -> JourneyApi:
    return JourneyApi.over(
        clients.database(),
        sealer(),
        Parallel(),
        machines=clients.machines(),
        wanted=clients.wanted(),
        clock=now,
        random=lambda: secrets.token_hex(16),
        stage=settings.stage(),
    )
