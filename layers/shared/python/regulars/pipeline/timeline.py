"""One person's events, newest first: a merge over all identifiers, each read as far as is needed and no further."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from regulars.domain.events import Event
from regulars.domain.retention import is_kept
from regulars.pipeline.ports import Clock, Many
from regulars.pipeline.seeing import Seeing
from regulars.stores.database import Database
from regulars.stores.events import EventStore

SMALLEST_READ = 4  # events of one owner that are read at a time when there are many owners


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where an event stands in a timeline: by moment, then by owner."""

    moment: str
    owner: str


def position_of(event: Event) -> Position:
    """Say where an event stands."""
    return Position(event.moment, event.owner)


class Timeline:
    """Merges the events of several owners."""

    def __init__(self, database: Database, many: Many, clock: Clock) -> None:
        self._events = EventStore(database)
        self._seen = Seeing(database, clock)
        self._many = many
        self._clock = clock

    def newest(
        self, owners: Sequence[str], *, before: Position | None, limit: int, but: Container[str | None] = ()
    ) -> list[Event]:
        """
        Read the newest events of all owners, newest first, older than a position; `but` are names left out.

        What is past its period, an event or fields of one, is in no timeline, whether it is deleted yet or not.
        """
        now = self._clock()
        size = max(SMALLEST_READ, -(-2 * limit // max(1, len(owners))))
        size = min(size, limit)
        starts = {owner: _before(before, owner) for owner in owners}
        firsts = self._many(lambda owner: self._events.newest(owner, before=starts[owner], limit=size), owners)
        lists = [self._on(owner, first, size) for owner, first in zip(owners, firsts, strict=True)]
        merged = merge(*lists, key=position_of, reverse=True)
        kept = (event for event in merged if event.name not in but and is_kept(event, now))
        return self._seen(list(islice(kept, limit)))

    def _on(self, owner: str, events: list[Event], size: int) -> Iterator[Event]:
        while events:
            yield from events
            last = events[-1].moment
            events = self._events.newest(owner, before=last, limit=size) if len(events) == size else []


def _before(position: Position | None, owner: str) -> str | None:
    if position is None:
        return None
    # Of two events of one moment, that of the later owner comes first; the shortest text past a moment includes it.
    return position.moment + "\0" if owner < position.owner else position.moment
