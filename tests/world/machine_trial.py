"""Random journeys through their state machines, in memory: what was decided where, and what it cost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from local.world.clock import SimulatedClock
from local.world.machines import MemoryMachines
from regulars.domain.instants import DAY, SECOND
from regulars.domain.journey_lengths import history
from regulars.domain.journey_machines import DELIVER, STEP, compile_journey, waits_until
from regulars.domain.journeys import END, Journey
from tests.journeys import Answers, Way, gone, journeys, read

BEGIN = 1_767_225_600 * SECOND
LENGTH = 3_600 * SECOND  # of each wait
INSTANCE = "user_id:u journey passage"


@dataclass(frozen=True, slots=True)
class Walked:
    """What was decided on a way through a state machine, and what that took."""

    decided: Sequence[tuple[str, int]]
    status: str
    transitions: int
    events: int


def walked(journey: Journey, way: Way) -> Walked:
    """Send somebody through the state machine of a journey, answered as a way through it goes."""
    clock = SimulatedClock(BEGIN)
    answers: list[Answers] = []

    def ask(payload: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return answers[0](payload, until=waits_until(clock() + LENGTH, clock()))

    machines = MemoryMachines(clock, {STEP: ask, DELIVER: ask})
    answers.append(Answers(journey, way, machines.release))
    machine = machines.create("x", compile_journey(journey).text)
    machines.start(machine, "passage", {"instance": INSTANCE})
    machines.run(BEGIN + 400 * DAY)
    run = machines.executions[machine, "passage"]
    return Walked(answers[0].decided, run.status, run.transitions, run.events)


def sample(first: int, number: int) -> Sequence[Mapping[str, Any]]:
    """Draw so many definitions of journeys, always the same for the same seed."""
    found: list[Mapping[str, Any]] = []

    @seed(first)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(journeys)
    def draw(definition: dict[str, Any]) -> None:
        read(definition)
        found.append(definition)

    draw()
    return found


def trial(first: int, number: int) -> tuple[int, Sequence[str]]:
    """Compare so many random journeys with their state machines; give how many there were, and the faults."""
    definitions = sample(first, number)
    return len(definitions), list(_faults(first, definitions))


def _faults(first: int, definitions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for lot, definition in enumerate(definitions, first):
        journey = read(definition)
        way = gone(journey, lot)
        found, wanted = walked(journey, way), [*way.decisions, (END, 0)]
        if found.decided != wanted:
            yield f"lot {lot}: decided {found.decided}, not {wanted}, in {definition}"
        if found.status != "SUCCEEDED" or found.events > history(journey.steps):
            yield f"lot {lot}: {found.status} after {found.events} events, in {definition}"
