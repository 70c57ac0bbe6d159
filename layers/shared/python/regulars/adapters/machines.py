"""State machines of journeys on Step Functions: one for each version, and an execution for each passage."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from regulars.errors import ConflictError, DefinitionError, NotFoundError, UnavailableError

PAGE = 25  # executions a page: who stops them stops so many a second, where Step Functions is slowest
_GONE = frozenset({"StateMachineDoesNotExist", "StateMachineDeleting"})
_LET_GO = frozenset({"TaskDoesNotExist", "TaskTimedOut", "InvalidToken"})
_ENDED = frozenset({"ExecutionDoesNotExist", "ValidationException"})  # the latter where it does not run any more


class Client(Protocol):
    """What is used of the client of Step Functions."""

    def create_state_machine(self, **asked: Any) -> Mapping[str, Any]:
        """Create a state machine."""

    def delete_state_machine(self, **asked: Any) -> object:
        """Remove one."""

    def start_execution(self, **asked: Any) -> object:
        """Start an execution."""

    def stop_execution(self, **asked: Any) -> object:
        """End one."""

    def send_task_success(self, **asked: Any) -> object:
        """Answer a task that waits for a token."""

    def list_executions(self, **asked: Any) -> Mapping[str, Any]:
        """List executions."""


class StepFunctions:
    """
    The port `Machines`. Each call raises UnavailableError when it is not answered, or when AWS takes no more now.

    `role` is what state machines act as; `functions` are the ARNs that stand in definitions for `${name}`. These ARNs
    last as long as a journey: a function that was replaced by one of another name leaves who is under way behind.
    """

    def __init__(self, client: Client, *, role: str, functions: Mapping[str, str], tags: Mapping[str, str]) -> None:
        self._client = client
        self._role = role
        self._functions = functions
        self._tags = [{"key": name, "value": value} for name, value in tags.items()]

    def create(self, name: str, definition: str) -> str:
        """
        Create a state machine, or find the one of this name and definition; give its ARN.

        Raises ConflictError where another definition has the name, and DefinitionError where it is no valid one.
        """
        for function, arn in self._functions.items():
            definition = definition.replace(f"${{{function}}}", arn)
        try:
            made = self._client.create_state_machine(
                name=name, definition=definition, roleArn=self._role, type="STANDARD", tags=self._tags
            )
        except (BotoCoreError, ClientError) as error:
            if _code(error) == "StateMachineAlreadyExists":
                message = f"there is a state machine {name} of another definition: publish another version"
                raise ConflictError(message) from error
            if _code(error) == "InvalidDefinition":
                raise DefinitionError("steps", f"is no state machine that Step Functions takes: {error}") from error
            raise _unavailable("made", error) from error
        machine: str = made["stateMachineArn"]
        return machine

    def delete(self, machine: str) -> None:
        """Remove a state machine; nothing happens when there is none."""
        self._call("removed", _GONE, self._client.delete_state_machine, stateMachineArn=machine)

    def start(self, machine: str, passage: str, input: Mapping[str, Any]) -> None:
        """
        Start an execution, unless one of this passage was started before.

        Raises NotFoundError where the state machine was removed: nobody goes through that version any more.
        """
        content = json.dumps(input, separators=(",", ":"))
        try:
            self._client.start_execution(stateMachineArn=machine, name=passage, input=content)
        except (BotoCoreError, ClientError) as error:
            if _code(error) == "ExecutionAlreadyExists":
                return
            if _code(error) in _GONE:
                raise NotFoundError(f"there is no state machine {machine} any more") from error
            raise _unavailable("started", error) from error

    def stop(self, machine: str, passage: str, cause: str) -> None:
        """End an execution where it is; nothing happens when it has ended."""
        execution = f"{machine.replace(':stateMachine:', ':execution:', 1)}:{passage}"
        self._call("stopped", _ENDED, self._client.stop_execution, executionArn=execution, error="Stopped", cause=cause)

    def release(self, token: str, answer: Mapping[str, Any]) -> bool:
        """Let who holds with a token go on with an answer; say whether they still held."""
        output = json.dumps(answer, separators=(",", ":"))
        return self._call("released", _LET_GO, self._client.send_task_success, taskToken=token, output=output)

    def running(self, machine: str, *, after: str | None = None) -> tuple[Sequence[str], str | None]:
        """
        List executions that are under way by their names, a page of them, and where to go on; None at the end.

        Also those that somebody started by hand: they are no passages, and are stopped like them. A place to go on
        lasts for a day; one that is older begins from the start.
        """
        asked: dict[str, Any] = {"stateMachineArn": machine, "statusFilter": "RUNNING", "maxResults": PAGE}
        try:
            page = self._client.list_executions(**asked, **({"nextToken": after} if after else {}))
        except (BotoCoreError, ClientError) as error:
            if _code(error) in _GONE:
                return [], None
            if after and _code(error) == "InvalidToken":
                return self.running(machine)
            raise _unavailable("listed", error) from error
        return [str(each["name"]) for each in page["executions"]], page.get("nextToken")

    def _call(self, done: str, nothing: Collection[str], call: Callable[..., object], **asked: str) -> bool:
        """Call; say whether it did something, which it does not where it fails with one of these codes."""
        try:
            call(**asked)
        except (BotoCoreError, ClientError) as error:
            if _code(error) in nothing:
                return False
            raise _unavailable(done, error) from error
        return True


def _code(error: BotoCoreError | ClientError) -> str:
    if not isinstance(error, ClientError):
        return ""
    code: str = error.response.get("Error", {}).get("Code", "")
    return code


def _unavailable(done: str, error: BotoCoreError | ClientError) -> UnavailableError:
    if _code(error) == "StateMachineLimitExceeded":
        return UnavailableError("this account has as many state machines as AWS lets it: archive journeys, or ask AWS")
    return UnavailableError(f"a journey cannot be {done} now: try again")
