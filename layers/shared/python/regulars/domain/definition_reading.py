"""Reading the fields of a definition: a text, a number, a length of time, and nothing that is not known."""

from collections.abc import Collection, Mapping
from typing import Any

from regulars.domain.calendars import Calendar
from regulars.domain.dates import Dated, read_date
from regulars.domain.durations import read_duration
from regulars.domain.instants import DAY
from regulars.domain.segments import CalendarDays, Rolling, Window
from regulars.errors import DefinitionError

LONGEST = 3_650 * DAY
MAX_DAYS = 400  # of calendar days, each a number of its own
MAX_TEXT = 200
_LARGEST = 10**15


def only(raw: Mapping[str, Any], allowed: Collection[str], path: str) -> None:
    """Refuse fields that are not known. Raises DefinitionError."""
    if unknown := sorted(str(key) for key in raw if key not in allowed):
        raise DefinitionError(path, f"does not know {', '.join(unknown)}; it takes {', '.join(sorted(allowed))}")


def fields(raw: object, path: str, example: str) -> Mapping[str, Any]:
    """Read an object of fields. Raises DefinitionError."""
    if not isinstance(raw, Mapping) or not raw:
        raise DefinitionError(path, f"is an object, such as {example}")
    return raw


def word(raw: object, path: str) -> str:
    """Read a short text. Raises DefinitionError."""
    if not isinstance(raw, str) or not 0 < len(raw) <= MAX_TEXT:
        raise DefinitionError(path, f"is a text of 1 to {MAX_TEXT} characters")
    return raw


def whole(raw: object, path: str, *, least: int = 0, most: int = 10**9) -> int:
    """Read a whole number. Raises DefinitionError."""
    if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= most:
        raise DefinitionError(path, f"is a whole number from {least:,} to {most:,}")
    return raw


def plain(raw: object, path: str) -> str | int | float | bool:
    """Read a value to compare with. Raises DefinitionError."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        if len(raw) > MAX_TEXT:
            raise DefinitionError(path, f"is a text of at most {MAX_TEXT} characters")
        return raw
    if not isinstance(raw, int | float):
        raise DefinitionError(path, "is text, a number, true or false")
    if not -_LARGEST <= raw <= _LARGEST:
        raise DefinitionError(path, "is a number between -10^15 and 10^15")
    return raw


def duration(raw: object, path: str) -> int:
    """Read a length of time in microseconds. Raises DefinitionError."""
    length = read_duration(raw)
    if length is None:
        raise DefinitionError(path, "is a number and a unit, such as 10 seconds, 6 hours or 14 days")
    if not 0 < length <= LONGEST:
        raise DefinitionError(path, "is longer than nothing and at most 3650 days")
    return length


def dated(raw: object, path: str) -> Dated:
    """Read a date. Raises DefinitionError."""
    date = read_date(raw)
    if date is None:
        raise DefinitionError(path, "is a day such as 2026-11-21, or an instant such as 2026-11-21T12:00:00Z")
    return date


def instant(raw: object, path: str, calendar: Calendar) -> int:
    """Read an instant, of a day its first. Raises DefinitionError."""
    return dated(raw, path).instant(calendar)


def window(raw: Mapping[str, Any], path: str) -> Window | None:
    """Read `within` or `calendar_days`. Raises DefinitionError."""
    if "within" in raw and "calendar_days" in raw:
        raise DefinitionError(path, "has a window of time (within) or of calendar days (calendar_days), not both")
    if "calendar_days" in raw:
        return CalendarDays(whole(raw["calendar_days"], f"{path}.calendar_days", least=1, most=MAX_DAYS))
    return Rolling(duration(raw["within"], f"{path}.within")) if "within" in raw else None
