"""Woken by requests that no table took when they came: answer them again, as of then."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import uuid4

from regulars.adapters import clients, clock, settings
from regulars.adapters.ingest_api import IngestApi
from regulars.adapters.observability import journal, log_failure, observed
from regulars.adapters.overflow import Overflow
from regulars.adapters.parallel import Parallel
from regulars.adapters.sealing import KmsWrapper, sealer
from regulars.adapters.streams import Answer
from regulars.pipeline.ingest import Door


@observed
def handler(event: Mapping[str, Any], _context: object) -> Answer:
    """Answer each request; one that still finds no table comes again."""
    failed = [message["messageId"] for message in event["Records"] if not _is_done(message)]
    return {"batchItemFailures": [{"itemIdentifier": id} for id in failed]}


def _is_done(message: Mapping[str, Any]) -> bool:
    try:
        code = _overflow().drain(message["body"], _api().answer)
    except Exception as error:  # noqa: BLE001 (the other messages are other requests: they go on)
        log_failure("a kept request could not be answered", error, message_id=message["messageId"])
        return False
    if code:
        journal.count("overflow_refused", code=code)
    else:
        journal.count("overflow_drained")
    return True


@cache
def _api() -> IngestApi:
    return IngestApi(Door(clients.database(), sealer(), journal, clock.now, Parallel(), uuid4().hex))


@cache
def _overflow() -> Overflow:
    wrapper = KmsWrapper(clients.kms, settings.workspace_cmk(), purpose="overflow")
    return Overflow(clients.sqs, settings.overflow_queue(), clients.large, wrapper, clock.now)
