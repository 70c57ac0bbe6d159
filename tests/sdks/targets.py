"""What an SDK's calls end in: the door over memory, served here, or a platform that runs."""

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

from local.world.memory import MemoryDatabase
from regulars.adapters.http import serve
from regulars.adapters.ingest_api import IngestApi
from regulars.adapters.observability import log_failure
from tests.e2e.platform import Platform
from tests.messages import WRITE_KEY
from tests.pipeline.front_door import FrontDoor
from tests.wire import an_http_event


class Target(Protocol):
    """Somewhere to send to, that can be asked what it has stored."""

    url: str
    write_key: str

    def stored(self) -> Counter[str]:
        """Count the stored events by message id."""

    def accepted(self) -> int:
        """Count the events that were accepted, as the platform itself counts them."""


class MemoryTarget:
    """The door over memory, behind HTTP."""

    def __init__(self) -> None:
        self._front_door = FrontDoor(MemoryDatabase())
        self._api = IngestApi(self._front_door.door)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.write_key = WRITE_KEY
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stored(self) -> Counter[str]:
        """Count the stored events by message id."""
        return Counter(event.message_id for event in self._front_door.events())

    def accepted(self) -> int:
        """Count the accepted events."""
        return self._front_door.journal.counts["events_accepted"]

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self._api

        class Handler(BaseHTTPRequestHandler):
            """A gateway of a few lines."""

            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                """Hand a request to the function."""
                body = self.rfile.read(int(self.headers["content-length"]))
                event = an_http_event((self.path, dict(self.headers.items()), body))
                answer = serve(event, api.answer, lambda error: log_failure("a request could not be served", error))
                content = answer["body"].encode()
                self.send_response(answer["statusCode"])
                for name, value in answer["headers"].items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


class PlatformTarget:
    """A platform that runs."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._before = platform.settle()["accepted"]
        self.url = platform.url
        self.write_key = platform.write_key

    def stored(self) -> Counter[str]:
        """Count the stored events by message id."""
        dynamodb = self._platform.aws("dynamodb")
        (table,) = [name for name in dynamodb.list_tables()["TableNames"] if "events" in name.lower()]
        pages = dynamodb.get_paginator("scan").paginate(TableName=table, ProjectionExpression="moment")
        moments = (item["moment"]["S"] for page in pages for item in page["Items"])
        return Counter(moment.split("#", 2)[2] for moment in moments)

    def accepted(self) -> int:
        """Count the events that were accepted since this began."""
        counts = self._platform.settle()
        assert counts["quarantined"] + counts["pending"] + counts["deferred"] == 0, counts
        return counts["accepted"] - self._before
