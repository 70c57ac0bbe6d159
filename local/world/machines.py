"""Step Functions in memory: machines that people go through journeys by, on a clock that moves when it is told to."""

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import count, islice
from random import Random
from typing import Any

from local.world.chaos import Calm, Chaos
from local.world.clock import SimulatedClock
from local.world.executions import Execution, told_of
from local.world.runner import StuckError
from local.world.states import RUNTIME, State, StateError, check, chosen, filled, handler, looked_up, put
from regulars.domain.instants import DAY, SECOND, to_micros
from regulars.errors import ConflictError, NotFoundError

Function = Callable[[Mapping[str, Any]], Any]
MOST_EVENTS = 25_000  # in the history of a run
PAGE = 100
REMEMBERED = 90 * DAY  # how long no other run has the name of one that has ended
_ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:"
_ASKING, _HOLDING, _LOST = "lambda:invoke", "lambda:invoke.waitForTaskToken", "Lambda.SdkClientException"


@dataclass(slots=True)
class _Machine:
    definition: str
    states: Mapping[str, State]
    start: str
    timeout: int | None
    running: dict[str, Execution] = field(default_factory=dict)
    deleted: bool = False


class MemoryMachines:
    """
    The port `Machines`, and what it is like to be run by it.

    `functions` are called by what stands for their ARNs (`${journey_step}`). Chaos loses answers of theirs, so that
    they are asked again, and calls them twice: the second time at once with the same token, or later, when the machine
    may have gone on. What they raise is tried again as the machine says. `told` gets the events of EventBridge about
    runs that failed, timed out or were aborted. With `random`, runs that are ready go on in any order.
    """

    def __init__(
        self,
        clock: SimulatedClock,
        functions: Mapping[str, Function],
        *,
        chaos: Chaos | None = None,
        random: Random | None = None,
        told: Callable[[Mapping[str, Any]], None] | None = None,
    ) -> None:
        self._clock, self._functions = clock, functions
        self._chaos, self._random, self._told = chaos or Calm(), random, told
        self._machines: dict[str, _Machine] = {}
        self._held: dict[str, Execution] = {}
        self._ready: deque[tuple[Execution, int] | Callable[[], None]] = deque()
        self._due: list[tuple[int, int, Execution, int | None]] = []
        self._numbers = count()
        self.executions: dict[tuple[str, str], Execution] = {}
        self.transitions = 0
        self.invocations = 0

    # What the pipeline sees.

    def create(self, name: str, definition: str) -> str:
        """Create a machine, or find the one of this name and definition. Raises ConflictError for another one."""
        arn = _ARN + name
        known = self._machines.get(arn)
        if known is None or known.deleted:
            said = json.loads(definition)
            check(said["States"])
            timeout = said.get("TimeoutSeconds")
            self._machines[arn] = _Machine(definition, said["States"], said["StartAt"], timeout)
        elif known.definition != definition:
            raise ConflictError(f"the state machine {name} has another definition")
        return arn

    def delete(self, machine: str) -> None:
        """Remove a machine; its runs end with their next transition."""
        if machine in self._machines:
            self._machines[machine].deleted = True

    def start(self, machine: str, passage: str, input: Mapping[str, Any]) -> None:
        """Start a run, unless one of this name was started before. Raises NotFoundError."""
        known, now = self._machines.get(machine), self._clock()
        if known is None or known.deleted:
            raise NotFoundError(f"there is no state machine {machine}")
        before = self.executions.get((machine, passage))
        if before and (before.ended is None or before.ended > now - REMEMBERED):
            return
        text = json.dumps(input)
        run = Execution(machine, passage, text, now, next(self._numbers), json.loads(text))
        self.executions[machine, passage] = known.running[passage] = run
        self.transitions += 1
        if known.timeout is not None:
            heappush(self._due, (now + known.timeout * SECOND, next(self._numbers), run, None))
        self._enter(run, known.start)

    def stop(self, machine: str, passage: str, cause: str) -> None:
        """End a run where it is; nothing happens when it has ended."""
        run = self.executions.get((machine, passage))
        if run and run.runs:
            self._end(run, "ABORTED", cause)

    def release(self, token: str, answer: Mapping[str, Any]) -> bool:
        """Let who holds with a token go on with an answer; say whether they still held."""
        run = self._held.get(token)
        if run is None or not run.runs:
            return False
        self._succeed(run, json.loads(json.dumps(answer)))
        return True

    def running(self, machine: str, *, after: str | None = None) -> tuple[Sequence[str], str | None]:
        """List runs that are under way, by name, a page of them, and where to go on."""
        runs = self._machines[machine].running.values() if machine in self._machines else ()
        begin = -1 if after is None else int(after)
        page = list(islice((run for run in runs if run.number > begin), PAGE))
        return [run.name for run in page], str(page[-1].number) if len(page) == PAGE else None

    # What moves them.

    def step(self) -> bool:
        """Let one run that is ready do what comes next; tell whether there was one."""
        while self._due and self._due[0][0] <= self._clock():
            _, _, run, mark = heappop(self._due)
            if mark is not None:
                self._ready.append((run, mark))
            elif run.runs:
                self._end(run, "TIMED_OUT", "States.Timeout")
        if not self._ready:
            return False
        if self._random:
            at = self._random.randrange(len(self._ready))
            self._ready[at], self._ready[0] = self._ready[0], self._ready[at]
        next_one = self._ready.popleft()
        if callable(next_one):
            next_one()
        else:
            self._go_on(*next_one)
        return True

    def drain(self, limit: int = 10_000_000) -> None:
        """Step until every run waits. Raises StuckError when the limit of steps was not enough."""
        for _ in range(limit):
            if not self.step():
                return
        raise StuckError(f"the state machines did not come to rest in {limit} steps")

    def next_due(self) -> int | None:
        """Tell when the next of those that wait goes on, or times out; None when none does."""
        while self._due and not _still(*self._due[0][2:]):
            heappop(self._due)
        return self._due[0][0] if self._due else None

    def run(self, until: int) -> None:
        """Let time go by up to an instant, and each run do what is due."""
        self.drain()
        while (due := self.next_due()) is not None and due <= until:
            self._clock.advance_to(due)
            self.drain()
        self._clock.advance_to(until)

    def _enter(self, run: Execution, state: str) -> None:
        machine = self._machines[run.machine]
        if machine.deleted:
            return self._end(run, "ABORTED", "the state machine was deleted")
        run.state, run.tries = state, {}
        run.transitions += 1
        run.events += 2
        self.transitions += 1
        if run.events > MOST_EVENTS:
            return self._end(run, "FAILED", RUNTIME)
        return self._awaits(run, self._instant(run) if machine.states[state]["Type"] == "Wait" else None)

    def _instant(self, run: Execution) -> int:
        """Tell until when a run waits; one that cannot tell fails when it is its turn."""
        try:
            said = looked_up(self._state(run)["TimestampPath"], run.data, {})
            return to_micros(datetime.fromisoformat(said))
        except (StateError, TypeError, ValueError) as error:
            run.error = str(error) or RUNTIME
            return self._clock()

    def _awaits(self, run: Execution, due: int | None) -> None:
        """Let a run go on at an instant, or as soon as it is its turn; what it waited for before is over."""
        self._held.pop(run.token, None)
        run.mark += 1
        if due is None or due <= self._clock():
            self._ready.append((run, run.mark))
        else:
            heappush(self._due, (due, next(self._numbers), run, run.mark))

    def _go_on(self, run: Execution, mark: int) -> None:
        if not _still(run, mark):
            return
        state = self._state(run)
        try:
            if run.token in self._held:
                raise StateError("States.Timeout", "nobody let it go on in time")
            self._do(run, state)
        except StateError as error:
            if run.mark == mark and run.runs:
                self._fail(run, state, error)

    def _do(self, run: Execution, state: State) -> None:
        match state["Type"]:
            case "Task":
                self._ask(run, state)
            case "Choice":
                self._enter(run, chosen(state, run.data))
            case "Wait":
                if run.error:
                    raise StateError(RUNTIME, run.error)
                self._enter(run, state["Next"])
            case _:
                self._end(run, "SUCCEEDED", "")

    def _ask(self, run: Execution, state: State) -> None:
        holds = state["Resource"].endswith(_HOLDING)
        mark = run.mark
        if holds:
            run.token = f"{run.number}.{mark}"
            self._held[run.token] = run
            heappush(self._due, (self._clock() + state["TimeoutSeconds"] * SECOND, next(self._numbers), run, mark))
        asked = filled(state["Parameters"], run.data, {"Task": {"Token": run.token}})
        function = self._functions[asked["FunctionName"]]
        run.events += 4 if holds else 3
        try:
            answer = self._invoke(function, asked["Payload"], at_once=holds)
        except StateError:
            if run.mark == mark:
                self._held.pop(run.token, None)
            raise
        if not holds and run.mark == mark and run.runs:
            self._succeed(run, {"Payload": json.loads(json.dumps(answer))})

    def _invoke(self, function: Function, payload: Any, *, at_once: bool) -> object:
        """Call a function as Step Functions does: at least once, and not always to its answer. Raises StateError."""
        again = self._chaos.redelivers()
        answer = self._called(function, payload)
        if again and at_once:
            self._called(function, payload)
        elif again:
            self._ready.append(lambda: self._straggle(function, payload))
        if self._chaos.crashes():
            raise StateError(_LOST, "the answer was lost")
        return answer

    def _straggle(self, function: Function, payload: Any) -> None:
        try:
            self._called(function, payload)
        except StateError:
            return  # nobody waits for its answer any more

    def _called(self, function: Function, payload: Any) -> object:
        self.invocations += 1
        try:
            return function(payload)
        except (KeyboardInterrupt, SystemExit, AssertionError):
            raise
        except Exception as error:
            raise StateError(type(error).__name__, str(error)) from error
        except BaseException as error:  # a process that was killed: chaos raises what no code of ours catches
            raise StateError("Lambda.Unknown", str(error)) from error

    def _succeed(self, run: Execution, result: Any) -> None:
        """Go on with a result, as the state says where it belongs."""
        state = self._state(run)
        try:
            if "ResultSelector" in state:
                result = filled(state["ResultSelector"], result, {})
        except StateError as error:
            return self._end(run, "FAILED", error.name)
        run.data = put(state.get("ResultPath", "$"), run.data, result)
        if state.get("End"):
            return self._end(run, "SUCCEEDED", "")
        return self._enter(run, state["Next"])

    def _fail(self, run: Execution, state: State, error: StateError) -> None:
        """Try a state again, go where the error is caught, or end."""
        self._held.pop(run.token, None)
        retriers, catchers = state.get("Retry", ()), state.get("Catch", ())
        again = handler(retriers, error.name)
        if again is not None and run.tries.get(again, 0) < retriers[again]["MaxAttempts"]:
            tried = run.tries[again] = run.tries.get(again, 0) + 1
            longest = retriers[again].get("MaxDelaySeconds", 60)
            delay = min(retriers[again]["IntervalSeconds"] * retriers[again]["BackoffRate"] ** (tried - 1), longest)
            part = self._random.random() if self._random else 1.0
            run.transitions += 1
            self.transitions += 1
            return self._awaits(run, self._clock() + int(delay * part * SECOND))
        caught = handler(catchers, error.name)
        if caught is None:
            return self._end(run, "FAILED", error.name)
        run.data = put(catchers[caught].get("ResultPath", "$"), run.data, {"Error": error.name, "Cause": error.cause})
        return self._enter(run, catchers[caught]["Next"])

    def _end(self, run: Execution, status: str, error: str) -> None:
        run.status, run.ended, run.error, run.data = status, self._clock(), error, None
        self._held.pop(run.token, None)
        self._machines[run.machine].running.pop(run.name, None)
        if self._told and status != "SUCCEEDED":
            self._told(told_of(run))

    def _state(self, run: Execution) -> State:
        return self._machines[run.machine].states[run.state]


def _still(run: Execution, mark: int | None) -> bool:
    return run.runs and mark in (None, run.mark)
