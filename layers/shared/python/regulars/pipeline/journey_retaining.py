"""
The part of the weekly sweep that is about journeys: rows that nothing ends by itself, and rows of nobody.

A passage has its end from when it ended; one that a restore put back, or whose journey is archived since, gets it here.
Of one that goes on, although its time or its version is over, it was not heard that its execution ended: it ends here.
What was counted for caps goes once nothing asks for it; its row stays, and counts on, for it is a lock. Whoever was
forgotten leaves no rows: what was written in that very moment goes here.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from regulars.domain.instants import DAY, SECOND
from regulars.domain.journey_deeds import event_of
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_events import ended, entered
from regulars.domain.journeys import Journey
from regulars.domain.passage_keeps import LEAST, passage_until
from regulars.domain.passages import Passage
from regulars.domain.releases import Releases
from regulars.domain.stepping import LONGEST
from regulars.errors import ConflictError, DefinitionError
from regulars.pipeline.journey_forgetting import JourneyForgetter, Stops
from regulars.pipeline.ports import Clock
from regulars.pipeline.stamping import Stamps
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database, Item, Put, number, text
from regulars.stores.definitions import Definition
from regulars.stores.events import EventStore, to_item
from regulars.stores.identities import IdentityStore
from regulars.stores.journey_rows import SENDS, last_used, outlives, passage_in
from regulars.stores.journeys import put_passage

Counts = Counter[str]
Held = Callable[[Collection[str]], bool]
NOTHING_SENT = "[]"
_SLACK = DAY  # by which a passage may end later than a year after it began, as its execution starts later
_YOUNG = DAY  # rows that are no older may be of somebody whose first event is on its way


@dataclass(frozen=True, slots=True)
class _Rules:
    journeys: Mapping[str, Journey]
    archived: frozenset[str]
    stopped: frozenset[tuple[str, int]]  # versions that nobody goes through any more


class JourneyRetainer:
    """Looks at the rows of one identifier after the other; twice the same changes nothing."""

    def __init__(self, database: Database, held: Held, machines: Stops, clock: Clock) -> None:
        self._database = database
        self._catalog = CatalogStore(database)
        self._events = EventStore(database)
        self._forgetter = JourneyForgetter(database, machines, map)
        self._identities = IdentityStore(database)
        self._stamps = Stamps(database, clock)
        self._held = held
        self._clock = clock
        self._rules = _Rules({}, frozenset(), frozenset())

    def page(self, *, after: str | None, limit: int) -> tuple[str | None, Mapping[str, Sequence[Item]]]:
        """Read a page of rows, by whose they are, and where to go on; and what journeys say of entries now."""
        page = self._database.scan("journeys", after=after, limit=limit)
        by_owner: dict[str, list[Item]] = defaultdict(list)
        for item in page.items:
            by_owner[text(item, "owner")].append(item)
        self._rules = _rules_of(self._catalog.list("journey_version"), self._catalog.releases())
        return page.next, by_owner

    def settle(self, owner: str, items: Sequence[Item]) -> Counts:
        """Look at some rows of an identifier; say what was done."""
        mine = [item for item in items if not outlives(item)]
        if not mine or self._held([owner]):
            return Counter()
        if self._is_nobody(owner, mine):
            return Counter(journeys=self._forgetter.remove(mine))
        found: Counts = Counter()
        for item in mine:
            found["journeys"] += self._end(item)
        return found

    def _is_nobody(self, owner: str, items: Sequence[Item]) -> bool:
        if any(last_used(item) > self._clock() - _YOUNG for item in items):
            return False
        identity = self._identities.read(owner)
        return not identity.link and not identity.parts and not self._events.newest(owner, limit=1)

    def _end(self, item: Item) -> int:
        try:
            return self._clear(item) if text(item, "item") == SENDS else self._stamp(item)
        except ConflictError:  # somebody writes it just now: next week it is looked at again
            return 0

    def _clear(self, item: Item) -> int:
        """Empty what was counted for caps so long ago that nothing asks for it."""
        if text(item, "sent") == NOTHING_SENT or last_used(item) > self._clock() - LEAST:
            return 0
        self._database.put("journeys", {**item, "sent": NOTHING_SENT}, was=number(item, "v"))
        return 1

    def _stamp(self, item: Item) -> int:
        passage = passage_in(item)
        if passage is None or passage.expires is not None:
            return 0
        if passage.ended is None and (over := self._over(passage)):
            return self._end_for_good(over)
        if (journey := self._rules.journeys.get(passage.journey)) is None and (
            passage.journey not in self._rules.archived
        ):
            return 0  # its rules cannot be read, so nobody knows what they ask for
        if (until := passage_until(passage, journey)) is None:
            return 0
        self._database.put("journeys", {**item, "expires": until // SECOND}, was=passage.version)
        return 1

    def _over(self, passage: Passage) -> Passage | None:
        """Give a passage with its end, if it is over; None where it goes on."""
        now = self._clock()
        if now > passage.at + LONGEST + _SLACK:
            return replace(passage, ended=passage.at + LONGEST, ending="too_long", token="")
        if (passage.journey, passage.number) in self._rules.stopped:
            return replace(passage, ended=max(now, passage.at), ending="stopped", token="")
        return None

    def _end_for_good(self, passage: Passage) -> int:
        """Write that a passage ended together with what is told of it, and stop what may run. Raises ConflictError."""
        link = self._identities.link(passage.owner)
        if link and link.erased:
            return 0  # its rows are on their way out
        told = [entered(passage)] if not passage.place else []
        events = [event_of(passage.owner, one, arrival=self._clock()) for one in (*told, ended(passage))]
        missing = [one for one in events if self._database.get("events", one.owner, one.moment) is None]
        puts = [Put("events", to_item(self._stamps.stamp(one))) for one in missing]
        journey = self._rules.journeys.get(passage.journey)
        is_known = journey is not None or passage.journey in self._rules.archived
        until = passage_until(passage, journey) if is_known else None
        self._database.transact([put_passage(replace(passage, expires=until)), *puts])
        self._forgetter.stop(passage)
        return 1


def _rules_of(versions: Sequence[Definition], releases: Releases) -> _Rules:
    """Read by which rules people enter journeys now, each by its newest version that is not archived."""
    states: dict[str, list[str]] = defaultdict(list)
    journeys = {}
    for version in versions:  # in the order of their numbers
        journey = version.id.partition("#")[0]
        states[journey].append(version.content["state"])
        if version.content["state"] != "archived":
            try:
                content = version.content["definition"]
                read = parse_journey(journey, content, calendar=releases.calendar, computed=releases.computed)
                journeys[journey] = read
            except DefinitionError:
                journeys.pop(journey, None)
    over = {"stopped", "archived"}
    stopped = [one.id.partition("#") for one in versions if one.content["state"] in over]
    archived = frozenset(journey for journey, all in states.items() if set(all) == {"archived"})
    return _Rules(journeys, archived, frozenset((journey, int(number)) for journey, _, number in stopped))
