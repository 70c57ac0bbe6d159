"""The time of day, read at the edge and nowhere else."""

from datetime import UTC, datetime

from regulars.domain.instants import to_micros


def now() -> int:
    """Give the present instant, in microseconds."""
    return to_micros(datetime.now(UTC))
