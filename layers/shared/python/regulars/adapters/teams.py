"""The teams of this deployment."""

from collections.abc import Callable
from functools import cache

from regulars.adapters import clients
from regulars.domain.roles import Caller
from regulars.domain.teams import Sight
from regulars.pipeline.sights import Sights


@cache
def sights() -> Callable[[Caller], Sight]:
    """Give what says what a caller sees."""
    return Sights(clients.database()).of
