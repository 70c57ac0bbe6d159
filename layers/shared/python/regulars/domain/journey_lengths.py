"""How long a journey may take on the longest way through, in time and in history; and what its places cost."""

from collections.abc import Callable

from regulars.domain.instants import DAY
from regulars.domain.journeys import (
    MAX_RESTARTS,
    Anew,
    Hold,
    Repeat,
    Send,
    Step,
    Steps,
    Turn,
    Wait,
    WaitForDate,
    WaitForTime,
    turns,
)

_AROUND = 7  # events in the history of Step Functions of a run: its start, its last state, its end
_ASKED = 7  # of a state that asks, and of the choice after it
_HELD = 8
_WAITED = 2
_LATER = 2  # times that one message is put off until quiet hours end, at most; what a busy provider takes is a fault
_WEEK = 7 * DAY


def longest(steps: Steps) -> int:
    """
    Tell how long the longest way through may take (microseconds).

    A wait for a date counts nothing, for only a trait tells when that is, nor does a hold that begins anew: both end
    with the journey's year at the latest.
    """
    return _most(steps, _time)


def history(steps: Steps) -> int:
    """Tell how many events the longest run may leave in the history of Step Functions."""
    return _AROUND + _most(steps, _events)


def transitions(step: Step) -> int:
    """
    Tell how many transitions of Step Functions a place takes at most: one asks, one chooses, one waits.

    A hold whose time is over takes one, a date that is missing two; a message takes three more each time that it is put
    off, by quiet hours or by its provider.
    """
    first, *others = turns(step)
    match step:
        case Wait() | WaitForTime() | Send():
            return 2
        case WaitForDate():
            return 3
        case _:
            return 1 + any(turn != first for turn in others)


def _most(steps: Steps, own: Callable[[Step], int]) -> int:
    return sum(_most_of(step, own) for step in steps)


def _most_of(step: Step, own: Callable[[Step], int]) -> int:
    if isinstance(step, Repeat):
        return step.times * _most(step.steps, own)
    return own(step) + max(_below(turn, own) for turn in turns(step))


def _below(turn: Turn, own: Callable[[Step], int]) -> int:
    return _most(turn, own) if isinstance(turn, tuple) else 0


def _time(step: Step) -> int:
    match step:
        case Wait(_, length):
            return length
        case WaitForTime(_, _, weekdays):
            return _WEEK if weekdays else DAY
        case Hold(_, at_most):
            return at_most
        case _:
            return 0


def _events(step: Step) -> int:
    match step:
        case Wait() | WaitForTime() | WaitForDate():
            return _ASKED + _WAITED
        case Send():
            return _ASKED + _LATER * (_WAITED + _ASKED)
        case Hold():
            return _HELD * (MAX_RESTARTS + 1 if any(isinstance(turn, Anew) for turn in turns(step)) else 1)
        case _:
            return _ASKED
