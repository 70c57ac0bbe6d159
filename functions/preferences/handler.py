"""Pages on which people decide on consent by themselves, by a signed link, and unsubscribe in one click."""

import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters import clients, settings
from regulars.adapters.clock import now
from regulars.adapters.http import Response
from regulars.adapters.observability import log_failure, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.preference_api import PreferenceApi
from regulars.adapters.sealing import KmsSealer, KmsWrapper


@observed
def handler(event: Mapping[str, Any], _context: object) -> Response:
    """Answer with a page."""
    return _api().serve(event, lambda error: log_failure("a page failed", error))


@cache
def _api() -> PreferenceApi:
    sealer = KmsSealer(clients.database(), KmsWrapper(clients.kms, settings.workspace_cmk()))
    return PreferenceApi.over(
        clients.database(), sealer, Parallel(), clock=now, random=lambda: secrets.token_urlsafe(18)
    )
