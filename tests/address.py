"""An address in front of a door over memory."""

import json
from typing import Any

from local.world.memory import MemoryDatabase
from regulars.adapters.http import Response, serve
from regulars.adapters.ingest_api import IngestApi
from tests.pipeline.front_door import FrontDoor
from tests.wire import an_http_event


class Address:
    """What a test of the paths of SDKs needs."""

    def __init__(self, front_door: FrontDoor | None = None) -> None:
        self.front_door = front_door or FrontDoor(MemoryDatabase())
        self._api = IngestApi(self.front_door.door)

    def ask(self, event: dict[str, Any]) -> Response:
        """Answer an event of API Gateway."""
        return serve(event, self._api.answer, lambda _error: None)

    def send(self, path: str, body: Any, method: str = "POST", **headers: str) -> Response:
        """Answer a request with the write key in its body."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        context = {"http": {"method": method}}
        return self.ask(an_http_event((path, headers, content), requestContext=context))

    def get(self, path: str, **headers: str) -> Response:
        """Answer a request without a body."""
        return self.send(path, b"", "GET", **headers)
