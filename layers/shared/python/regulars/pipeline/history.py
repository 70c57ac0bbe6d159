"""All events of one owner, read when first asked for: several parts that are folded anew share one reading."""

from collections.abc import Sequence

from regulars.domain.events import Event
from regulars.domain.parts import Part, fold
from regulars.domain.watches import Watches
from regulars.pipeline.ports import Clock
from regulars.stores.events import EventStore


class History:
    """
    Folds parts from the stored events of their owner.

    What was read before a part was read may lack what that part has counted: `forget` it then.
    """

    def __init__(self, events: EventStore, owner: str, clock: Clock) -> None:
        self._store = events
        self._owner = owner
        self._clock = clock
        self._read = 0
        self._events: list[Event] | None = None

    @property
    def read(self) -> int:
        """Tell the instant (microseconds) after which the events were read."""
        return self._read

    def events(self) -> Sequence[Event]:
        """Give all events, oldest first."""
        if self._events is None:
            self._read = self._clock()
            self._events = self._store.of(self._owner)
        return self._events

    def fold(self, part: Part, watches: Watches) -> Part:
        """Fold a part anew, under the version that it was read with, from what is sealed of it."""
        events = self.events()
        return fold(part.owner, part.name, events, watches, version=part.version, read=self._read, before=part)

    def forget(self) -> None:
        """Read again when next asked."""
        self._events = None
