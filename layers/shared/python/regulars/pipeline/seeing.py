"""What readers see of stored events: nothing that is past its period, be it an event or fields of one."""

from collections.abc import Sequence

from regulars.domain.events import Event
from regulars.domain.retention import has_fields, is_kept, shown
from regulars.pipeline.ports import Clock
from regulars.pipeline.stamping import Stamps
from regulars.stores.database import Database
from regulars.stores.events import EventStore


class Seeing:
    """Shows events by the rules of the minute, deleted or not what they let nobody see."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._stamps = Stamps(database, clock)
        self._clock = clock

    def __call__(self, events: Sequence[Event]) -> list[Event]:
        """Give the events that are kept, each without fields past their period. Raises UnavailableError."""
        now = self._clock()
        kept = [event for event in events if is_kept(event, now)]
        if not any(map(has_fields, kept)):
            return kept
        rules = self._stamps.rules()
        return [shown(event, rules, now) for event in kept]


def events_seen(database: Database, clock: Clock) -> EventStore:
    """Give the events as readers may see them."""
    return EventStore(database, Seeing(database, clock))
