"""A network between an SDK and the platform that repeats requests, loses answers, and answers for itself."""

import gzip
import re
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Literal, Self

import httpx

from tests.sdks.gateway import CORS
from tests.sdks.serving import Answered, Asked, Serving

Trouble = Literal["none", "twice", "ten times", "lost answer", "busy", "broken", "stored but broken"]
PATIENCE = 1
_TIMES = {"twice": 2, "ten times": 10}
_CHAOS = {"Content-Type": "application/json", **CORS}
_OWN_ANSWERS = {
    "busy": Answered(status=429, headers={"Retry-After": str(PATIENCE), **_CHAOS}, body=b'{"code":"x","message":"x"}'),
    "broken": Answered(status=500, headers=_CHAOS, body=b'{"code":"x","message":"x"}'),
}
# The host stays as it was called: settings tell it to browsers.
_HOPS = {"accept-encoding", "connection", "content-encoding", "content-length", "date", "server", "transfer-encoding"}
_MESSAGE_ID = re.compile(rb'"messageId":\s*"([^"]+)"')


class ChaosProxy:
    """Meets the first calls with the troubles of a list, one each, and all further ones with `rest`.

    Only calls are met so: preflights, settings and scripts go through.
    """

    def __init__(self, target: str, troubles: Sequence[Trouble] = (), rest: Trouble = "none") -> None:
        self._target = target
        self._troubles = list(troubles)
        self._rest: Trouble = rest
        self._lock = threading.Lock()
        self._client = httpx.Client(timeout=60, headers={"accept-encoding": "identity"})
        self._told_to_wait: dict[bytes, float] = {}
        self.owed: set[bytes] = set()
        self.preflights: set[str] = set()
        self.waits: list[float] = []
        self._serving = Serving(self._answer)
        self.url = self._serving.url

    @property
    def is_through(self) -> bool:
        """Say whether every trouble of the list has happened, and each message was answered well in the end."""
        return not self._troubles and not self.owed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._serving.close()
        self._client.close()

    def _answer(self, asked: Asked) -> Answered | None:
        if asked.method == "OPTIONS":
            self.preflights.add(asked.path.partition("?")[0])
        return self._meet(asked) if asked.method == "POST" else self._forward(asked)

    def _meet(self, asked: Asked) -> Answered | None:
        """Meet a call with what is next."""
        ids = _message_ids(asked)
        trouble = self._next(ids)
        if trouble in _OWN_ANSWERS:
            return _OWN_ANSWERS[trouble]
        for _ in range(_TIMES.get(trouble, 1)):
            answered = self._forward(asked)
        if trouble == "lost answer":
            return None
        if trouble == "stored but broken":
            return _OWN_ANSWERS["broken"]
        with self._lock:
            self.owed -= ids if answered.status == httpx.codes.OK else set()
        return answered

    def _next(self, ids: set[bytes]) -> Trouble:
        with self._lock:
            self.owed |= ids
            told = [self._told_to_wait.pop(one) for one in ids & self._told_to_wait.keys()]
            self.waits += [time.monotonic() - max(told)] if told else []
            trouble = self._troubles.pop(0) if self._troubles else self._rest
            if trouble == "busy":
                self._told_to_wait |= dict.fromkeys(ids, time.monotonic())
            return trouble

    def _forward(self, asked: Asked) -> Answered:
        url, headers = self._target + asked.path, _without_hops(asked.headers, but="content-encoding")
        answer = self._client.request(asked.method, url, content=asked.body, headers=headers)
        return Answered(status=answer.status_code, headers=_without_hops(answer.headers), body=answer.content)


def _without_hops(headers: Mapping[str, str], but: str = "") -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _HOPS - {but}}


def _message_ids(asked: Asked) -> set[bytes]:
    zipped = asked.headers.get("content-encoding") == "gzip"
    return set(_MESSAGE_ID.findall(gzip.decompress(asked.body) if zipped else asked.body))
