"""
The second durable way in: a request that no table took waits in a queue, sealed, and is answered again later.

Its key comes from KMS and travels wrapped with it: the workspace's own key lies in a table, and tables are what fails.
"""

import os
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from regulars.adapters.http import Request
from regulars.adapters.objects import Objects
from regulars.adapters.sealing import Wrapper
from regulars.domain.packing import pack, unpack
from regulars.errors import RequestError, UnavailableError
from regulars.pipeline.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

PREFIX = "overflow"  # of the keys of what is larger than a message
MOST = 1_000_000  # bytes of a message; SQS takes 1 MiB
PATIENCE = 2.0  # seconds: whoever took longer to fail is not asked again for a while
REST = 5.0  # seconds
_NONCE = 12
_BOUND = PREFIX.encode()
_LATER = frozenset({429, 503})
_NEVER_KEPT = frozenset({"cookie"})


class Overflow:
    """
    Keeps requests and gives them back.

    While tables take seconds to fail, it says so, and further requests come here at once.
    """

    def __init__(
        self,
        client: "Callable[[], SQSClient]",
        queue: str,
        objects: Callable[[], Objects],
        wrapper: Wrapper,
        clock: Clock,
        passed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._queue = queue
        self._objects = objects
        self._clock = clock
        self._passed = passed
        self._rests_until = 0.0
        self._unwrap = lru_cache(maxsize=16)(wrapper.unwrap)
        self._key = lru_cache(maxsize=1)(lambda: wrapper.generate(32))

    def begin(self) -> float:
        """Say when an attempt at the tables begins. Raises UnavailableError while they rest."""
        now = self._passed()
        if now < self._rests_until:
            raise UnavailableError("the tables did not answer a moment ago")
        return now

    def failed(self, begun: float) -> None:
        """Say that the attempt failed."""
        now = self._passed()
        if now - begun > PATIENCE:
            self._rests_until = now + REST

    def keep(self, request: Request) -> None:
        """Keep a request until it can be answered as if it came now. Raises UnavailableError."""
        key, wrapped = self._key()
        nonce = os.urandom(_NONCE)
        sealed = nonce + AESGCM(key).encrypt(nonce, _packed(request, self._clock()), _BOUND)
        message = f"{b64encode(wrapped).decode()}.{b64encode(sealed).decode()}"
        if len(message) > MOST:
            place = f"{PREFIX}/{uuid4()}"
            self._objects().put(place, sealed)
            message = f"{b64encode(wrapped).decode()}@{place}"
        try:
            self._client().send_message(QueueUrl=self._queue, MessageBody=message)
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("the request could be stored nowhere now: send it again") from error

    def drain(self, message: str, answer: Callable[[Request], object]) -> str | None:
        """
        Answer a kept request; give the code of the error for which it would have been refused when it came.

        Raises RequestError when it has to wait longer.
        """
        code = None
        wrapped, at, place = message.partition("@")
        if not at:
            wrapped, _, content = message.partition(".")
        sealed = self._objects().get(place) if at else b64decode(content)
        if sealed is None:
            return code  # it was answered before, and only the message was left
        key = AESGCM(self._unwrap(b64decode(wrapped)))
        try:
            answer(_unpacked(key.decrypt(sealed[:_NONCE], sealed[_NONCE:], _BOUND)))
        except RequestError as error:
            if error.status in _LATER:
                raise
            code = error.code
        if at:
            self._objects().delete(place)
        return code


def _packed(request: Request, now: int) -> bytes:
    headers = {name: value for name, value in request.headers.items() if name not in _NEVER_KEPT}
    kept = replace(request, headers=headers, received=request.received or now)
    return pack(asdict(kept) | {"body": b64encode(request.body).decode()})


def _unpacked(packed: bytes) -> Request:
    fields: Mapping[str, Any] = unpack(packed)
    return Request(**{**fields, "body": b64decode(fields["body"])})
