"""Woken each hour: look at what came to the audit trail, and lock the heads of its chains away."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters import clients
from regulars.adapters.anchors import anchors
from regulars.adapters.clock import now
from regulars.adapters.observability import journal, log_failure, observed
from regulars.errors import AuditFaultError
from regulars.pipeline.anchoring import Anchorer


@observed
def handler(_event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """Anchor the trail. Raises AuditFaultError, once that is done, where it is not as it was written."""
    done = _anchorer().anchor()
    for fault in done.faults:
        error = AuditFaultError(f"{fault.place}: {fault.words}")
        log_failure("the audit trail is not as it was written", error, code=fault.kind, sequence=str(fault.place))
    if done.faults:
        raise AuditFaultError(f"{len(done.faults)} chains of the audit trail are not as they were written: see the log")
    return {"chains": done.chains, "rows": done.rows}


@cache
def _anchorer() -> Anchorer:
    return Anchorer(clients.database(), anchors(), journal, now)
