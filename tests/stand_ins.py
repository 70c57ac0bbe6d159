"""State machines and the queue of journeys as they look from outside, in memory: what was asked of each is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regulars.errors import ConflictError, UnavailableError

PAGE = 2


@dataclass
class Machines:
    """Holds state machines by name, and who is under way in each; `fails` names calls that are not answered."""

    made: dict[str, str] = field(default_factory=dict)
    under_way: dict[str, list[str]] = field(default_factory=dict)
    stopped: list[tuple[str, str, str]] = field(default_factory=list)
    fails: set[str] = field(default_factory=set)

    def create(self, name: str, definition: str) -> str:
        self._answer("create")
        arn = f"arn:{name}"
        if self.made.setdefault(arn, definition) != definition:
            raise ConflictError(name)
        return arn

    def delete(self, machine: str) -> None:
        self._answer("delete")
        self.made.pop(machine, None)

    def start(self, machine: str, passage: str, input: Mapping[str, Any]) -> None:
        del passage
        self._answer("start")
        self.under_way.setdefault(machine, []).append(str(input["instance"]))

    def stop(self, machine: str, passage: str, cause: str) -> None:
        self._answer("stop")
        self.stopped.append((machine, passage, cause))
        on_the_way = self.under_way.get(machine, [])
        self.under_way[machine] = [one for one in on_the_way if not one.endswith(f" {passage}")]

    def release(self, token: str, answer: Mapping[str, Any]) -> bool:
        del token, answer
        return False

    def running(self, machine: str, *, after: str | None = None) -> tuple[Sequence[str], str | None]:
        self._answer("running")
        found = sorted(self.under_way.get(machine, []))
        start = int(after or 0)
        names = [one.rpartition(" ")[2] for one in found[start : start + PAGE]]
        return names, str(start + PAGE) if len(found) > start + PAGE else None

    def _answer(self, call: str) -> None:
        if call in self.fails:
            raise UnavailableError("Step Functions does not answer")


@dataclass
class Wanted:
    """Holds what was sent."""

    sent: list[Mapping[str, Any]] = field(default_factory=list)
    fails: bool = False

    def send(self, messages: Sequence[Mapping[str, Any]], *, delay: int = 0) -> None:
        del delay
        if self.fails:
            raise UnavailableError("the queue does not answer")
        self.sent += messages
