"""Whether an event is what a journey waits for, of somebody who entered it by another event."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from regulars.domain.calendars import Calendar
from regulars.domain.checking import passes
from regulars.domain.events import Event
from regulars.domain.journeys import Awaited
from regulars.domain.segments import Selection, Where
from regulars.domain.values import find

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
    return all(_is_same(find(event.properties, here), find(entry, there)) for here, there in awaited.same)


def is_passed(where: Sequence[Where], properties: Properties) -> bool:
    """Say whether properties pass filters, none of which asks what time it is."""
    return all(holds(find(properties, name), 0) for name, holds in _filters(tuple(where)))


def _is_same(one: object, other: object) -> bool:
    """Say whether two properties are one value: texts to their last character, numbers by what they amount to."""
    return isinstance(one, str | int | float) and isinstance(one, bool) == isinstance(other, bool) and one == other


@lru_cache(4_096)
def _filters(where: tuple[Where, ...]) -> list[tuple[str, Callable[[Any, int], bool]]]:
    return [(one.property, passes(one.check, Calendar())) for one in where]
