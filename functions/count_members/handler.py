"""Woken each hour: note how many are in each segment, and which requests of persons are nearly or over their time."""

from collections.abc import Mapping
from typing import Any

from regulars.adapters import clients
from regulars.adapters.clock import now
from regulars.adapters.observability import journal, observed
from regulars.adapters.parallel import Parallel
from regulars.pipeline.members import Members
from regulars.pipeline.privacy_deadlines import Deadlines
from regulars.stores.sizes import SizeStore


@observed
def handler(_event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """Count them; a lost hour is a point that is missing."""
    overdue = Deadlines(clients.database(), journal, now).look()
    sizes = Members(clients.database(), Parallel(), now).sizes()
    for segment, size in sizes.items():
        SizeStore(clients.database()).put(segment, size, now=now())
    return {"counted": len(sizes), "overdue": overdue}
