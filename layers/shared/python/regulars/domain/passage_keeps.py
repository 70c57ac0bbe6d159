"""How long it is kept that somebody went through a journey: as long as its rules of entry ask for it."""

from regulars.domain.instants import DAY
from regulars.domain.journeys import Entry
from regulars.domain.passages import Passage

LEAST = 90 * DAY  # caps look back so far, and state machines give the names of executions again after it


def passage_until(passage: Passage, entry: Entry | None) -> int | None:
    """
    Say until when (microseconds) a passage is kept; None for as long as the person is.

    `entry` are the rules by which people enter its journey now, None where it is archived. One that goes on is kept,
    and so is one of a journey that nobody enters twice: without it they would.
    """
    if passage.ended is None:
        return None
    if entry is None:
        return passage.ended + LEAST
    if entry.again is None:
        return None
    return passage.ended + max(entry.again, entry.cool_down, LEAST)
