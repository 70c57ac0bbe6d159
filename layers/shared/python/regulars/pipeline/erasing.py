"""Erase what lies under the keys of a person: events, parts, objects, journeys, profiles; counted by place."""

from collections import Counter
from collections.abc import Collection

from regulars.domain.erasure import Doomed
from regulars.pipeline.journey_forgetting import JourneyForgetter, Stops
from regulars.pipeline.ports import Large, Many
from regulars.stores.database import KEYS, Database, TableName, text
from regulars.stores.identities import LINK
from regulars.stores.large import folder_of
from regulars.stores.ledger import Ledger

PAGE = 500  # items that are removed at a time
Counts = Counter[str]


class Eraser:
    """Removes the rows of one identifier after the other; a second time finds none."""

    def __init__(self, database: Database, large: Large, machines: Stops, many: Many) -> None:
        self._database = database
        self._journeys = JourneyForgetter(database, machines, many)
        self._ledger = Ledger(database)
        self._large = large
        self._many = many

    def erase(self, doomed: Doomed) -> Counts:
        """Remove all that stands under an identifier and the profiles named by it; say how much, by place."""
        owner = doomed.owner
        found: Counts = Counter()
        found["events"] += self._clear("events", owner)
        found["identities"] += self._clear("identities", owner, but={LINK})
        found["large"] += self._remove(folder_of("events", owner))
        found["journeys"] += self._journeys.forget(owner)
        for profile_id in doomed.profiles:
            found["memberships"] += self._clear("memberships", profile_id)
            found["profiles"] += self._forget(profile_id)
        return found

    def lift(self, owner: str) -> Counts:
        """Let an erased identifier begin anew. Raises ConflictError."""
        return Counter(ledger=self._ledger.lift(owner))

    def _clear(self, table: TableName, partition: str, *, but: Collection[str] = ()) -> int:
        sort, after, cleared = KEYS[table][1] or "", None, 0
        while items := self._database.query(table, partition, after=after, limit=PAGE):
            after = text(items[-1], sort)
            going = [text(item, sort) for item in items if text(item, sort) not in but]
            for _ in self._many(lambda place: self._database.delete(table, partition, place), going):
                cleared += 1
            if len(items) < PAGE:
                break
        return cleared

    def _remove(self, prefix: str) -> int:
        keys = list(self._large.keys(prefix))
        for key in keys:
            self._large.delete(key)
        return len(keys)

    def _forget(self, profile_id: str) -> int:
        if self._database.get("profiles", profile_id) is None:
            return 0
        self._database.delete("profiles", profile_id)
        return 1
