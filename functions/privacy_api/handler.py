"""Take requests of persons, and say how they stand and what is kept where."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters import clients, settings
from regulars.adapters.access import access
from regulars.adapters.clock import now
from regulars.adapters.http import Request, Response, serve
from regulars.adapters.legal_hold_routes import LEGAL_HOLD_ROUTES
from regulars.adapters.observability import log_failure, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.privacy_api import PrivacyApi
from regulars.adapters.privacy_routes import PRIVACY_ROUTES
from regulars.adapters.recording import Recorder, recorder
from regulars.adapters.routes import answer
from regulars.adapters.sealing import KmsSealer, KmsWrapper
from regulars.adapters.workers import StateMachine


@observed
def handler(event: Mapping[str, Any], _context: object) -> Response:
    """Answer by the route that fits."""
    return serve(event, _answer, lambda error: log_failure("a request of a person failed", error))


def _answer(request: Request) -> Response:
    return answer((*PRIVACY_ROUTES, *LEGAL_HOLD_ROUTES), _api(), request, _recorder(), access())


@cache
def _sealer() -> KmsSealer:
    return KmsSealer(clients.database(), KmsWrapper(clients.kms, settings.workspace_cmk()))


@cache
def _recorder() -> Recorder:
    return recorder(lambda: _sealer().hash_key)


@cache
def _api() -> PrivacyApi:
    return PrivacyApi.over(
        clients.database(),
        _sealer(),
        Parallel(),
        clock=now,
        workers=StateMachine(clients.step_functions(), settings.erasing()),
    )
