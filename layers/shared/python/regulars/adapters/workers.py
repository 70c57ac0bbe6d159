"""The workers of a run over everybody: a state machine that calls a function for each segment until that is done."""

import json
from collections.abc import Sequence
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

from regulars.errors import UnavailableError


class Client(Protocol):
    """What is used of the client of Step Functions."""

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> object:  # noqa: N803 - AWS's names
        """Start an execution."""


class StateMachine:
    """Starts executions; what they carry is the id of a run and the numbers of its segments."""

    def __init__(self, client: Client, arn: str) -> None:
        self._client = client
        self._arn = arn

    def start(self, id: str, segments: Sequence[int], *, name: str) -> None:
        """Start workers under a name that no others had. Raises UnavailableError."""
        content = json.dumps({"id": id, "segments": list(segments)})
        try:
            self._client.start_execution(stateMachineArn=self._arn, name=name, input=content)
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("the workers cannot be started now: send the same again") from error
