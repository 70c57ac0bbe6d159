"""Take, decide and watch exports, and give their files to who asked for them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters import clients, settings
from regulars.adapters.access import access
from regulars.adapters.clock import now
from regulars.adapters.export_api import ExportApi
from regulars.adapters.export_files import export_files
from regulars.adapters.export_routes import EXPORT_ROUTES
from regulars.adapters.http import Request, Response, serve
from regulars.adapters.observability import log_failure, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.recording import Recorder, recorder
from regulars.adapters.routes import answer
from regulars.adapters.sealing import sealer
from regulars.adapters.workers import StateMachine


@observed
def handler(event: Mapping[str, Any], _context: object) -> Response:
    """Answer by the route that fits."""
    return serve(event, _answer, lambda error: log_failure("a request about an export failed", error))


def _answer(request: Request) -> Response:
    return answer(EXPORT_ROUTES, _api(), request, _recorder(), access())


@cache
def _recorder() -> Recorder:
    return recorder(lambda: sealer().hash_key)


@cache
def _api() -> ExportApi:
    return ExportApi.over(
        clients.database(),
        sealer(),
        Parallel(),
        clock=now,
        workers=StateMachine(clients.step_functions(), settings.exporting()),
        files=export_files(),
    )
