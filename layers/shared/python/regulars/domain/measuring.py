"""What a measure comes to for a person at an instant, read from what is kept of them."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from regulars.domain.calendars import Calendar
from regulars.domain.checks import Check
from regulars.domain.keeps import Keep
from regulars.domain.needs import need_of
from regulars.domain.people import Person
from regulars.domain.segments import (
    AMOUNTS,
    SESSION_GAP,
    TIMES,
    CalendarDays,
    Function,
    Measure,
    OrdersMeasure,
    Rolling,
    Window,
)

Reads = Callable[[Person, int], Any]  # a person at an instant: an int, a float, a text, a list, or None of nothing


def measures(measure: Measure, check: Check | None, calendar: Calendar) -> Reads:
    """
    Make the function that reads a measure: amounts in millionths, instants in microseconds, values as JSON has them.

    A count that a check limits may stop at what the check needs to know.
    """
    keep = need_of(measure, check, calendar).keep
    event, function, window = measure.selection.event, measure.function, measure.window
    if keep is None:
        return lambda person, _at: state.count if (state := person.events.get(event)) else 0
    if function == "count" and keep.kind == "newest" and isinstance(window, Rolling):
        return _count_within(event, keep.id, window.length)
    read = _reader(function, window, keep, calendar)

    def of(person: Person, at: int) -> Any:
        state = person.events.get(event)
        return read(state.kept.get(keep.id) if state else None, at)

    return of


def _count_within(event: str, id: str, length: int) -> Reads:
    """Make the function that most conditions ask: how many of the newest instants lie in the window that ends now."""

    def count(person: Person, at: int) -> int:
        state = person.events.get(event)
        return len([one for one in state.kept.get(id, ()) if at - length < one <= at]) if state else 0

    return count


def is_amount(measure: Measure | OrdersMeasure) -> bool:
    """Say whether a measure comes in millionths."""
    return measure.of in ("revenue", "average") if isinstance(measure, OrdersMeasure) else measure.function in AMOUNTS


def is_time(measure: Measure | OrdersMeasure) -> bool:
    """Say whether a measure is an instant."""
    return (measure.of if isinstance(measure, OrdersMeasure) else measure.function) in TIMES


def opens(window: Window | None, at: int, calendar: Calendar) -> float:
    """Give the instant after which a window that ends at an instant takes events."""
    match window:
        case None:
            return float("-inf")
        case Rolling(length):
            return at - length
        case CalendarDays(number):
            return calendar.start_of(calendar.day_of(at) - number + 1) - 1


def closes(window: Window | None, at: int, calendar: Calendar) -> float:
    """Give the last instant that a window takes: of a window of days, that of today."""
    match window:
        case None:
            return float("inf")
        case Rolling():
            return at
        case CalendarDays():
            return calendar.start_of(calendar.day_of(at) + 1) - 1


def runs(days: Iterable[int]) -> int:
    """Give the length of the longest run of days."""
    longest, length, before = 0, 0, None
    for day in sorted(days):
        length = length + 1 if before is not None and day == before + 1 else 1
        longest, before = max(longest, length), day
    return longest


def _reader(function: Function, window: Window | None, keep: Keep, calendar: Calendar) -> Callable[[Any, int], Any]:
    match keep.kind:
        case "count":
            return lambda kept, _at: kept or 0
        case "numbers":
            return lambda kept, _at: _of_numbers(function, kept)
        case "ends":
            return lambda kept, at: _of_ends(function, kept, opens(window, at, calendar))
        case "days":
            length = window.number if isinstance(window, CalendarDays) else 0
            return lambda kept, at: _of_days(function, kept or {}, calendar.day_of(at), length)
        case "values" if window is None:
            return lambda kept, _at: of_scalars(function, Counter({value: n for value, (n, _) in (kept or {}).items()}))
        case "values":
            return lambda kept, at: sum(
                1
                for _, newest in (kept or {}).values()
                if opens(window, at, calendar) < newest <= closes(window, at, calendar)
            )
        case _:
            return lambda kept, at: _of_list(
                function, _within(kept or (), opens(window, at, calendar), closes(window, at, calendar)), keep.kind
            )


def _of_numbers(function: Function, kept: Any) -> Any:
    if kept is None:
        return 0 if function == "sum" else None
    number, total, least, greatest = kept
    return {"sum": total, "average": total // number, "minimum": least, "maximum": greatest}[function]


def _of_ends(function: Function, kept: Any, low: float) -> Any:
    if kept is None:
        return None
    at, value = kept[0] if function.startswith("first") else kept[1]
    if at <= low:
        return None
    return at if function.endswith("time") else json.loads(value)


def _of_days(function: Function, kept: Any, today: int, length: int) -> Any:
    days = [day for day in kept if today - length < day <= today]
    match function:
        case "days":
            return len(days)
        case "streak":
            return runs(days)
        case "count":
            return sum(kept[day][0] for day in days)
        case "sum":
            return sum(kept[day][1] for day in days)
        case _:
            number = sum(kept[day][0] for day in days)
            return sum(kept[day][1] for day in days) // number if number else None


def _within(kept: Any, low: float, high: float) -> Any:
    """Cut the items of a list, newest first, that lie in a window."""
    if kept and isinstance(kept[0], int):
        return [at for at in kept if low < at <= high]
    return [item for item in kept if low < item[0] <= high]


def _of_list(function: Function, items: Any, kind: str) -> Any:
    if kind == "newest":
        return len(items) if function == "count" else _sessions(items)
    if kind == "amounts":
        return _of_numbers(function, _numbers([amount for _, amount in items]))
    if function == "first":
        return json.loads(min(items)[1]) if items else None
    return of_scalars(function, Counter(value for _, value in items))


def _numbers(amounts: list[int]) -> tuple[int, int, int, int] | None:
    return (len(amounts), sum(amounts), min(amounts), max(amounts)) if amounts else None


def _sessions(items: Iterable[int]) -> int:
    ats = sorted(items)
    return sum(1 for one, two in pairwise(ats) if two - one > SESSION_GAP) + bool(ats)


def of_scalars(function: Function, counts: Counter[str]) -> Any:
    """Give the number of values, the list of them, or the most frequent one, the first by its text of several."""
    match function:
        case "distinct":
            return len(counts)
        case "values":
            return [json.loads(value) for value in sorted(counts)]
        case _:
            return json.loads(min(counts, key=lambda value: (-counts[value], value))) if counts else None
