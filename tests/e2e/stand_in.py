"""A stand-in for the door: serves the deployed browser script and pages of a test, and keeps what it is sent."""

import json
import threading
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from infra.cors import SDK_HEADERS
from tests.asset import load

WRITE_KEY = "wk_stand-in"


class StandIn:
    """One server for one test; `pages` are HTML by path, `calls` what SDKs sent, in the order of their coming."""

    def __init__(self, asset: Path) -> None:
        self._serve_analytics = load(asset)
        self.pages: dict[str, str] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handlers())
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def events(self) -> list[str]:
        """Name the events that came, a page view by its type."""
        messages = [message for _, call in self.calls for message in call.get("batch", [call])]
        return [message.get("event") or message["type"] for message in messages]

    def get(self, path: str, headers: dict[str, str]) -> dict[str, Any]:
        """Answer as the gateway and the functions behind it would."""
        parts = path.strip("/").split("/")
        if parts[0] == "analytics.js":
            return self._ask({"key": parts[2]}, headers)
        if parts[0] == "analytics-next":
            return self._ask({"file": parts[2]}, headers)
        if parts[-1] == "settings":
            return _json({"integrations": {"Segment.io": self._segment(parts[2])}, "metrics": {"sampleRate": 0}})
        if path in self.pages:
            return {"statusCode": 200, "headers": {"content-type": "text/html"}, "body": self.pages[path]}
        return {"statusCode": 404, "headers": {}, "body": ""}

    def _segment(self, key: str) -> dict[str, str]:
        return {"apiKey": key, "apiHost": self.origin.removeprefix("http://") + "/v1", "protocol": "http"}

    def _ask(self, parameters: dict[str, str], headers: dict[str, str]) -> dict[str, Any]:
        return self._serve_analytics({"pathParameters": parameters, "headers": headers}, None)

    def _handlers(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                self._answer(stand_in.get(self.path.partition("?")[0], headers))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                stand_in.calls.append((self.path, json.loads(body)))
                self._answer(_json({"success": True}))

            def do_OPTIONS(self) -> None:
                self._answer({"statusCode": 204, "headers": {}, "body": ""})

            def _answer(self, answer: dict[str, Any]) -> None:
                body = answer.get("body", "")
                content = b64decode(body) if answer.get("isBase64Encoded") else body.encode()
                self.send_response(answer["statusCode"])
                cors = {"access-control-allow-origin": "*", "access-control-allow-headers": ",".join(SDK_HEADERS)}
                for name, value in {**answer["headers"], **cors, "content-length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_arguments: Any) -> None:
                """Say nothing."""

        return Handler


def _json(content: object) -> dict[str, Any]:
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(content)}
