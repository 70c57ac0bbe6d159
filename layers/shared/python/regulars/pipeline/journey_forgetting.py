"""
Forget what is kept of somebody on journeys: their state machines stop, and then the rows go.

That the owner of an address complained stays, under its keyed hash: whoever comes back with it gets no messages.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from regulars.domain.passages import Passage
from regulars.pipeline.ports import Many
from regulars.stores.database import Database, Item, number, text
from regulars.stores.definitions import DefinitionStore
from regulars.stores.journey_rows import SHARED, outlives, passage_in

PAGE = 500  # rows that are removed at a time
CAUSE = "nothing is kept of them any more"


class Stops(Protocol):
    """Ends executions: what is needed here of the port `Machines`."""

    def stop(self, machine: str, passage: str, cause: str) -> None:
        """End an execution where it is; nothing happens when it has ended. Raises UnavailableError."""


class NothingRuns:
    """Stops nothing: of tables that were restored nothing runs by them."""

    def stop(self, machine: str, passage: str, cause: str) -> None:
        """Stop nothing."""


class JourneyForgetter:
    """Removes the rows of one identifier after the other; a second time finds none."""

    def __init__(self, database: Database, machines: Stops, many: Many) -> None:
        self._database = database
        self._definitions = DefinitionStore(database)
        self._machines = machines
        self._many = many
        self._known: dict[tuple[str, int], str] = {}

    def forget(self, owner: str) -> int:
        """Remove all that is kept of an identifier on journeys; say how many rows. Raises UnavailableError."""
        after, cleared = None, 0
        while items := self._database.query("journeys", owner, after=after, limit=PAGE):
            after = text(items[-1], "item")
            cleared += self.remove([item for item in items if not outlives(item)])
            if len(items) < PAGE:
                break
        return cleared

    def remove(self, items: Sequence[Item]) -> int:
        """Remove rows; say how many. Whoever is under way is stopped first: a row tells what runs."""
        for item in items:
            if (passage := passage_in(item)) and passage.ended is None:
                self.stop(passage)
        keys = [(text(item, "owner"), text(item, "item")) for item in items]
        return sum(1 for _ in self._many(lambda key: self._database.delete("journeys", *key), keys))

    def rows(self, owner: str) -> list[tuple[str, str, int]]:
        """Name what is to go of an identifier: rows by owner, item and version."""
        items = self._database.query("journeys", owner)
        return [(owner, text(item, "item"), number(item, "v")) for item in items if not outlives(item)]

    def leave(self, rows: Iterable[tuple[str, str, int]]) -> int:
        """
        Remove rows that were named before; say how many.

        Of those that whoever came back has under the same name, only one that is as it was.
        """
        items = []
        for owner, name, version in rows:
            item = self._database.get("journeys", owner, name)
            if item and (number(item, "v") == version or not name.startswith(SHARED)):
                items.append(item)
        return self.remove(items)

    def stop(self, passage: Passage) -> None:
        """End the execution of a passage; nothing happens when it has ended. Raises UnavailableError."""
        version = (passage.journey, passage.number)
        if version not in self._known:
            found = self._definitions.get("journey_version", f"{passage.journey}#{passage.number:06}")
            self._known[version] = str(found.content["machine"]) if found else ""
        if machine := self._known[version]:
            self._machines.stop(machine, passage.id, CAUSE)
