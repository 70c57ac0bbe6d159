"""
What it takes to go through the journeys of the catalog: transitions of Step Functions and calls of functions, counted
in the state machines in memory.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from cli.yaml_files import parse as read_yaml
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_walks import Place
from regulars.domain.journeys import ANEW, Branch, Hold, Journey, Send, turns
from regulars.domain.simulation_reports import TRANSITION
from tests.journeys import Way, going
from tests.world.machine_trial import walked

FOLDER = Path("catalog/journeys")
LOTS = 300  # ways of each journey, by lot


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """
    One passage through a journey if nobody does anything, and the shortest and the longest way by transitions.

    On all three nothing begins anew, and no message falls into quiet hours.
    """

    journey: str
    messages: int
    calls: int
    transitions: int
    least: int
    most: int

    @property
    def dollars(self) -> float:
        """What the state machine costs for a million passages at list price."""
        return float(self.transitions * TRANSITION)


def measure() -> list[Passage]:
    """Count for each journey of the catalog."""
    return [_measured(parse_journey(file.stem, _definition(file))) for file in sorted(FOLDER.glob("*.yaml"))]


def _definition(file: Path) -> dict[str, object]:
    content = read_yaml(file.read_text())
    if not isinstance(content, dict):
        raise TypeError(f"{file} is no definition of a journey")
    return content


def _measured(journey: Journey) -> Passage:
    random = Random(1)
    silent = going(journey, _silent)
    ways = [silent, *(going(journey, _by_lot(random)) for _ in range(LOTS))]
    taken = [walked(journey, way).transitions for way in _once(ways)]
    return Passage(
        journey=journey.id,
        messages=sum(isinstance(step, Send) for step in _steps(journey, silent)),
        calls=len(silent.decisions) + 1,
        transitions=taken[0],
        least=min(taken),
        most=max(taken),
    )


def _silent(place: Place) -> int:
    """Choose as for somebody who does nothing, and for whom no condition is true."""
    match place.step:
        case Hold(_, _, ways):
            return len(ways)
        case Branch(_, arms):
            return len(arms)
        case _:
            return 0


def _by_lot(random: Random) -> Callable[[Place], int]:
    def choose(place: Place) -> int:
        return random.choice([number for number, way in enumerate(turns(place.step)) if way is not ANEW])

    return choose


def _once(ways: Sequence[Way]) -> list[Way]:
    return list({way.decisions: way for way in ways}.values())


def _steps(journey: Journey, way: Way) -> list[object]:
    found: list[object] = []
    numbers = iter(way.decisions)

    def choose(place: Place) -> int:
        found.append(place.step)
        return next(numbers)[1]

    going(journey, choose)
    return found
