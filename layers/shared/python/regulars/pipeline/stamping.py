"""Stamp events with the end of their period, by the rules of the minute in which they are stored."""

from dataclasses import replace

from regulars.domain.events import Event
from regulars.domain.instants import SECOND
from regulars.domain.retention import DEFAULT_RETENTION, Retention
from regulars.domain.retention_definitions import parse_retention
from regulars.pipeline.held import Held
from regulars.pipeline.ports import Clock
from regulars.stores.database import Database
from regulars.stores.definitions import DefinitionStore

HELD = 60 * SECOND  # how long former rules may hold: the next sweep brings today's to what was stored by them
_RULES = "periods"


class Stamps:
    """Says until when an event that is stored now is kept; reads the rules once a minute."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._store = DefinitionStore(database)
        self._held = Held(self._read, clock, for_=HELD)
        self._clock = clock

    def rules(self) -> Retention:
        """Give the rules. Raises UnavailableError."""
        return self._held.get(_RULES) or DEFAULT_RETENTION

    def stamp(self, event: Event) -> Event:
        """Give the event with the end of its period. Raises UnavailableError."""
        return replace(event, kept_until=self.rules().stamp(event, stored=self._clock()))

    def _read(self, id: str) -> Retention:
        found = self._store.get("retention", id)
        return parse_retention(found.content) if found else DEFAULT_RETENTION
