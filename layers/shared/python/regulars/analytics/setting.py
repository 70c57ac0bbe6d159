"""What all conditions of a question share: the engine, the calendar of the workspace, and the instant."""

from dataclasses import dataclass, field

from regulars.analytics.words import DUCKDB, Words
from regulars.analytics.zones import Stretch, stretches
from regulars.domain.calendars import Calendar
from regulars.domain.instants import DAY

_AHEAD = 800 * DAY  # how far beyond now a condition may look: an anniversary, and some


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """`now` is an instant in microseconds."""

    now: int
    calendar: Calendar = field(default_factory=Calendar)
    words: Words = DUCKDB

    @property
    def clocks(self) -> tuple[Stretch, ...]:
        """How the clocks of the calendar go."""
        return stretches(self.calendar, self.now + _AHEAD)

    @property
    def today(self) -> int:
        """The calendar day of now."""
        return self.calendar.day_of(self.now)
