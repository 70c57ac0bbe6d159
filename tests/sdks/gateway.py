"""An HTTP API of a few lines: leads requests to functions, answers preflights, and lets web pages read answers."""

from base64 import b64decode, b64encode
from typing import Any
from urllib.parse import parse_qsl

from infra.cors import READABLE, SDK_HEADERS
from tests.asset import Handler
from tests.sdks.serving import Answered, Asked, Serving

CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": ",".join(READABLE)}
PREFLIGHT = {
    "Access-Control-Allow-Headers": ",".join(SDK_HEADERS),
    "Access-Control-Allow-Methods": "GET,POST,PUT,DELETE,OPTIONS",
    "Access-Control-Max-Age": "86400",
}


class Gateway:
    """Serves two functions: the door, and the one that gives web pages their script."""

    def __init__(self, ingest: Handler, serve_analytics: Handler) -> None:
        self._ingest, self._serve_analytics = ingest, serve_analytics
        self._serving = Serving(self._answer)
        self.url = self._serving.url

    def close(self) -> None:
        """Stop serving."""
        self._serving.close()

    def _answer(self, asked: Asked) -> Answered:
        cors = CORS if "origin" in asked.headers else {}
        if asked.method == "OPTIONS":
            return Answered(status=204, headers={**PREFLIGHT, **cors})
        answer = self._ask(asked)
        content = answer.get("body", "")
        body = b64decode(content) if answer.get("isBase64Encoded") else content.encode()
        return Answered(status=answer["statusCode"], headers={**answer.get("headers", {}), **cors}, body=body)

    def _ask(self, asked: Asked) -> dict[str, Any]:
        parts = asked.path.partition("?")[0].strip("/").split("/")
        if asked.method == "GET" and parts[0] == "analytics.js":
            return self._serve_analytics({**_event(asked), "pathParameters": {"key": parts[2]}}, None)
        if asked.method == "GET" and parts[0] == "analytics-next":
            return self._serve_analytics({**_event(asked), "pathParameters": {"file": parts[2]}}, None)
        return self._ingest(_event(asked), None)


def _event(asked: Asked) -> dict[str, Any]:
    path, _, query = asked.path.partition("?")
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": asked.headers,
        "queryStringParameters": dict(parse_qsl(query)) or None,
        "requestContext": {"http": {"method": asked.method, "path": path}},
        "body": b64encode(asked.body).decode(),
        "isBase64Encoded": True,
    }
