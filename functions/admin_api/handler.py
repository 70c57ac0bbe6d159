"""Read and edit the workspace: segments, sources and their write keys, identity rules, imports, the quarantine."""

import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters import clients, settings
from regulars.adapters.access import access
from regulars.adapters.admin_api import AdminApi
from regulars.adapters.admin_routes import ADMIN_ROUTES
from regulars.adapters.clock import now
from regulars.adapters.http import Request, Response, serve
from regulars.adapters.observability import journal, log_failure, observed
from regulars.adapters.openapi import document
from regulars.adapters.parallel import Parallel
from regulars.adapters.recording import recorder
from regulars.adapters.routes import answer
from regulars.adapters.sealing import KmsSealer, KmsWrapper
from regulars.adapters.workers import StateMachine


@observed
def handler(event: Mapping[str, Any], _context: object) -> Response:
    """Answer by the route that fits."""
    return serve(event, _answer, lambda error: log_failure("a request failed", error))


def _answer(request: Request) -> Response:
    return answer(ADMIN_ROUTES, _api(), request, _api().audit, access())


@cache
def _api() -> AdminApi:
    sealer = KmsSealer(clients.database(), KmsWrapper(clients.kms, settings.workspace_cmk()))
    return AdminApi.over(
        clients.database(),
        sealer,
        Parallel(),
        clock=now,
        random=lambda: secrets.token_urlsafe(18),
        document=document(),
        audit=recorder(lambda: sealer.hash_key),
        journal=journal,
        workers=StateMachine(clients.step_functions(), settings.rebuilding()),
        backfilling=StateMachine(clients.step_functions(), settings.backfilling()),
    )
