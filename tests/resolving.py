"""Events resolved one after the other in memory: who is together afterwards, and what was counted."""

from collections import Counter

from local.world.memory import MemoryDatabase
from regulars.domain.catalog import Live
from regulars.domain.events import Event
from regulars.domain.identity_rules import DEFAULT_RULES, IdentityRules
from regulars.pipeline.resolve import Resolver
from regulars.stores.profiles import from_item


class Resolving:
    """A resolver over memory, and its journal."""

    def __init__(self, rules: IdentityRules = DEFAULT_RULES, over: MemoryDatabase | None = None) -> None:
        self.database = over or MemoryDatabase()
        self.events: list[Event] = []
        self._counts: Counter[tuple[str, tuple[tuple[str, str], ...]]] = Counter()
        self.resolver = Resolver(self.database, self, lambda: self.events[-1].arrival if self.events else 0)
        self.resolver.live = Live(rules=rules)

    def resolve(self, *events: Event) -> None:
        """Resolve events in their order."""
        for event in events:
            self.events.append(event)
            self.resolver.apply(event.owner, [event], stored=event.arrival)

    def groups(self) -> set[frozenset[str]]:
        """Give the identifiers of each live profile."""
        profiles = map(from_item, self.database.all("profiles"))
        return {frozenset(profile.owners) for profile in profiles if not profile.merged_into}

    def count(self, name: str, value: int = 1, **dimensions: str) -> None:
        """Add to a metric."""
        self._counts[name, tuple(sorted(dimensions.items()))] += value

    def counted(self, name: str, **dimensions: str) -> int:
        """Read a metric."""
        return self._counts[name, tuple(sorted(dimensions.items()))]
