"""
A journey as a state machine of Step Functions: the same steps, in the words of the Amazon States Language.

Each turn of a step is a state of its own, so that nothing has to be counted while it runs. A state asks a function:
`deliver` what is sent to people and to webhooks, `journey_step` all else. It answers with the number of a way, and with
the instant until which the machine waits, where it waits. Nothing but opaque ids and numbers is in input and history.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from regulars.domain.instants import DAY, SECOND, to_text
from regulars.domain.journey_lengths import history
from regulars.domain.journey_walks import numbered
from regulars.domain.journeys import (
    END,
    Anew,
    Hold,
    Journey,
    Leave,
    Repeat,
    Send,
    Step,
    Steps,
    Turn,
    Wait,
    WaitForDate,
    WaitForTime,
    Webhook,
    turns,
)
from regulars.errors import DefinitionError

MAX_STATES = 1_000
MAX_BYTES = 1_000_000  # of a definition: Step Functions takes 1 MB
MAX_HISTORY = 20_000  # events of the longest run; Step Functions ends one after 25,000
LONGEST = 365 * DAY  # of a run: Step Functions keeps none for more than a year
STEP, DELIVER = "${journey_step}", "${deliver}"  # stand where the ARNs of the functions belong
LATER = 1  # the way of a message that is put off, by quiet hours or by its provider: asked again then
_MAX_NAME = 80  # characters of the name of a machine or a state in Step Functions
_FAULTS = ("Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException")
_RETRY = {  # whatever goes wrong but a hold that is over: for four hours as a rule, eight at most, to mend it in
    "ErrorEquals": [*_FAULTS, "Lambda.TooManyRequestsException", "Lambda.Unknown", "States.TaskFailed"],
    "IntervalSeconds": 2,
    "MaxAttempts": 40,
    "BackoffRate": 2,
    "MaxDelaySeconds": 900,
    "JitterStrategy": "FULL",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """A state machine as data; `definition` has `STEP` and `DELIVER` where the ARNs of the functions belong."""

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
    machine = Machine(
        {
            "Comment": f"{journey.id} {journey.version}",
            "StartAt": start,
            "States": compiler.states,
            "TimeoutSeconds": LONGEST // SECOND,
        }
    )
    if len(machine.text) > MAX_BYTES:
        raise DefinitionError("steps", f"is more than {MAX_BYTES:,} bytes as a state machine: repeat less")
    return machine


def machine_name(stage: str, journey: str, version: int) -> str:
    """Name the state machine of a version: `regulars-<stage>-<journey>-<version>`, a long id cut short and hashed."""
    name = f"regulars-{stage}-{journey}-{version}"
    if len(name) <= _MAX_NAME:
        return name
    digest = blake2b(journey.encode(), digest_size=5).hexdigest()
    over = len(name) + len(digest) + 1 - _MAX_NAME
    return f"regulars-{stage}-{journey[:-over]}-{digest}-{version}"


def waits_until(instant: int, now: int) -> str:
    """
    Write until when a machine waits: in whole seconds, rounded up, so that it never goes on too early.

    A state waits for a year at most, and no run lasts longer: whoever is to wait longer is ended by that.
    """
    return f"{to_text(-(-min(instant, now + LONGEST) // SECOND) * SECOND)[:19]}Z"


class _Compiler:
    """Adds states from the last to the first, each with the name of the one after it."""

    def __init__(self) -> None:
        self.states: dict[str, Mapping[str, Any]] = {END: _asks(END, STEP) | {"End": True}}

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
        targets = [self._target(way, turn, name, after) for way in turns(step)]
        state = _asks(name, DELIVER if isinstance(step, Send | Webhook) else STEP)
        match step:
            case Wait() | WaitForTime() | WaitForDate():
                targets[0] = self._waits(f"{name}:until", targets[0])
            case Send():
                targets.insert(LATER, self._waits(f"{name}:later", name))
            case Hold(_, at_most, ways):
                over = {"ErrorEquals": ["States.Timeout"], "ResultPath": "$.answer", "Next": targets[len(ways)]}
                state = _holds(name, -(-at_most // SECOND)) | {"Catch": [over]}
        self._add(name, state | {"Next": self._chosen(name, targets)})
        return name

    def _target(self, way: Turn, turn: str, name: str, after: str) -> str:
        match way:
            case Leave():
                return END
            case Anew():
                return name
            case _:
                return self.steps(way, turn, after)

    def _waits(self, name: str, after: str) -> str:
        self._add(name, {"Type": "Wait", "TimestampPath": "$.answer.until", "Next": after})
        return name

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


def _asks(name: str, function: str) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload": {"instance.$": "$.instance", "place": name}},
        "ResultSelector": {"way.$": "$.Payload.way", "until.$": "$.Payload.until"},
        "ResultPath": "$.answer",
        "Retry": [_RETRY],
    }


def _holds(name: str, seconds: int) -> dict[str, Any]:
    payload = {"instance.$": "$.instance", "place": name, "token.$": "$$.Task.Token"}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": STEP, "Payload": payload},
        "ResultPath": "$.answer",
        "TimeoutSeconds": seconds,
        "Retry": [_RETRY],
    }
