"""What it takes to answer a condition: which events' states it reads, and what is kept in them for it."""

from collections.abc import Iterator
from typing import NamedTuple

from regulars.domain.calendars import Calendar
from regulars.domain.checks import Before, Check, Compares, NotBefore
from regulars.domain.computed import Reader, nodes_of
from regulars.domain.keeps import Keep, Kind
from regulars.domain.segments import (
    AMOUNTS,
    DAILY,
    SCALARS,
    CalendarDays,
    InAudience,
    Latest,
    Measure,
    Measured,
    Node,
    Regular,
    Returned,
    Selection,
    Sequence,
    Unfollowed,
    selections,
)

MAX_LIST = 101  # of a list: with more than that in its window, the answer comes from the events
MAX_COUNT = 100  # a count in a window that is compared with at most this many is exact for ever


class Need(NamedTuple):
    """What one condition reads of an event's state: a keep and how large it is at least; None for the plain count."""

    event: str
    keep: Keep | None
    size: int = 1


def needs(reader: Reader, calendar: Calendar) -> Iterator[Need]:
    """List all that a segment or a computed trait needs to be kept."""
    for node in nodes_of(reader):
        yield from needs_of(node, calendar)


def needs_of(node: Node, calendar: Calendar) -> Iterator[Need]:
    """List what one condition needs; those below it are others."""
    match node:
        case Measured(Measure() as measure, check):
            yield need_of(measure, check, calendar)
        case Sequence() | Unfollowed():
            yield from (_list_of(selection, node.same, calendar) for selection in selections(node))
        case Latest() | InAudience():
            yield from (Need(one.event, _keep("ends", one, "", calendar)) for one in selections(node))
        case Regular(selection, _, days, periods):
            yield Need(selection.event, _keep("days", selection, "", calendar), days * periods)
        case Returned(selection, gap, days):
            yield Need(selection.event, _keep("days", selection, "", calendar), days + gap)
        case _:
            pass


def need_of(measure: Measure, check: Check | None, calendar: Calendar) -> Need:
    """Say what a measure needs; less than otherwise, where the check asks for less than its value."""
    selection, of = measure.selection, measure.of or ""
    kind, size = _kind_of(measure, check)
    if kind == "count" and not selection.where and selection.start is None and selection.end is None:
        return Need(selection.event, None)
    return Need(selection.event, _keep(kind, selection, of, calendar), size)


def bound(measure: Measure, check: Check | None) -> int | None:
    """
    Give the number up to which a count or a number of values in a window has to be told; None for all of it.

    Whoever has more than that many of the newest knows what the check will say.
    """
    if not isinstance(check, Compares) or isinstance(check.value, str | bool):
        return None
    least = int(check.value) + 1 if check.value >= 0 else 1
    return least if measure.function in ("count", "distinct") and least <= MAX_COUNT + 1 else None


def _kind_of(measure: Measure, check: Check | None) -> tuple[Kind, int]:
    function, window = measure.function, measure.window
    if function in ("last", "last_time", "first_time") or (function == "first" and window is None):
        return "ends", 1
    if window is None:
        return _all_time(measure)
    if isinstance(window, CalendarDays) and function in {"count", "sum", "average", *DAILY}:
        return "days", window.number
    limit = bound(measure, check)
    if function == "distinct" and limit is not None:
        return "values", limit + 1
    return _list_kind(measure), limit or MAX_LIST


def _all_time(measure: Measure) -> tuple[Kind, int]:
    if measure.function == "count":
        return "count", 1
    return ("numbers", 1) if measure.function in AMOUNTS else ("values", MAX_LIST)


def _list_kind(measure: Measure) -> Kind:
    if measure.function in AMOUNTS:
        return "amounts"
    return "scalars" if measure.function in SCALARS else "newest"


def _list_of(selection: Selection, same: str | None, calendar: Calendar) -> Need:
    return Need(selection.event, _keep("scalars" if same else "newest", selection, same or "", calendar), MAX_LIST)


def _keep(kind: Kind, selection: Selection, of: str, calendar: Calendar) -> Keep:
    reads_dates = any(isinstance(one.check, Before | NotBefore) for one in selection.where)
    zone = calendar.zone if kind == "days" or reads_dates else ""
    return Keep(kind, selection.where, selection.start, selection.end, of, zone)
