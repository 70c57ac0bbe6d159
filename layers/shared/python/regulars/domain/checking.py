"""Whether a value passes a check, and at which instants time alone could change that."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from operator import eq, ge, gt, le, lt
from typing import Any

from regulars.domain.calendars import Calendar, date_of, day_number
from regulars.domain.checks import (
    Affixed,
    Anniversary,
    Before,
    Check,
    Compares,
    Comparison,
    Contains,
    Exists,
    IsIn,
    Matches,
    NotBefore,
    Plain,
    Recent,
)
from regulars.domain.dates import Dated, read_date
from regulars.domain.patterns import matches

Passes = Callable[[Any, int], bool]  # a value, or None for none, at an instant (microseconds)
OPERATORS: dict[Comparison, Callable[[Any, Any], bool]] = {
    "equals": eq,
    "at_least": ge,
    "at_most": le,
    "more_than": gt,
    "less_than": lt,
}
_NUMBERS = frozenset({int, float})
_TEXTS = frozenset({str})
_HOLDERS = frozenset({str, list})


def compares(how: Comparison, one: object, other: Plain) -> bool:
    """Compare two values of one type; values of different types are never equal, greater or less."""
    if isinstance(other, bool):
        return how == "equals" and one is other
    if isinstance(other, str):
        return isinstance(one, str) and OPERATORS[how](one, other)
    return type(one) in _NUMBERS and OPERATORS[how](one, other)


def passes(check: Check, calendar: Calendar) -> Passes:
    """Make the function that says whether a value passes a check."""
    match check:
        case Exists(truth):
            return lambda value, _at: (value is not None) is truth
        case Compares():
            return _compares(check)
        case IsIn(values):
            return lambda value, _at: any(_equals_one(item, values) for item in _items(value))
        case Contains(one):
            return _contains(one)
        case Affixed("starts_with", text):
            return lambda value, _at: isinstance(value, str) and value.startswith(text)
        case Affixed(_, text):
            return lambda value, _at: isinstance(value, str) and value.endswith(text)
        case Matches(pattern):
            return lambda value, _at: isinstance(value, str) and matches(pattern, value)
        case _:
            return _of_dates(check, calendar)


def on_dates(check: Check, calendar: Calendar) -> Callable[[Dated, int], bool]:
    """Make the function that says whether a date passes a check; no date passes one that does not ask for dates."""
    match check:
        case Exists(truth):
            return lambda _dated, _at: truth
        case Before(other):
            return lambda dated, _at: dated.instant(calendar) < other.instant(calendar)
        case NotBefore(other):
            return lambda dated, _at: dated.instant(calendar) >= other.instant(calendar)
        case Recent("within_last", length):
            return lambda dated, at: at - length < dated.instant(calendar) <= at
        case Recent(_, length):
            return lambda dated, at: at < dated.instant(calendar) <= at + length
        case Anniversary(how, days):
            return lambda dated, at: _comes_round(how, days, dated.day(calendar), calendar.day_of(at))
        case _:
            return lambda _dated, _at: False


def moments(check: Check, dated: Dated | None, calendar: Calendar, now: int) -> Iterable[int]:
    """List the instants at which time alone could make another answer about a date; some of them may be past."""
    if dated is None:
        return ()
    instant = dated.instant(calendar)
    match check:
        case Recent("within_last", length):
            return instant, instant + length
        case Recent(_, length):
            return instant - length, instant
        case Anniversary(how, days):
            return _turns(how, days, dated.day(calendar), calendar, now)
        case _:
            return ()


def _of_dates(check: Check, calendar: Calendar) -> Passes:
    holds = on_dates(check, calendar)

    def asks(value: Any, at: int) -> bool:
        dated = read_date(value)
        return dated is not None and holds(dated, at)

    return asks


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else (value,)


def _equals_one(item: object, values: Iterable[Plain]) -> bool:
    return any(compares("equals", item, one) for one in values)


def _compares(check: Compares) -> Passes:
    other, holds = check.value, OPERATORS[check.how]
    if isinstance(other, bool):
        return lambda value, _at: compares(check.how, value, other)
    types = _TEXTS if isinstance(other, str) else _NUMBERS
    return lambda value, _at: type(value) in types and holds(value, other)


def _contains(one: Plain) -> Passes:
    if isinstance(one, str):
        return lambda value, _at: type(value) in _HOLDERS and one in value
    return lambda value, _at: isinstance(value, list) and any(compares("equals", item, one) for item in value)


def _comes_round(how: str, days: int, born: int, today: int) -> bool:
    start, end = (today, today + days) if how == "within_next" else (today - days, today)
    years = range(date_of(max(start, born)).year, date_of(end).year + 1) if end >= born else range(0)
    return any(max(start, born) <= _round(born, year) <= end for year in years)


def _round(born: int, year: int) -> int:
    """The day on which a day comes round in a year: February 29 on February 28 where there is none."""
    day = date_of(born)
    if (day.month, day.day) == (2, 29):
        return day_number(date(year, 3, 1) - timedelta(days=1))
    return day_number(day.replace(year=year))


def _turns(how: str, days: int, born: int, calendar: Calendar, now: int) -> Iterable[int]:
    year = date_of(calendar.day_of(now)).year
    around = [_round(born, each) for each in range(year - 1 - days // 365, year + 3 + days // 365)]
    before, after = (days, 1) if how == "within_next" else (0, days + 1)
    edges = [edge for day in (*around, born) for edge in (day - before, day + after)]
    return [calendar.start_of(edge) for edge in edges]
