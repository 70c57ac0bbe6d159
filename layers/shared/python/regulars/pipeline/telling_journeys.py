"""Store what journeys do, as events of the person: each once, stamped by retention, and none of who was erased."""

from regulars.domain.journey_deeds import JourneyEvent, event_of
from regulars.pipeline.ports import Clock, Sealer
from regulars.pipeline.stamping import Stamps
from regulars.stores.database import Database
from regulars.stores.events import EventStore


class Teller:
    """
    Tells what journeys do.

    Whoever moves a passage writes it down first and tells it then, and after a crash tells it again: with the same
    instants it is the same event. Nothing in it is personal, so nothing is sealed and no key is made; the sealer is
    asked who was erased.
    """

    def __init__(self, database: Database, sealer: Sealer, clock: Clock) -> None:
        self._events = EventStore(database)
        self._stamps = Stamps(database, clock)
        self._sealer = sealer
        self._clock = clock

    def tell(self, owner: str, *told: JourneyEvent) -> int:
        """
        Store what was done to somebody, under the identifier that the passage belongs to; say how much of it is new.

        Of an erased identifier nothing is stored. Raises UnavailableError.
        """
        self._sealer.prepare([], [owner])
        if not told or self._sealer.is_erased(owner):
            return 0
        now = self._clock()
        events = [event_of(owner, one, arrival=now + turn) for turn, one in enumerate(told)]
        new = {event.moment: self._stamps.stamp(event) for event in events}
        return sum(self._events.insert([*new.values()]))
