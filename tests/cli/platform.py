"""A platform to speak to over HTTP: the real routes and the real door over memory, and faults on demand."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from local.world.world import Counts
from regulars.adapters.http import Request, serve
from regulars.adapters.ingest_api import IngestApi
from regulars.pipeline.ingest import Door
from tests.workspace import Workspace


def token_of(role: str) -> str:
    """Make a token that names its role as a real one does, with the role in the place of the signature."""
    claims = json.dumps({"cognito:groups": [role]}).encode()
    return f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.{role}"


Fault = Callable[[str, str], tuple[int, dict[str, str]] | None]


class Platform:
    """Answers one request at a time; `fault` may answer one instead, `delay` makes each call to the door slow."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        self.url = ""
        self.delay = 0.0
        self.pages: dict[str, object] = {}  # what further routes answer
        self.files: dict[str, bytes] = {}  # what lies at further addresses
        self.fault: Fault = lambda _method, _path: None
        self.asked: list[tuple[str, str]] = []
        self.sent: list[str] = []  # messageIds, each as often as it came
        world = self.workspace.world
        self._door = IngestApi(Door(world.database, self.workspace.sealer, Counts(), lambda: world.clock.now))
        self._lock = threading.Lock()

    @property
    def stored(self) -> list[str]:
        """The messageIds of all events that are stored."""
        with self._lock:
            rows = self.workspace.world.database.changes("events", 0, 10**9)
        return [str((row.new or {})["moment"]).rsplit("#", 1)[-1] for row in rows]

    def settle(self) -> None:
        """Let the pipeline work off what is stored."""
        with self._lock:
            self.workspace.world.settle()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Answer a request."""
        parts = urlsplit(path)
        self.asked.append((method, parts.path))
        if fault := self.fault(method, parts.path):
            status, extra = fault
            return status, extra, json.dumps({"code": "fault", "message": f"a fault of {status}"}).encode()
        if (page := self.pages.get(f"{method} {parts.path}")) is not None:
            return 200, {}, json.dumps(page).encode()
        if parts.path in self.files:
            return 200, {}, self.files[parts.path]
        if parts.path == "/v1/batch":
            time.sleep(self.delay)
            with self._lock:
                return self._receive(parts.path, headers, body)
        with self._lock:
            said_role = headers.get("authorization", "").removeprefix("Bearer ").rsplit(".", 1)[-1]
            role, _, who = said_role.partition("@")
            said = self.workspace.ask(
                method,
                parts.path,
                role,
                query=dict(parse_qsl(parts.query)),
                body=body.decode() or None,
                headers=headers,
                claims={"token_use": "access", "sub": who, "cognito:groups": [role]} if who else None,
            )
        return said.status, said.headers, said.text.encode()

    def _receive(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        self.sent += [call["messageId"] for call in json.loads(body)["batch"]]
        event: dict[str, Any] = {
            "rawPath": path,
            "headers": headers,
            "requestContext": {"http": {"method": "POST"}},
            "body": body.decode(),
        }
        response = serve(event, self._answer, self.workspace.failures.append)
        return response["statusCode"], response["headers"], response["body"].encode()

    def _answer(self, request: Request) -> dict[str, Any]:
        return self._door.answer(request)


@contextmanager
def running() -> Iterator[Platform]:
    """Run a platform on a free port."""
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True  # headers and body are two writes
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, said, content = platform.answer(self.command, self.path, headers, body)
            self.send_response(status)
            for name, value in {**said, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):  # who asked may have been killed
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = _handle  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    platform.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
