"""
The places of a journey laid out in the order in which people come to them, and where each way of each of them leads.

Nobody comes to a place before one that stands earlier, so of all places that somebody has passed the last tells where
they are, in whatever order it becomes known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.domain.journey_walks import numbered
from regulars.domain.journeys import Anew, Exit, Hold, Leave, Move, Repeat, Step, Steps, Turn, turns
from regulars.domain.passages import Ending

END = ""
_ENDINGS: dict[type, Ending] = {Move: "moved", Exit: "exit"}


@dataclass(frozen=True, slots=True)
class Stop:
    """A place, its step, and to which place each way leads: END out of the journey, None back to the place itself."""

    name: str
    step: Step
    targets: tuple[str | None, ...]

    @property
    def ending(self) -> Ending:
        """How a passage ends that leaves the journey from here."""
        return _ENDINGS.get(type(self.step), "finished")

    def ends_as(self, way: int) -> Ending | None:
        """How a passage ends that goes this way; None where it goes on."""
        if self.targets[way] != END:
            return None
        is_restless = isinstance(self.step, Hold) and way > len(self.step.ways)
        return "restless" if is_restless else self.ending


def stops(steps: Steps) -> Sequence[Stop]:
    """Lay out the places of a journey."""
    found: list[Stop] = []
    _steps(steps, "", END, found)
    return found[::-1]


def _steps(steps: Steps, turn: str, after: str, found: list[Stop]) -> str:
    """Add places from the last to the first; say with which they begin."""
    for step in reversed(steps):
        after = _step(step, turn, after, found)
    return after


def _step(step: Step, turn: str, after: str, found: list[Stop]) -> str:
    if isinstance(step, Repeat):
        for number in range(step.times, 0, -1):
            after = _steps(step.steps, numbered(turn, number), after, found)
        return after
    targets = [_target(way, turn, after, found) for way in reversed(turns(step))][::-1]
    found.append(Stop(step.id + turn, step, tuple(targets)))
    return step.id + turn


def _target(way: Turn, turn: str, after: str, found: list[Stop]) -> str | None:
    match way:
        case Leave():
            return END
        case Anew():
            return None
        case _:
            return _steps(way, turn, after, found)
