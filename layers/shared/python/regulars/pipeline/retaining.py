"""
The sweep of retention: once a week over everybody, a page at a time, going on where the last run stopped.

It seals the sums of events whose period has ended, which DynamoDB deletes three weeks later; brings stamps to today's
rules; takes out of events the fields that end before them; deletes what was spilled into objects; and forgets people
who no longer come. Twice the same changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from regulars.domain.identifiers import NOBODY, kind_of
from regulars.domain.preserving import restamped
from regulars.domain.retention import Retention, horizon, kept_until
from regulars.errors import ConflictError
from regulars.pipeline.forgetting import Forgetter
from regulars.pipeline.journey_forgetting import NothingRuns, Stops
from regulars.pipeline.journey_retaining import JourneyRetainer
from regulars.pipeline.ports import Clock, Journal, Large
from regulars.pipeline.sealed_sums import Sealing
from regulars.pipeline.stamping import Stamps
from regulars.pipeline.working import Report, count_each
from regulars.stores.database import Database, Item, text
from regulars.stores.departures import Departure
from regulars.stores.events import expires, from_item, without
from regulars.stores.large import SPILLED, places_of
from regulars.stores.sweeps import EVERY, Stage, Sweep, SweepStore, is_overdue

PAGE = 500  # events, or identifiers, that are looked at; after so many it is written down how far this is
Counts = Counter[str]
Held = Callable[[Collection[str]], bool]
Found = tuple[str | None, Mapping[str, int]]


def nobody_is_held(_owners: Collection[str]) -> bool:
    """Say that no legal hold stands."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """
    What a sweep works on, beside the tables: `held` says whether a legal hold is on any of several identifiers.

    `machines` are those by which people go through journeys.
    """

    large: Large
    held: Held = nobody_is_held
    machines: Stops = field(default_factory=NothingRuns)
    rest: Callable[[int], None] = lambda _micros: None
    report: Report = lambda _name, _error: None


class Retainer:
    """Sweeps; whoever dies of it, the next one goes on from the last page that was written down."""

    def __init__(
        self,
        database: Database,
        ground: Ground,
        journal: Journal,
        clock: Clock,
        pause: Callable[[int], None] = lambda _tries: None,
    ) -> None:
        self._database = database
        self._ground = ground
        self._store = SweepStore(database)
        self._stamps = Stamps(database, clock)
        self._sealing = Sealing(database, clock, pause)
        self._forgetter = Forgetter(database, ground.large, ground.held, clock, pause, ground.machines)
        self._journeys = JourneyRetainer(database, ground.held, ground.machines, clock)
        self._journal = journal
        self._clock = clock

    def work(self, *, has_time: Callable[[], bool]) -> bool:
        """
        Go on with the sweep, or begin the next one a week after the last, while there is time; say whether it is done.

        Raises UnavailableError.
        """
        self._go_on()
        sweep = self._store.get()
        if is_overdue(sweep, self._clock()):
            self._journal.count("retention_overdue")
        if sweep.stage == "done":
            if self._clock() < sweep.started + EVERY:
                return True
            sweep = replace(sweep, started=self._clock(), stage="events", next=None, found={})
        while sweep.stage != "done":
            if not has_time():
                return False
            began = self._clock()
            try:
                sweep = self._store.save(self._page(sweep))
            except ConflictError:  # another worker is at it too: go on from where that one is
                sweep = self._store.get()
            self._ground.rest(self._clock() - began)
        return True

    def _go_on(self) -> None:
        """Go on with those who are being forgotten; one who cannot be, does not keep the others."""
        waiting = self._forgetter.waiting()
        found = count_each(waiting, lambda id: self._leave(waiting[id]), {}, self._ground.report)
        if failed := found.get("failed"):
            self._journal.count("retention_failed", failed)

    def _leave(self, departure: Departure) -> Counts:
        self._forgetter.go_on(departure)
        return Counter()

    def _page(self, sweep: Sweep) -> Sweep:
        stage = sweep.stage
        stages: Mapping[Stage, tuple[Callable[[Sweep], Found], Stage]] = {
            "events": (self._events, "people"),
            "people": (self._people, "journeys"),
            "journeys": (self._travels, "done"),
        }
        work, then = stages[stage]
        next, found = work(sweep)
        if next is None:
            stage = then
        for name in found:
            if more := found[name] - sweep.found.get(name, 0):
                self._journal.count(f"retention_{name}", more)
        paged = replace(sweep, stage=stage, next=next, found=found)
        if stage != "done":
            return paged
        self._journal.count("retention_sweeps")
        return replace(paged, ended=self._clock(), last=found)

    def _events(self, sweep: Sweep) -> Found:
        page = self._database.scan("events", after=sweep.next, limit=PAGE)
        by_owner: dict[str, list[Item]] = defaultdict(list)
        for item in page.items:
            by_owner[text(item, "owner")].append(item)
        rules, now = self._stamps.rules(), self._clock()
        self._forgetter.start_batch(rules)
        found = count_each(
            by_owner, lambda owner: self._settle(owner, by_owner[owner], rules, now), sweep.found, self._ground.report
        )
        return page.next, found

    def _settle(self, owner: str, items: Sequence[Item], rules: Retention, now: int) -> Counts:
        """Seal, stamp and clear some events of an owner."""
        if self._ground.held([owner]):
            return Counter(held=1)
        found: Counts = Counter()
        if kind_of(owner) != NOBODY:
            if self._forgetter.forget_traceless(owner, items):
                return Counter(forgotten=1)
            if any(_is_over(item, now) for item in items):
                found["sealed"] += self._sealing.seal(owner)
        for item in items:
            if _is_over(item, now):
                found["large"] += self._clear(item)
        left = [item for item in items if not _is_over(item, now)]
        found.update(self._rewrite(owner, left, rules, now))
        return found

    def _rewrite(self, owner: str, items: Sequence[Item], rules: Retention, now: int) -> Counts:
        """Stamp events that are kept, and take fields out of them that are not; each is written once."""
        found: Counts = Counter()
        gone = {id(item): rules.past(from_item(item), now) for item in items}
        says = any("traits" in gone[id(item)] and without(item, ["traits"]) is not item for item in items)
        may = says and (kind_of(owner) == NOBODY or self._sealing.keep_traits(owner))
        for item in items:
            until = rules.restamp(from_item(item), now=now)
            stamped = restamped(item, expires(until)) if until is not None else item
            new = without(stamped, gone[id(item)] if may else gone[id(item)] - {"traits"})
            if new is not item and self._swap(item, new):
                found.update(["restamped"] if stamped is not item else [])
                found.update(["fields"] if new is not stamped else [])
        return found

    def _swap(self, item: Item, new: Item) -> bool:
        """Write an event in place of what was read; one that changed meanwhile, or went, is left to the next sweep."""
        try:
            self._database.swap("events", item, new)
        except ConflictError:
            return False
        for place in sorted({*places_of(item)} - {*places_of(new)}):
            self._ground.large.delete(place)
        return True

    def _clear(self, item: Item) -> int:
        """Delete an event, all of whose sums are sealed, with the objects it was spilled into: no TTL reaches those."""
        if not places_of(item):
            return 0
        self._database.delete("events", text(item, "owner"), text(item, "moment"))
        # As listed, not as named: a sweep that died between a row and its objects may have left one without a name.
        places = [*self._ground.large.keys(f"{text(item, SPILLED).split()[0]}/")]
        for place in places:
            self._ground.large.delete(place)
        return len(places)

    def _people(self, sweep: Sweep) -> Found:
        page = self._database.partitions("identities", segment=0, of=1, after=sweep.next, limit=PAGE)
        self._forgetter.start_batch(self._stamps.rules())
        found = count_each(
            page.partitions,
            lambda owner: Counter(forgotten=int(self._forgetter.forget(owner))),
            sweep.found,
            self._ground.report,
        )
        return page.next, found

    def _travels(self, sweep: Sweep) -> Found:
        next, by_owner = self._journeys.page(after=sweep.next, limit=PAGE)
        found = count_each(
            by_owner, lambda owner: self._journeys.settle(owner, by_owner[owner]), sweep.found, self._ground.report
        )
        return next, found


def _is_over(item: Item, now: int) -> bool:
    return kept_until(from_item(item)) <= horizon(now)
