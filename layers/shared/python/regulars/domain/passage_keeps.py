"""How long it is kept that somebody went through a journey: as long as its rules of entry and its goal ask for it."""

from dataclasses import replace

from regulars.domain.instants import DAY, SECOND
from regulars.domain.journeys import Journey
from regulars.domain.passages import Passage

LEAST = 90 * DAY  # caps look back so far, and state machines give the names of executions again after it


def passage_until(passage: Passage, journey: Journey | None) -> int | None:
    """
    Say until when (microseconds, by whole seconds) a passage is kept; None for as long as the person is.

    `journey` says by which rules people enter it, None where it is archived. One that goes on is kept, and so is one of
    a journey that nobody enters twice: without it they would.
    """
    if passage.ended is None:
        return None
    until = passage.ended + LEAST
    if journey is not None:
        if journey.entry.again is None:
            return None
        within = journey.goal.within if journey.goal else 0
        until = max(until, passage.at + max(journey.entry.again, journey.entry.cool_down, within))
    return until // SECOND * SECOND


def stamped(passage: Passage, journey: Journey) -> Passage:
    """Give a passage with the end of its row, once it has ended; an end that it has already is not taken away."""
    until = passage_until(passage, journey)
    return passage if until is None else replace(passage, expires=until)
