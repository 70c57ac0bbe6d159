"""The rooms of journeys that are live, put together over one database: who enters, hears, steps on and ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from regulars.domain.catalog import Live
from regulars.pipeline.asked_entries import AskedEntries
from regulars.pipeline.deeds import Deeds
from regulars.pipeline.enrolling import Enrolling
from regulars.pipeline.entering import Entering
from regulars.pipeline.hearing import Hearing, Tell
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.occasions import Occasions
from regulars.pipeline.passing import Passing
from regulars.pipeline.ports import Clock, Journal, Machines, Many, Sealer, Wanted
from regulars.pipeline.stepping import Stepping
from regulars.pipeline.travellers import Travellers
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How people are moved, and how it is told; `stopping` works off what asks for a version to be stopped."""

    machines: Machines
    wanted: Wanted
    tell: Tell
    journal: Journal
    stopping: Callable[[Mapping[str, Any]], object] | None = None


class JourneyRooms:
    """Everything between a message or a question of a state machine and what becomes of a passage."""

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        many: Many,
        *,
        ways: Ways,
        clock: Clock,
        pause: Callable[[int], None] = lambda _tries: None,
    ) -> None:
        machines, tell, journal = ways.machines, ways.tell, ways.journal
        self._catalog = LiveCatalog(CatalogStore(database), rates="for segments")
        self._live = Live()
        self.travellers = travellers = Travellers(database, many, clock)
        self.hearing = hearing = Hearing(database, machines, tell, journal, pause)
        deeds = Deeds(database, sealer, ways.wanted, many, journal, clock)
        entering = Entering(database, travellers, hearing, machines, tell, journal, clock, pause)
        asked = AskedEntries(database, travellers, entering, clock, self.live)
        enrolling = Enrolling(database, ways.wanted, journal, clock, self.live)
        self.passing = Passing(database, travellers, hearing, machines, tell, clock, self.live)
        self.stepping = Stepping(self.passing, travellers, hearing, deeds, pause)
        self.occasions = Occasions(
            database, travellers, entering, hearing, enrolling, asked, journal, clock, self.live, ways.stopping
        )

    def start_batch(self) -> None:
        """Ask once whether the catalog has changed."""
        self._live = self._catalog.now()

    def live(self) -> Live:
        """Give the catalog of this batch."""
        return self._live
