"""The door as SDKs see it, with everything behind it in memory."""

import json
from typing import Any

from local.world.world import World
from regulars.adapters.http import Response, serve
from regulars.adapters.ingest_api import IngestApi
from regulars.domain.events import Event
from regulars.stores.definitions import Definition
from regulars.stores.events import from_item
from tests.payloads.payload import Sent
from tests.pipeline.front_door import FrontDoor
from tests.wire import an_http_event


class Address:
    """An address with three sources: `web`, `other`, and `careful`, which asks for consent."""

    def __init__(self) -> None:
        self.world = World()
        self.front_door = FrontDoor(self.world.database)
        self.front_door.add_source("other", "wk_other")
        self.front_door.add_source("careful", "wk_careful")
        consent = {"consent": {"analytics": {"unsaid": "denied"}}}
        self.front_door.catalog.put(Definition(kind="source", id="careful", content=consent))
        self.failures: list[Exception] = []
        self._api = IngestApi(self.front_door.door)

    def send(self, sent: Sent) -> Response:
        """Send a request as the gateway hands it over."""
        event = an_http_event((sent.path, sent.headers, sent.body))
        return serve({**event, **sent.gateway}, self._api.answer, self.failures.append)

    def verdict(self, sent: Sent) -> str:
        """Send a request and say what became of it, or of its first event."""
        answer = self.send(sent)
        content: dict[str, Any] = json.loads(answer["body"])
        if answer["statusCode"] != 200:
            return f"{answer['statusCode']} `{content['code']}`"
        first = (content["verdicts"] or [{"verdict": "accepted"}])[0]
        match first["verdict"]:
            case "accepted" | "duplicate":
                return "accept"
            case "suppressed":
                return "suppress"
        return f"quarantine `{first['code']}`"

    def events(self) -> list[Event]:
        """All stored events."""
        return [from_item(item) for item in self.world.database.all("events")]
