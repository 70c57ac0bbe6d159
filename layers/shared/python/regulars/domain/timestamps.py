"""The times of a call: what its sender says of them, corrected by the one clock that can be trusted, our own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from regulars.domain.instants import SECOND, to_micros

_FIRST = to_micros(datetime.min.replace(tzinfo=UTC))
_LAST = to_micros(datetime.max.replace(tzinfo=UTC))
_LONGEST = 40
_NUMBERS = (int, float)
# Up to the year 5138 in seconds; what is larger is milliseconds, and what is larger still microseconds.
_UNITS = ((10**11, SECOND), (10**14, 1_000), (10**17, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """`instant` names the event, the same in every retry; `at` is when it counts; `kept` is what neither tells."""

    instant: int | None
    at: int
    kept: Mapping[str, Any] = field(default_factory=dict)


def read_times(call: Mapping[str, Any], *, sent_at: object, received: int) -> Times:
    """Read the times of a call that was received at an instant."""
    original, stamped = parse(call.get("originalTimestamp")), parse(call.get("timestamp"))
    instant = stamped if original is None else original
    kept = {}
    if call.get("originalTimestamp") is not None and original is None:
        kept["originalTimestamp"] = call["originalTimestamp"]
    if call.get("timestamp") is not None and (stamped is None or stamped != instant):
        kept["timestamp"] = call["timestamp"]
    at = received if instant is None else _correct(instant, parse(sent_at), received)
    return Times(instant=instant, at=at, kept=kept)


def parse(value: object) -> int | None:
    """Read ISO 8601 with any offset, or seconds, milliseconds or microseconds since 1970; None for anything else."""
    if isinstance(value, str):
        instant = _from_text(value)
    elif isinstance(value, _NUMBERS) and not isinstance(value, bool):
        instant = _from_number(value)
    else:
        return None
    return instant if instant is not None and _FIRST <= instant <= _LAST else None


def _correct(instant: int, sent: int | None, received: int) -> int:
    """Move an instant by as much as the sender's clock was off when it sent; nothing counts before it is received."""
    if sent is None:
        return min(instant, received)
    corrected = received - (sent - instant)
    if corrected < 0 <= instant:
        corrected = instant  # a clock that jumped decades between the call and the sending tells nothing
    return min(max(corrected, _FIRST), received)


def _from_number(value: float) -> int | None:
    for beyond, unit in _UNITS:
        if abs(value) < beyond:
            return round(value * unit)
    return None


def _from_text(value: str) -> int | None:
    if len(value) > _LONGEST:
        return None
    try:
        moment = datetime.fromisoformat(value.strip().upper())
    except ValueError:
        return None
    return to_micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
