"""Read one person: profile, traits, identifiers, memberships and events, for those who may."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters import clients, settings
from regulars.adapters.access import access
from regulars.adapters.clock import now
from regulars.adapters.consent_routes import CONSENT_ROUTES
from regulars.adapters.graph_routes import GRAPH_ROUTES
from regulars.adapters.http import Request, Response, serve
from regulars.adapters.legal_hold_routes import HELD_ROUTES
from regulars.adapters.observability import log_failure, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.profile_api import ProfileApi
from regulars.adapters.profile_routes import PROFILE_ROUTES
from regulars.adapters.recording import recorder
from regulars.adapters.routes import answer
from regulars.adapters.sealing import KmsSealer, KmsWrapper
from regulars.adapters.sent_routes import SENT_ROUTES
from regulars.adapters.template_preview_routes import TEMPLATE_PREVIEW_ROUTES
from regulars.adapters.why_routes import WHY_ROUTES


@observed
def handler(event: Mapping[str, Any], _context: object) -> Response:
    """Answer by the route that fits."""
    return serve(event, _answer, lambda error: log_failure("a read failed", error))


def _answer(request: Request) -> Response:
    routes = (
        *PROFILE_ROUTES,
        *GRAPH_ROUTES,
        *WHY_ROUTES,
        *CONSENT_ROUTES,
        *HELD_ROUTES,
        *SENT_ROUTES,
        *TEMPLATE_PREVIEW_ROUTES,
    )
    return answer(routes, _api(), request, _api().audit, access())


@cache
def _api() -> ProfileApi:
    sealer = KmsSealer(clients.database(), KmsWrapper(clients.kms, settings.workspace_cmk()))
    return ProfileApi.over(clients.database(), sealer, Parallel(), recorder(lambda: sealer.hash_key), now)
