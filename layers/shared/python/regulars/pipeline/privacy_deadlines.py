"""Look, each hour, which requests of persons are overdue, and which are due within a week."""

from collections import Counter

from regulars.pipeline.ports import Clock, Journal
from regulars.stores.database import Database
from regulars.stores.privacy_requests import RequestStore


class Deadlines:
    """Counts them, so that an alarm can tell."""

    def __init__(self, database: Database, journal: Journal, clock: Clock) -> None:
        self._store = RequestStore(database)
        self._journal = journal
        self._clock = clock

    def look(self) -> int:
        """Count open requests by how they stand to their deadline; say how many are overdue."""
        now = self._clock()
        found = Counter(request.deadline(now) for request in self._store.all() if request.is_open)
        for name, number in (("overdue", found["overdue"]), ("due_soon", found["soon"])):
            if number:
                self._journal.count(f"privacy_requests_{name}", number)
        return found["overdue"]
