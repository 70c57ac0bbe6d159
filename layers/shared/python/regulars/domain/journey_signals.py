"""Whether an event is what a journey waits for, of somebody who entered it by another event."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from regulars.domain.calendars import Calendar
from regulars.domain.checking import passes
from regulars.domain.events import Event
from regulars.domain.journeys import Awaited
from regulars.domain.segments import Selection, Where
from regulars.domain.values import find, scalar

Properties = Mapping[str, Any]


def is_selected(selection: Selection, event: Event) -> bool:
    """Say whether an event is one of these."""
    if event.name != selection.event or (selection.start is not None and event.at < selection.start):
        return False
    return (selection.end is None or event.at < selection.end) and is_passed(selection.where, event.properties)


def is_awaited(awaited: Awaited, event: Event, entry: Properties) -> bool:
    """Say whether an event is the one, by what it has in common with the properties that were entered with."""
    if not is_selected(awaited.selection, event):
        return False
    pairs = ((scalar(find(event.properties, here)), scalar(find(entry, there))) for here, there in awaited.same)
    return all(one is not None and one == other for one, other in pairs)


def is_passed(where: Sequence[Where], properties: Properties) -> bool:
    """Say whether properties pass filters, none of which asks what time it is."""
    return all(holds(find(properties, name), 0) for name, holds in _filters(tuple(where)))


@lru_cache(4_096)
def _filters(where: tuple[Where, ...]) -> list[tuple[str, Callable[[Any, int], bool]]]:
    return [(one.property, passes(one.check, Calendar())) for one in where]
