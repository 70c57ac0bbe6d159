"""Lengths of time as people write them: a number and a unit."""

from regulars.domain.instants import DAY, HOUR, SECOND

_UNITS = {"second": SECOND, "minute": 60 * SECOND, "hour": HOUR, "day": DAY}


def read_duration(raw: object) -> int | None:
    """Read a length such as `10 seconds` or `14 days` in microseconds; None where it is none."""
    words = raw.split() if isinstance(raw, str) else []
    unit = _UNITS.get(words[1].removesuffix("s")) if len(words) == 2 else None
    if unit is None or not (words[0].isascii() and words[0].isdigit()):
        return None
    return int(words[0][:9]) * unit
