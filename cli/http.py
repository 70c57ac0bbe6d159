"""Requests to the platform: one client, patient where the platform asks for patience, clear where it refuses."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from cli.errors import AnswerError, UserError
from cli.place import Place

ATTEMPTS = 8
LONGEST_WAIT = 30.0
_AGAIN = frozenset({408, 429, 500, 502, 503, 504})


class Http:
    """Sends JSON with a token and reads JSON, waiting and repeating where that can help."""

    def __init__(
        self,
        place: Place,
        *,
        case: str | None = None,
        transport: httpx.BaseTransport | None = None,
        attempts: int = ATTEMPTS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = place.must_have_url()
        self._token, self._case = place.token, case
        self._attempts, self._sleep = attempts, sleep
        self._client = httpx.Client(base_url=self.url, transport=transport, timeout=httpx.Timeout(35, connect=5))

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def ask(self, method: str, path: str, **request: Any) -> Any:
        """Send a request with the token; return what the answer's JSON says. Raises AnswerError, UserError."""
        if self._token is None:
            raise UserError("nobody is signed in", fix="sign in: regulars login (or say --token, or REGULARS_TOKEN)")
        headers = {"authorization": f"Bearer {self._token}", **request.pop("headers", {})}
        if self._case is not None:
            headers["x-case"] = self._case
        return self.send(method, path, headers=headers, **request)

    def send(self, method: str, path: str, **request: Any) -> Any:
        """Send a request; return what the answer's JSON says. Raises AnswerError, UserError."""
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts
            try:
                answer = self._client.request(method, path, **request)
            except httpx.TransportError as error:
                if last:
                    raise _unreachable(self.url, error) from error
                self._sleep(_wait(attempt, None))
                continue
            if answer.status_code not in _AGAIN or last:
                return _read(answer, f"{method} {self.url}{path}")
            self._sleep(_wait(attempt, answer.headers.get("retry-after")))
        raise AssertionError("the last attempt returns or raises")

    def pages(self, path: str, plural: str, *, limit: int = 1_000, asked: Mapping[str, str] = {}) -> Iterator[Any]:
        """List entries page by page, `limit` at a time, as long as somebody takes them; `asked` says which."""
        cursor = None
        while True:
            page = self.ask("GET", path, params={**asked, "limit": limit, **({"cursor": cursor} if cursor else {})})
            yield from page[plural]
            cursor = page["next"]
            if cursor is None:
                return

    def posts(self, path: str, body: Mapping[str, Any], asked: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Do the same to page after page of a list, as long as somebody takes the answers."""
        cursor = None
        while True:
            page: Mapping[str, Any] = self.ask(
                "POST", path, json=body, params={**asked, **({"cursor": cursor} if cursor else {})}
            )
            yield page
            cursor = page["next"]
            if cursor is None:
                return


def _wait(attempt: int, asked: str | None) -> float:
    if asked is not None and asked.isascii() and asked.isdigit():
        return min(float(asked[:6]), LONGEST_WAIT)
    return float(min(0.2 * 2**attempt, LONGEST_WAIT)) * random.uniform(0.5, 1)


def _read(answer: httpx.Response, where: str) -> Any:
    try:
        content = answer.json()
    except ValueError:
        content = None
    if answer.is_success and isinstance(content, dict):
        return content
    if answer.is_success:
        raise AnswerError(answer.status_code, "no_json", "the answer is not what Regulars says", where=where)
    said: Mapping[str, Any] = content if isinstance(content, dict) else {}
    message = str(said.get("message") or f"the platform answered {answer.status_code}")
    fix = _FIXES.get(answer.status_code, "")
    raise AnswerError(answer.status_code, str(said.get("code", "")), message, where=where, fix=fix)


_FIXES = {
    401: "sign in again: regulars login (make dev keeps a fresh token in .regulars/local.json)",
    403: "ask an admin for a role that may do this",
    429: "wait a little and repeat the command",
    503: "look at `regulars doctor`, then repeat the command",
}


def _unreachable(url: str, error: httpx.TransportError) -> UserError:
    return UserError(
        f"the platform cannot be reached: {str(error) or type(error).__name__}",
        where=url,
        fix="start it with `make dev`, or check --url",
    )
