"""The messages that a person finds in an app or on a site, read with the token that its server had made."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters import clients, settings
from regulars.adapters.clock import now
from regulars.adapters.http import Response
from regulars.adapters.inbox_api import InboxApi
from regulars.adapters.observability import log_failure, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.sealing import KmsSealer, KmsWrapper


@observed
def handler(event: Mapping[str, Any], _context: object) -> Response:
    """Answer with messages, or note that one was read."""
    return _api().serve(event, lambda error: log_failure("an inbox failed", error))


@cache
def _api() -> InboxApi:
    sealer = KmsSealer(clients.database(), KmsWrapper(clients.kms, settings.workspace_cmk()))
    return InboxApi.over(clients.database(), sealer, Parallel(), now)
