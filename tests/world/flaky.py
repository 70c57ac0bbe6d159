"""What answers late, twice or not at all: a database, a queue and a bucket that fail by chance."""

from base64 import b64encode
from random import Random
from typing import Any

from botocore.exceptions import EndpointConnectionError

from local.world.chaos import CrashError
from regulars.errors import UnavailableError


class Trouble:
    """How often things go wrong: before anything was done, after it was done, and for the whole process."""

    def __init__(self, random: Random, *, refused: float, lost: float, crash: float) -> None:
        self._random = random
        self.begin(refused=refused, lost=lost, crash=crash)

    def begin(self, *, refused: float = 0.0, lost: float = 0.0, crash: float = 0.0) -> None:
        """Let things go wrong so often from now on; never, unless told."""
        self._refused, self._lost, self._crash = refused, lost, crash

    def before(self, error: Exception) -> None:
        """Fail before anything is done, perhaps."""
        if self._random.random() < self._refused:
            raise error

    def after(self, error: Exception) -> None:
        """Lose the answer, or the process, after it was done, perhaps."""
        if self._random.random() < self._lost:
            raise error
        if self._random.random() < self._crash:
            raise CrashError


class Flaky:
    """A thing whose every method may fail, before or after it did what it does."""

    def __init__(self, inner: object, trouble: Trouble) -> None:
        self._inner = inner
        self._trouble = trouble

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        error = UnavailableError("it does not answer")

        def call(*arguments: Any, **named: Any) -> Any:
            self._trouble.before(error)
            answer = method(*arguments, **named)
            self._trouble.after(error)
            return answer

        return call


class MemorySqs:
    """A queue as its client shows it: what was sent stays until it was worked off."""

    def __init__(self, trouble: Trouble) -> None:
        self._trouble = trouble
        self.bodies: list[str] = []

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> dict[str, str]:  # noqa: N803 (as AWS has it)
        """Keep a message."""
        error = EndpointConnectionError(endpoint_url=QueueUrl)
        self._trouble.before(error)
        self.bodies.append(MessageBody)
        self._trouble.after(error)
        return {"MessageId": b64encode(str(len(self.bodies)).encode()).decode()}


class MemoryObjects:
    """A bucket."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def put(self, key: str, content: bytes) -> None:
        """Store bytes."""
        self.held[key] = content

    def get(self, key: str) -> bytes | None:
        """Read bytes."""
        return self.held.get(key)

    def delete(self, key: str) -> None:
        """Remove bytes."""
        self.held.pop(key, None)
