"""Runs of state machines in memory, and what EventBridge tells of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from regulars.domain.instants import to_text


@dataclass(slots=True, eq=False)
class Execution:
    """A run: where it is, what it carries, and what it has come to; `mark` counts what it has waited for."""

    machine: str
    name: str
    input: str
    started: int
    number: int
    data: Any
    state: str = ""
    mark: int = 0
    tries: dict[int, int] = field(default_factory=dict)
    token: str = ""
    status: str = "RUNNING"
    ended: int | None = None
    error: str = ""
    transitions: int = 1  # into its first state; each state is one more, and each that is tried again
    events: int = 1

    @property
    def runs(self) -> bool:
        """Say whether it goes on."""
        return self.status == "RUNNING"


def told_of(run: Execution) -> Mapping[str, Any]:
    """Write the event of a run that has ended."""
    execution = f"{run.machine.replace(':stateMachine:', ':execution:')}:{run.name}"
    return {
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "time": to_text(run.ended or 0),
        "resources": [execution],
        "detail": {
            "executionArn": execution,
            "stateMachineArn": run.machine,
            "name": run.name,
            "status": run.status,
            "input": run.input,
            "error": run.error,
        },
    }
