"""Days in the query of a request: one, or a first and a last."""

from collections.abc import Mapping
from datetime import date, timedelta

from regulars.adapters.routes import Parameter
from regulars.errors import InvalidRequestError

MOST = 31
_DAY = {"type": "string", "format": "date"}
DAYS = (
    Parameter(name="from", description="the first day, in UTC", schema=_DAY, required=True),
    Parameter(name="to", description="the last day, in UTC", schema=_DAY, required=True),
)


def read_days(query: Mapping[str, str]) -> list[str]:
    """List the days from `from` to `to`. Raises InvalidRequestError."""
    first, last = query.get("from", ""), query.get("to", "")
    if not (is_day(first) and is_day(last)) or first > last:
        raise InvalidRequestError("from and to are days such as 2026-11-21, in UTC, the first not after the last")
    start = date.fromisoformat(first)
    number = (date.fromisoformat(last) - start).days + 1
    if number > MOST:
        raise InvalidRequestError(f"from and to span at most {MOST} days")
    return [(start + timedelta(days=each)).isoformat() for each in range(number)]


def is_day(text: str) -> bool:
    """Say whether a text is a day such as 2026-11-21."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
