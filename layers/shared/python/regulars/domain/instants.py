"""Instants as whole microseconds since 1970 in UTC: they add, compare and pack exactly."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(moment: datetime) -> int:
    """Turn an aware datetime into microseconds."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def from_micros(instant: int) -> datetime:
    """Turn microseconds into an aware datetime in UTC."""
    return EPOCH + timedelta(microseconds=instant)


def to_text(instant: int) -> str:
    """Write an instant as ISO 8601 with six decimals, so that text sorts as time."""
    day, rest = divmod(instant, DAY)
    seconds, micros = divmod(rest, SECOND)
    return f"{_date(day)}T{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{micros:06}Z"


@lru_cache(1_024)
def _date(day: int) -> str:
    return from_micros(day * DAY).date().isoformat()


def day_of(instant: int) -> int:
    """Number the calendar day, in UTC, from 1970-01-01."""
    return instant // DAY
