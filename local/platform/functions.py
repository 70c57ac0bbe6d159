"""Calls the deployed functions through Lambda's public API, a few at a time."""

import json
import logging
import threading
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.platform.clients import Clients
from local.platform.pulse import Pulse
from local.world.lane import Record
from local.world.runner import NotInvokedError

AT_ONCE = 4  # more workers than cores only wait for each other
LONGEST = 2000

logger = logging.getLogger("regulars.functions")


class FunctionError(Exception):
    """A function raised; carries the class and the sentence that it answered with."""


class Functions:
    """The deployed functions, by name or ARN."""

    def __init__(self, clients: Clients, pulse: Pulse) -> None:
        self._lambda = clients.of("lambda")
        self._pulse = pulse
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    def call(self, name: str, event: Any) -> object:
        """Invoke a function and wait for its answer.

        Raises:
            FunctionError: it raised, or could not be started.
            NotInvokedError: it was not called: throttled, or the emulator is out of reach.
        """
        payload = json.dumps(event).encode()
        try:
            with self._slots:
                answer = self._lambda.invoke(FunctionName=name, Payload=payload)
                said = answer["Payload"].read()
        except (BotoCoreError, ClientError) as error:
            logger.warning("%s was not called: %s", name, error)
            raise NotInvokedError from error
        self._pulse.beat()
        if "FunctionError" in answer:
            told = said.decode(errors="replace")[:LONGEST]
            logger.warning("%s failed: %s", name, told)
            raise FunctionError(told)
        return json.loads(said) if said else None

    def call_with_records(self, name: str, records: Sequence[Record]) -> object:
        """Invoke a function as an event source mapping does."""
        return self.call(name, {"Records": list(records)})
