"""All APIs over memory as one WSGI application, for whoever speaks HTTP to it in process."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from regulars.adapters.http import serve
from regulars.adapters.ingest_api import IngestApi
from regulars.adapters.openapi import document
from tests.canaries import a_workspace_with_canaries
from tests.messages import WRITE_KEY
from tests.pipeline.front_door import FrontDoor
from tests.workspace import Workspace

Start = Callable[[str, list[tuple[str, str]]], object]
ELSEWHERE = ("/analytics",)  # files, which no function in memory serves
CLAIMS = {"token_use": "access", "sub": "s-1", "cognito:groups": "[admin]"}


class Application:
    """A workspace with a person in it, whose door and APIs an admin asks."""

    def __init__(self) -> None:
        self.workspace: Workspace = a_workspace_with_canaries()
        front_door = FrontDoor(self.workspace.world.database)
        front_door.now = self.workspace.world.clock.now
        self._ingest = IngestApi(front_door.door)
        paths = (path for path, operations in document()["paths"].items() if _is_open(operations))
        self._open = tuple(path.split("{")[0] for path in paths if not path.startswith(ELSEWHERE))

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer a request."""
        event = _event(environ)
        if event["rawPath"] == "/v1/openapi.json" or not event["rawPath"].startswith(self._open):
            response = serve(event, self.workspace.answer, self.workspace.failures.append)
        else:
            event["headers"].setdefault("x-write-key", WRITE_KEY)
            response = serve(event, self._ingest.answer, self.workspace.failures.append)
        start(f"{response['statusCode']} x", list(response["headers"].items()))
        body = str(response["body"])
        return [b64decode(body) if response.get("isBase64Encoded") else body.encode("utf-8", "replace")]


def _is_open(operations: dict[str, Any]) -> bool:
    return any(operation.get("security") == [{}] for operation in operations.values() if isinstance(operation, dict))


def _event(environ: dict[str, Any]) -> dict[str, Any]:
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": {"host": "api.example.com", **headers},
        "queryStringParameters": query or None,
        "requestContext": {
            "http": {"method": environ["REQUEST_METHOD"], "path": path},
            "authorizer": {"jwt": {"claims": CLAIMS}},
        },
        "body": b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }
