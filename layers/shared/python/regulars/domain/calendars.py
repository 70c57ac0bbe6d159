"""The calendar of a workspace: which day an instant belongs to, and when a day begins, in its time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from regulars.domain.instants import DAY, EPOCH, from_micros, to_micros

_EPOCH_DAY = EPOCH.date().toordinal()
# What lies before or after is as if it were then: no clock is asked about the edges of what Python can count.
_FIRST, _LAST = (to_micros(datetime(year, 6, 1, tzinfo=UTC)) for year in (2, 9998))


@dataclass(frozen=True, eq=True)
class Calendar:
    """
    Numbers days from 1970-01-01, each from midnight to midnight on the clocks of a zone.

    A day of a change of the clocks has 23 or 25 hours. Where midnight itself is left out, the day begins with the first
    instant that the clocks show on it.
    """

    zone: str = "UTC"

    def day_of(self, instant: int) -> int:
        """Number the calendar day of an instant (microseconds)."""
        return instant // DAY if self.zone == "UTC" else _day_of(self._clock, min(max(instant, _FIRST), _LAST))

    def start_of(self, day: int) -> int:
        """Give the instant at which a day begins."""
        return day * DAY if self.zone == "UTC" else _start_of(self._clock, min(max(day, _FIRST // DAY), _LAST // DAY))

    @cached_property
    def _clock(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


UTC_DAYS = Calendar()


def is_zone(name: str) -> bool:
    """Say whether there is a time zone of this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def day_number(day: date) -> int:
    """Number a date from 1970-01-01."""
    return day.toordinal() - _EPOCH_DAY


def date_of(day: int) -> date:
    """Give the date of a numbered day."""
    return date.fromordinal(day + _EPOCH_DAY)


def _day_of(clock: ZoneInfo, instant: int) -> int:
    return day_number(from_micros(instant).astimezone(clock).date())


@lru_cache(4_096)
def _start_of(clock: ZoneInfo, day: int) -> int:
    midnight = datetime.combine(date_of(day), datetime.min.time(), tzinfo=clock)
    start = to_micros(midnight.astimezone(UTC))
    if _day_of(clock, start) == day and _day_of(clock, start - 1) < day:
        return start
    return _first_of(clock, day, to_micros((midnight - timedelta(hours=26)).astimezone(UTC)))


def _first_of(clock: ZoneInfo, day: int, low: int) -> int:
    """Search for the first instant whose day is this one, or a later one where clocks skip all of it."""
    high = low + 3 * DAY
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _day_of(clock, middle) >= day else (middle, high)
    return high
