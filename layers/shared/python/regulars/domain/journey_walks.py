"""
Going through a journey: which step comes next, whatever the answers were; the meaning that all engines share.

Repeated steps are told apart by their turn: `reminder#1`, then `reminder#2`.
"""

from collections.abc import Generator, Iterable
from dataclasses import dataclass

from regulars.domain.journeys import LEAVE, Anew, Leave, Move, Repeat, Step, Steps, turns


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is: at a step, in one of its turns."""

    name: str
    step: Step


Walk = Generator[Place, int, str | None]


def walk(steps: Steps) -> Walk:
    """
    Go through steps: give each place, be sent the number of the way that was taken there.

    Returns the id of the journey that they moved to, None for who came to an end. Raises ValueError for a number that
    the step has no way for.
    """
    ended = yield from _steps(steps, "")
    return ended.journey if isinstance(ended, Move) else None


def numbered(turn: str, number: int) -> str:
    """Name a turn of something that is repeated, within a turn of what is around it: `#2`, then `#2.1`."""
    return f"{turn}.{number}" if turn else f"#{number}"


def _steps(steps: Iterable[Step], turn: str) -> Generator[Place, int, Leave | Move | None]:
    for step in steps:
        ended = yield from _step(step, turn)
        if ended is not None:
            return ended
    return None


def _step(step: Step, turn: str) -> Generator[Place, int, Leave | Move | None]:
    if isinstance(step, Repeat):
        for number in range(1, step.times + 1):
            ended = yield from _steps(step.steps, numbered(turn, number))
            if ended is not None:
                return ended
        return None
    taken = yield from _taken(Place(step.id + turn, step))
    if isinstance(taken, Leave):
        return step if isinstance(step, Move) else LEAVE
    return (yield from _steps(taken, turn))


def _taken(place: Place) -> Generator[Place, int, Steps | Leave]:
    ways = turns(place.step)
    while True:
        way = yield place
        if not 0 <= way < len(ways):
            raise ValueError(f"{place.name} has {len(ways)} ways, and none of number {way}")
        taken = ways[way]
        if not isinstance(taken, Anew):
            return taken
