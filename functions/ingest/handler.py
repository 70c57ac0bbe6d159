"""The public door: what SDKs send is stored, in quarantine, or safe in a queue, before it is answered."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import uuid4

from regulars.adapters import clients, clock, settings
from regulars.adapters.http import Response, serve
from regulars.adapters.ingest_api import IngestApi
from regulars.adapters.observability import journal, log_failure, observed
from regulars.adapters.overflow import Overflow
from regulars.adapters.parallel import Parallel
from regulars.adapters.sealing import KmsWrapper, sealer
from regulars.pipeline.ingest import Door


@observed
def handler(event: Mapping[str, Any], _context: object) -> Response:
    """Answer a request of an SDK."""
    return serve(event, lambda request: _api().answer(request), _report)


@cache
def _api() -> IngestApi:
    wrapper = KmsWrapper(clients.kms, settings.workspace_cmk(), purpose="overflow")
    overflow = Overflow(clients.sqs, settings.overflow_queue(), clients.large, wrapper, clock.now)
    return IngestApi(Door(clients.database(), sealer(), journal, clock.now, Parallel(), uuid4().hex), overflow)


def _report(error: Exception) -> None:
    log_failure("a request could not be served", error)
