"""
Sweep tables that are kept by time and not by person: quarantine, timers, tallies and journeys, row by row.

A row names people by their keyed hash only; what is about somebody who is gone is removed, with its objects. Of
journeys it finds what the rows of others say of them: the address that a message went to, whose lot was drawn.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping

from regulars.domain.erasure import is_by
from regulars.domain.profiles import founder
from regulars.errors import ConflictError
from regulars.pipeline.erasing import Counts
from regulars.pipeline.journey_forgetting import JourneyForgetter, Stops
from regulars.pipeline.ports import Large
from regulars.stores import journey_rows
from regulars.stores.database import KEYS, Database, Item, TableName, number, text
from regulars.stores.holds import SLOT as HELD
from regulars.stores.large import places_of
from regulars.stores.refused_claims import PREFIX as REFUSED

PAGE = 500
SWEPT: tuple[TableName, ...] = ("quarantine", "timers", "tallies", "journeys")
RESTORED: tuple[TableName, ...] = (
    "events",
)  # after a restore also what events of others say, which the lake told once
Gone = Collection[str]


class Sweeper:
    """Removes the rows of those who are gone, a page at a time."""

    def __init__(self, database: Database, large: Large, machines: Stops) -> None:
        self._database = database
        self._journeys = JourneyForgetter(database, machines, map)
        self._large = large

    def page(self, table: TableName, gone: Gone, *, after: str | None) -> tuple[str | None, Counts]:
        """Look at a page of a table; say where it goes on, None at the end, and how much was removed."""
        page = self._database.scan(table, after=after, limit=PAGE)
        found: Counts = Counter()
        for item in page.items:
            if _IS_ABOUT[table](item, gone):
                found.update(self._remove(table, item, gone))
        return page.next, found

    def redact(self, event: str, gone: Gone) -> int:
        """Let an event of somebody else, named as `owner moment`, name nobody who is gone; say whether it did."""
        owner, _, moment = event.partition(" ")
        item = self._database.get("events", owner, moment) if moment else None
        links = text(item or {}, "links").split()
        left = [link for link in links if link not in gone]
        if item is None or left == links:
            return 0
        self._database.put("events", {**item, "links": " ".join(left)})
        return 1

    def _remove(self, table: TableName, item: Item, gone: Gone) -> Counts:
        if table == "events":
            return Counter(rows_of_others=self.redact(f"{text(item, 'owner')} {text(item, 'moment')}", gone))
        if table == "journeys":
            return self._journey(item, gone)
        found: Counts = Counter({str(table): 1})
        if text(item, "slot").startswith(REFUSED) and not is_by(text(item, "event"), gone):
            found["rows_of_others"] += self.redact(text(item, "event"), gone)
        if text(item, "slot") == HELD and text(item, "part") not in gone:
            self._database.put(table, {**item, "event": ""})
            return found
        partition, sort = (text(item, name) for name in KEYS[table] if name)
        self._database.delete(table, partition, sort)
        for place in places_of(item):
            self._large.delete(place)
            found["large"] += 1
        return found

    def _journey(self, item: Item, gone: Gone) -> Counts:
        if text(item, "owner") in gone:
            return Counter(journeys=self._journeys.remove([item]))
        clean = journey_rows.redacted(item, gone)
        try:
            if clean is None:
                self._database.delete("journeys", text(item, "owner"), text(item, "item"))
            else:
                self._database.put("journeys", clean, was=number(item, "v"))
        except ConflictError:  # somebody writes it just now: the next round comes by
            pass
        return Counter(rows_of_others=1)


def _in_quarantine(item: Item, gone: Gone) -> bool:
    owners = (text(item, "owner"), text(item, "mended_for"))
    return any(owner in gone for owner in owners) or is_by(text(item, "event"), gone)


def _in_timers(item: Item, gone: Gone) -> bool:
    return founder(text(item, "profile_id")) in gone


def _in_tallies(item: Item, gone: Gone) -> bool:
    named = {text(item, "owner"), text(item, "part").partition(" ")[0]}
    return any(name in gone for name in named) or is_by(text(item, "event"), gone)


def _in_events(item: Item, gone: Gone) -> bool:
    return any(link in gone for link in text(item, "links").split())


_IS_ABOUT: Mapping[TableName, Callable[[Item, Gone], bool]] = {
    "events": _in_events,
    "quarantine": _in_quarantine,
    "timers": _in_timers,
    "tallies": _in_tallies,
    "journeys": journey_rows.is_about,
}
