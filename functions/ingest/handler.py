"""The public door: what SDKs send is stored, or in quarantine, before it is answered."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters import clients, clock
from regulars.adapters.http import Response, serve
from regulars.adapters.ingest_api import IngestApi
from regulars.adapters.observability import journal, log_failure, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.sealing import sealer
from regulars.pipeline.ingest import Door


@observed
def handler(event: Mapping[str, Any], _context: object) -> Response:
    """Answer a request of an SDK."""
    return serve(event, lambda request: _api().answer(request), _report)


@cache
def _api() -> IngestApi:
    return IngestApi(Door(clients.database(), sealer(), journal, clock.now, Parallel()))


def _report(error: Exception) -> None:
    log_failure("a request could not be served", error)
