"""
A journey as a state machine of Step Functions: the same steps, in the words of the Amazon States Language.

Each turn of a step is a state of its own, so that nothing has to be counted while it runs. A state asks the function
`journey_step`, which answers with the number of a way; nothing but opaque ids and numbers is in input and history.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regulars.domain.instants import SECOND
from regulars.domain.journey_lengths import history
from regulars.domain.journey_walks import numbered
from regulars.domain.journeys import (
    Anew,
    Hold,
    Journey,
    Leave,
    Repeat,
    Step,
    Steps,
    Turn,
    Wait,
    WaitForDate,
    WaitForTime,
    turns,
)
from regulars.errors import DefinitionError

MAX_STATES = 1_000
MAX_BYTES = 1_000_000  # of a definition: Step Functions takes 1 MB
MAX_HISTORY = 20_000  # events of the longest run; Step Functions ends one after 25,000
END = "end"
FUNCTION = "${journey_step}"  # stands where the ARN of the function belongs
_FAULTS = ("Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException")
_RETRY = {
    "ErrorEquals": [*_FAULTS, "Lambda.TooManyRequestsException", "Lambda.Unknown"],
    "IntervalSeconds": 2,
    "MaxAttempts": 12,
    "BackoffRate": 2,
    "MaxDelaySeconds": 300,
    "JitterStrategy": "FULL",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """A state machine as data; `definition` has `${journey_step}` where the ARN of that function belongs."""

    definition: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The definition as JSON."""
        return json.dumps(self.definition, separators=(",", ":"), sort_keys=True)


def compile_journey(journey: Journey) -> Machine:
    """Make the state machine of a journey. Raises DefinitionError where it is more than Step Functions takes."""
    events = history(journey.steps)
    if events > MAX_HISTORY:
        message = f"may leave {events:,} events in the history of one run, {MAX_HISTORY:,} is the most: repeat less"
        raise DefinitionError("steps", message)
    compiler = _Compiler()
    start = compiler.steps(journey.steps, "", END)
    machine = Machine({"Comment": f"{journey.id} {journey.version}", "StartAt": start, "States": compiler.states})
    if len(machine.text) > MAX_BYTES:
        raise DefinitionError("steps", f"is more than {MAX_BYTES:,} bytes as a state machine: repeat less")
    return machine


class _Compiler:
    """Adds states from the last to the first, each with the name of the one after it."""

    def __init__(self) -> None:
        self.states: dict[str, Mapping[str, Any]] = {END: {"Type": "Succeed"}}

    def steps(self, steps: Steps, turn: str, after: str) -> str:
        """Add steps; say with which state they begin."""
        for step in reversed(steps):
            after = self._step(step, turn, after)
        return after

    def _step(self, step: Step, turn: str, after: str) -> str:
        if isinstance(step, Repeat):
            for number in range(step.times, 0, -1):
                after = self.steps(step.steps, numbered(turn, number), after)
            return after
        name = step.id + turn
        match step:
            case Wait(_, length):
                self._add(name, {"Type": "Wait", "Seconds": -(-length // SECOND), "Next": after})
            case WaitForTime() | WaitForDate():
                self._add(f"{name}:until", {"Type": "Wait", "TimestampPath": "$.answer.until", "Next": after})
                targets = [f"{name}:until", *(self._target(way, turn, name, after) for way in turns(step)[1:])]
                self._add(name, _asks(name) | {"Next": self._chosen(name, targets)})
            case Hold(_, at_most, ways):
                targets = self._targets(step, turn, name, after)
                over = {"ErrorEquals": ["States.Timeout"], "ResultPath": "$.answer", "Next": targets[len(ways)]}
                held = _holds(name, -(-at_most // SECOND)) | {"Catch": [over]}
                self._add(name, held | {"Next": self._chosen(name, targets)})
            case _:
                self._add(name, _asks(name) | {"Next": self._chosen(name, self._targets(step, turn, name, after))})
        return name

    def _targets(self, step: Step, turn: str, name: str, after: str) -> list[str]:
        return [self._target(way, turn, name, after) for way in turns(step)]

    def _target(self, way: Turn, turn: str, name: str, after: str) -> str:
        match way:
            case Leave():
                return END
            case Anew():
                return name
            case _:
                return self.steps(way, turn, after)

    def _chosen(self, name: str, targets: list[str]) -> str:
        """Name the state that follows an answer: a choice where there is one to make."""
        if len(set(targets)) == 1:
            return targets[0]
        choices = [
            {"Variable": "$.answer.way", "NumericEquals": number, "Next": target}
            for number, target in enumerate(targets)
        ]
        self._add(f"{name}:way", {"Type": "Choice", "Choices": choices})
        return f"{name}:way"

    def _add(self, name: str, state: Mapping[str, Any]) -> None:
        if len(self.states) >= MAX_STATES:
            raise DefinitionError("steps", f"has more than {MAX_STATES:,} states: repeat less")
        self.states[name] = state


def _asks(name: str) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": FUNCTION, "Payload": {"instance.$": "$.instance", "place": name}},
        "ResultSelector": {"way.$": "$.Payload.way", "until.$": "$.Payload.until"},
        "ResultPath": "$.answer",
        "Retry": [_RETRY],
    }


def _holds(name: str, seconds: int) -> dict[str, Any]:
    payload = {"instance.$": "$.instance", "place": name, "token.$": "$$.Task.Token"}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": FUNCTION, "Payload": payload},
        "ResultPath": "$.answer",
        "TimeoutSeconds": seconds,
        "Retry": [_RETRY],
    }
