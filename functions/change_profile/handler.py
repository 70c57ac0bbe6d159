"""Change one person: correct traits, or fold what is known of them anew, for those who may."""

import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters import clients, settings
from regulars.adapters.access import access
from regulars.adapters.change_api import ChangeApi
from regulars.adapters.change_routes import CHANGE_ROUTES
from regulars.adapters.clock import now
from regulars.adapters.http import Request, Response, serve
from regulars.adapters.observability import journal, log_failure, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.pause import pause
from regulars.adapters.recording import recorder
from regulars.adapters.routes import answer
from regulars.adapters.sealing import KmsSealer, KmsWrapper


@observed
def handler(event: Mapping[str, Any], _context: object) -> Response:
    """Answer by the route that fits."""
    return serve(event, _answer, lambda error: log_failure("a change failed", error))


def _answer(request: Request) -> Response:
    return answer(CHANGE_ROUTES, _api(), request, _api().audit, access())


@cache
def _api() -> ChangeApi:
    sealer = KmsSealer(clients.database(), KmsWrapper(clients.kms, settings.workspace_cmk()))
    return ChangeApi.over(
        clients.database(),
        sealer,
        Parallel(),
        recorder(lambda: sealer.hash_key),
        clock=now,
        journal=journal,
        random=lambda: secrets.token_urlsafe(18),
        pause=pause,
    )
