"""A clock that moves only when it is told to."""

from regulars.domain.instants import SECOND


class SimulatedClock:
    """The time of the in-memory world, in microseconds; `seconds` is the same for those who count in seconds."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def seconds(self) -> float:
        """The time in seconds since 1970."""
        return self.now / SECOND

    def advance_to(self, instant: int) -> None:
        """Move on to an instant; never back."""
        self.now = max(self.now, instant)
