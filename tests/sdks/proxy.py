"""A network between an SDK and the platform that repeats requests, loses answers, and answers for itself."""

import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, Self

import httpx

Trouble = Literal["none", "twice", "ten times", "lost answer", "busy", "broken", "stored but broken"]
_TIMES = {"twice": 2, "ten times": 10}
_OWN_ANSWERS = {"busy": (429, {"Retry-After": "1"}), "broken": (500, {})}
_NOT_FORWARDED = {"host", "connection", "content-length", "transfer-encoding"}


class ChaosProxy:
    """Meets the first requests with the troubles of a list, one each, and all further ones with `rest`."""

    def __init__(self, target: str, troubles: Sequence[Trouble] = (), rest: Trouble = "none") -> None:
        self._target = target
        self._troubles = list(troubles)
        self._rest: Trouble = rest
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._client = httpx.Client(timeout=60)
        self.forwarded = 0

    @property
    def url(self) -> str:
        """Where an SDK is to call."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def is_through(self) -> bool:
        """Say whether every trouble of the list has happened."""
        return not self._troubles

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._client.close()

    def _next(self) -> Trouble:
        with self._lock:
            return self._troubles.pop(0) if self._troubles else self._rest

    def _forward(self, path: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        with self._lock:
            self.forwarded += 1
        return self._client.post(self._target + path, content=body, headers=headers)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            """One connection of an SDK."""

            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                """Meet a request with what is next."""
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_FORWARDED}
                trouble = proxy._next()
                if trouble in _OWN_ANSWERS:
                    status, extra = _OWN_ANSWERS[trouble]
                    return self._answer(status, b'{"code":"chaos","message":"chaos"}', extra)
                for _ in range(_TIMES.get(trouble, 1)):
                    answer = proxy._forward(self.path, headers, body)
                if trouble == "lost answer":
                    self.close_connection = True
                    return None
                status = 500 if trouble == "stored but broken" else answer.status_code
                return self._answer(status, answer.content, {})

            def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
