"""State machines on Step Functions: what its errors mean."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from regulars.adapters.machines import StepFunctions
from regulars.errors import ConflictError, DefinitionError, NotFoundError, UnavailableError

MACHINE = "arn:aws:states:eu-west-1:000000000000:stateMachine:regulars-prod-welcome-1"
CALLS: dict[str, Callable[[StepFunctions], object]] = {
    "create": lambda machines: machines.create("x", "{}"),
    "delete": lambda machines: machines.delete(MACHINE),
    "start": lambda machines: machines.start(MACHINE, "p", {"instance": "u x p"}),
    "stop": lambda machines: machines.stop(MACHINE, "p", "a cause"),
    "release": lambda machines: machines.release("token", {"way": 1}),
    "running": lambda machines: machines.running(MACHINE),
}


class Client:
    """A client that keeps what it was asked, and fails as it is told."""

    def __init__(self, *failures: Exception | str | None) -> None:
        self._failures = list(failures)
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.answers: dict[str, Any] = {"create_state_machine": {"stateMachineArn": MACHINE}}

    def __getattr__(self, name: str) -> Any:
        def call(**asked: Any) -> Any:
            self.asked.append((name, asked))
            failure = self._failures.pop(0) if self._failures else None
            if isinstance(failure, str):
                raise ClientError({"Error": {"Code": failure, "Message": "no"}}, name)
            if failure:
                raise failure
            return self.answers.get(name, {})

        return call


def on(client: Client) -> StepFunctions:
    """State machines that are asked through a client."""
    functions = {"journey_step": "arn:a", "deliver": "arn:b"}
    return StepFunctions(client, role="arn:role", functions=functions, tags={"app": "regulars"})


@pytest.mark.parametrize("failure", ["ThrottlingException", "AccessDeniedException", "timeout"])
@pytest.mark.parametrize("call", CALLS)
def test_what_is_not_answered_is_unavailable(call: str, failure: str) -> None:
    error = ConnectTimeoutError(endpoint_url="https://x") if failure == "timeout" else failure

    with pytest.raises(UnavailableError, match="try again"):
        CALLS[call](on(Client(error)))


@pytest.mark.parametrize(
    ("call", "code", "error"),
    [
        ("create", "StateMachineAlreadyExists", ConflictError),
        ("create", "InvalidDefinition", DefinitionError),
        ("create", "StateMachineDeleting", UnavailableError),
        ("create", "StateMachineLimitExceeded", UnavailableError),
        ("start", "StateMachineDoesNotExist", NotFoundError),
        ("start", "StateMachineDeleting", NotFoundError),
        ("start", "ExecutionLimitExceeded", UnavailableError),
        ("release", "InvalidOutput", UnavailableError),
    ],
)
def test_errors_are_told_in_our_words(call: str, code: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        CALLS[call](on(Client(code)))


@pytest.mark.parametrize(
    ("call", "code", "answer"),
    [
        ("delete", "StateMachineDoesNotExist", None),
        ("delete", "StateMachineDeleting", None),
        ("start", "ExecutionAlreadyExists", None),
        ("stop", "ExecutionDoesNotExist", None),
        ("stop", "ValidationException", None),
        ("release", "TaskTimedOut", False),
        ("release", "TaskDoesNotExist", False),
        ("release", "InvalidToken", False),
        ("running", "StateMachineDoesNotExist", ([], None)),
    ],
)
def test_what_was_done_before_is_no_error(call: str, code: str, answer: object) -> None:
    assert CALLS[call](on(Client(code))) == answer


def test_an_execution_has_the_name_of_its_passage() -> None:
    client = Client()
    CALLS["start"](on(client))
    CALLS["stop"](on(client))

    assert client.asked == [
        ("start_execution", {"stateMachineArn": MACHINE, "name": "p", "input": '{"instance":"u x p"}'}),
        (
            "stop_execution",
            {
                "executionArn": "arn:aws:states:eu-west-1:000000000000:execution:regulars-prod-welcome-1:p",
                "error": "Stopped",
                "cause": "a cause",
            },
        ),
    ]


def test_who_holds_is_told_the_way() -> None:
    client = Client()

    assert CALLS["release"](on(client)) is True
    assert client.asked == [("send_task_success", {"taskToken": "token", "output": '{"way":1}'})]


def test_a_page_that_is_too_old_begins_from_the_start() -> None:
    client = Client("InvalidToken")
    client.answers = {
        "list_executions": {"executions": [{"executionArn": "e", "name": "p"}], "nextToken": "t"},
    }

    assert on(client).running(MACHINE, after="old") == (["p"], "t")
    assert ["nextToken" in asked for _, asked in client.asked] == [True, False]
