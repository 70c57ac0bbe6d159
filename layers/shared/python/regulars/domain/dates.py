"""Dates as people and systems write them: a calendar day, or an instant."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from regulars.domain.calendars import Calendar, day_number
from regulars.domain.instants import to_micros

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"  # not 24:00, which only newer versions of Python read
_INSTANT = re.compile(rf"\d{{4}}-\d\d-\d\d[T ]{_CLOCK}(:[0-5]\d(\.\d{{1,6}})?)?(Z|[+-]{_CLOCK})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Dated:
    """A calendar day, numbered from 1970-01-01, or an instant in microseconds."""

    number: int
    is_day: bool = False

    def instant(self, calendar: Calendar) -> int:
        """Give the instant, of a day the one at which it begins."""
        return calendar.start_of(self.number) if self.is_day else self.number

    def day(self, calendar: Calendar) -> int:
        """Give the calendar day."""
        return self.number if self.is_day else calendar.day_of(self.number)


def read_date(value: object) -> Dated | None:
    """
    Read `2026-11-21` as a day, and `2026-11-21T12:00:00Z` as an instant, in UTC where it names no offset.

    Anything else is no date: no numbers, and no years before 2 or after 9998, which some zone would take out of the
    calendar.
    """
    if not isinstance(value, str) or len(value) > 32 or not "0002" <= value < "9999":
        return None
    try:
        if _DAY.fullmatch(value):
            return Dated(day_number(date.fromisoformat(value)), is_day=True)
        if _INSTANT.fullmatch(value):
            moment = datetime.fromisoformat(value)
            return Dated(to_micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC)))
    except (ValueError, OverflowError):
        return None
    return None
