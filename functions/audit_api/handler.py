"""Read the audit trail, for those who may; who reads it stands in it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters import clients, settings
from regulars.adapters.access import access
from regulars.adapters.anchors import anchors
from regulars.adapters.audit_api import AuditApi
from regulars.adapters.audit_routes import AUDIT_ROUTES
from regulars.adapters.clock import now
from regulars.adapters.http import Request, Response, serve
from regulars.adapters.observability import log_failure, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.recording import recorder
from regulars.adapters.routes import answer
from regulars.adapters.sealing import KmsSealer, KmsWrapper


@observed
def handler(event: Mapping[str, Any], _context: object) -> Response:
    """Answer by the route that fits."""
    return serve(event, _answer, lambda error: log_failure("a read of the audit trail failed", error))


def _answer(request: Request) -> Response:
    return answer(AUDIT_ROUTES, _api(), request, _api().audit, access())


@cache
def _api() -> AuditApi:
    sealer = KmsSealer(clients.database(), KmsWrapper(clients.kms, settings.workspace_cmk()))
    return AuditApi.over(clients.database(), sealer, Parallel(), recorder(lambda: sealer.hash_key), anchors, now)
