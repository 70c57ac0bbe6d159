"""The clocks of a zone, as SQL: which day an instant is, without asking an engine what it believes of zones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlglot import exp

from regulars.analytics.terms import TRUE, Term, all_of, any_of, enclosed, where, whole
from regulars.analytics.words import Words
from regulars.domain.calendars import Calendar
from regulars.domain.instants import DAY, from_micros

_FIRST = -62_000 * DAY  # 1800: before it no zone had changed its clocks


@dataclass(frozen=True, slots=True)
class Stretch:
    """From an instant (None: ever) on, clocks are so far ahead of UTC (microseconds)."""

    start: int | None
    offset: int


def stretches(calendar: Calendar, until: int) -> tuple[Stretch, ...]:
    """List between which instants the clocks of a zone go alike, up to an instant."""
    if calendar.zone == "UTC":
        return (Stretch(None, 0),)
    years = -(-until // (366 * DAY)) * 366 * DAY  # few ends, so that what was found is found again
    return _stretches(calendar.zone, years)


def day_of(instant: Term, clocks: Sequence[Stretch], words: Words) -> Term:
    """Number the calendar day of an instant."""
    if len(clocks) == 1 and clocks[0].offset == 0:
        return words.floor_days(instant)
    return words.floor_days(exp.Add(this=instant, expression=enclosed(_offset(instant, clocks))))


def on_or_after(instant: Term, day: int, clocks: Sequence[Stretch]) -> Term:
    """
    Say whether the calendar day of an instant is this one or a later one.

    That is one comparison, but where clocks were put back over midnight.
    """
    spans: list[tuple[int | None, int | None]] = []
    for index, clock in enumerate(clocks):
        end = clocks[index + 1].start if index + 1 < len(clocks) else None
        start = day * DAY - clock.offset
        if end is not None and start >= end:
            continue
        begin = clock.start if clock.start is not None and clock.start > start else start
        if spans and spans[-1][1] == begin:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    return any_of(all_of(_within(instant, start, end)) for start, end in spans)


def _within(instant: Term, start: int | None, end: int | None) -> list[Term]:
    bounds: list[Term] = []
    if start is not None:
        bounds.append(exp.GTE(this=instant.copy(), expression=whole(start)))
    if end is not None:
        bounds.append(exp.LT(this=instant.copy(), expression=whole(end)))
    return bounds or [TRUE]


def _offset(instant: Term, clocks: Sequence[Stretch]) -> Term:
    """Halve the stretches, so that an instant is compared few times."""
    if len(clocks) == 1:
        return whole(clocks[0].offset)
    middle = len(clocks) // 2
    start = clocks[middle].start
    assert start is not None
    earlier = exp.LT(this=instant.copy(), expression=whole(start))
    return where(earlier, _offset(instant, clocks[:middle]), _offset(instant, clocks[middle:]))


@lru_cache(64)
def _stretches(zone: str, until: int) -> tuple[Stretch, ...]:
    clock = ZoneInfo(zone)
    found = [Stretch(None, _at(clock, _FIRST))]
    for day in range(_FIRST, until, DAY):
        before, after = found[-1].offset, _at(clock, day + DAY)
        if before != after:
            found.append(Stretch(_change(clock, day, day + DAY), after))
    return tuple(found)


def _change(clock: ZoneInfo, low: int, high: int) -> int:
    before = _at(clock, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _at(clock, middle) == before else (low, middle)
    return high


def _at(clock: ZoneInfo, instant: int) -> int:
    offset = from_micros(instant).astimezone(clock).utcoffset()
    assert offset is not None
    return offset // timedelta(microseconds=1)
