"""Take profiles apart by hand, for those who may."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters import clients, settings
from regulars.adapters.access import access
from regulars.adapters.clock import now
from regulars.adapters.http import Request, Response, serve
from regulars.adapters.observability import log_failure, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.recording import recorder
from regulars.adapters.routes import answer
from regulars.adapters.sealing import KmsSealer, KmsWrapper
from regulars.adapters.unmerge_api import UnmergeApi
from regulars.adapters.unmerge_routes import UNMERGE_ROUTES


@observed
def handler(event: Mapping[str, Any], _context: object) -> Response:
    """Answer by the route that fits."""
    return serve(event, _answer, lambda error: log_failure("an unmerge failed", error))


def _answer(request: Request) -> Response:
    return answer(UNMERGE_ROUTES, _api(), request, _api().audit, access())


@cache
def _api() -> UnmergeApi:
    sealer = KmsSealer(clients.database(), KmsWrapper(clients.kms, settings.workspace_cmk()))
    return UnmergeApi.over(clients.database(), sealer, Parallel(), recorder(lambda: sealer.hash_key), now)
