"""When somebody goes on who waits for a time of day or for a date, on the clocks of their own zone."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from regulars.domain.calendars import Calendar, date_of, is_zone
from regulars.domain.dates import read_date
from regulars.domain.instants import from_micros, to_micros
from regulars.domain.journeys import ScheduleEntry, WaitForDate, WaitForTime

_WEEK = 7


def zone_of(said: object, workspace: str) -> str:
    """Name the zone whose clocks a person goes by: the one that they said if there is such, else the workspace's."""
    return said if isinstance(said, str) and is_zone(said) else workspace


def next_time(step: WaitForTime, now: int, zone: str) -> int:
    """
    Give the first instant from now on at which the clocks show that time on such a day.

    On a day on which they skip it, the instant at which they skip; of two at which they show it, the first.
    """
    calendar = Calendar(zone)
    today = calendar.day_of(now)
    for day in range(today, today + 2 * _WEEK):
        instant = shown(day, step.at, zone)
        is_wanted = not step.weekdays or date_of(day).weekday() in step.weekdays
        if is_wanted and instant >= now and calendar.day_of(instant) == day:  # some zones have skipped a whole day
            return instant
    raise AssertionError("no day of the week is left out twice in a row")


def date_for(step: WaitForDate, said: object, now: int, zone: str) -> int | None:
    """Give the instant that a date stands for, so much before or after it; None where there is none, or it is past."""
    dated = read_date(said)
    if dated is None:
        return None
    calendar = Calendar(zone)
    instant = dated.instant(calendar) + step.offset
    if step.at is not None:
        instant = shown(calendar.day_of(instant), step.at, zone)
    return instant if instant >= now else None


def scheduled(by: ScheduleEntry, since: int, until: int, zone: str) -> Iterator[int]:
    """List the instants of a schedule from an instant up to and with another, on the workspace's clocks."""
    calendar = Calendar(zone)
    for day in range(calendar.day_of(since), calendar.day_of(until) + 1):
        at = shown(day, by.at, zone)
        is_day = day == by.date if by.date is not None else date_of(day).weekday() in by.weekdays
        if is_day and since <= at <= until:
            yield at


def shown(day: int, at: int, zone: str) -> int:
    """Give the first instant of a numbered day at which the clocks of a zone show a time, or have gone past it."""
    clock = ZoneInfo(zone)
    wall = datetime.combine(date_of(day), time(at // 60, at % 60), tzinfo=clock)
    instant = to_micros(wall.astimezone(UTC))
    if from_micros(instant).astimezone(clock).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    return _past(wall, clock)


def _past(wall: datetime, clock: ZoneInfo) -> int:
    """Search for the instant at which the clocks jump over a time."""
    target = wall.replace(tzinfo=None)
    low = to_micros((wall - timedelta(hours=26)).astimezone(UTC))
    high = to_micros((wall + timedelta(hours=26)).astimezone(UTC))
    while high - low > 1:
        middle = (low + high) // 2
        is_past = from_micros(middle).astimezone(clock).replace(tzinfo=None) >= target
        low, high = (low, middle) if is_past else (middle, high)
    return high
