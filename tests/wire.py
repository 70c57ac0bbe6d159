"""One request of each SDK as it was seen on the wire: path, headers, body."""

import gzip
import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from tests.messages import WRITE_KEY, a_batch, a_track_call, an_identify_call

Wire = tuple[str, Mapping[str, str], bytes]
_BASIC = {"Authorization": f"Basic {b64encode(f'{WRITE_KEY}:'.encode()).decode()}"}
_KEY = {"writeKey": WRITE_KEY}


def _request(path: str, body: Any, **headers: str) -> Wire:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return path, named, json.dumps(body, ensure_ascii=False).encode()


def _zipped(path: str, body: Any, content_type: str) -> Wire:
    headers = {**_BASIC, "Content-Type": content_type, "Content-Encoding": "gzip"}
    return path, headers, gzip.compress(json.dumps(body).encode())


_RUDDER_IDENTIFY = an_identify_call(
    traits=None,
    timestamp=None,
    originalTimestamp="2026-01-01T00:01:00.000Z",
    sentAt="2026-01-01T00:01:00.100Z",
    context={"traits": {"plan": "gold"}, "timezone": "GMT+0100"},
)
REQUESTS: Mapping[str, Wire] = {
    "analytics-next": _request(
        "/v1/t", a_track_call(**_KEY, userId=None, _metadata={"bundled": []}), **_BASIC, Content_Type="text/plain"
    ),
    "analytics-next, batching": _request("/v1/b", a_batch(a_track_call(), **_KEY), **_BASIC, Content_Type="text/plain"),
    "rudder in browsers": _request(
        "/v1/identify", _RUDDER_IDENTIFY, **_BASIC, AnonymousId="YQ==", Content_Type="application/json;charset=UTF-8"
    ),
    "rudder, beacon": _request(f"/beacon/v1/batch?writeKey={WRITE_KEY}", a_batch(a_track_call(userId=""))),
    "jitsu": _request("/api/s/track", a_track_call(writeKey=f"{WRITE_KEY}:***"), X_Write_Key=f"{WRITE_KEY}:secret"),
    "analytics-node": _request("/v1/batch", a_batch(a_track_call(), **_KEY), **_BASIC),
    "analytics-node 6": _request("/v1/batch", a_batch(a_track_call(), timestamp="2026-01-01T00:02:00Z"), **_BASIC),
    "rudder in node": _zipped("/v1/batch", a_batch(_RUDDER_IDENTIFY), "application/x-www-form-urlencoded"),
    "segment-analytics-python": _request("/v1/batch", a_batch(a_track_call(userId=None), **_KEY)),
    "segment-analytics-python with OAuth": _request(
        "/v1/batch", a_batch(a_track_call(), **_KEY), Authorization="Bearer token.of.somebody"
    ),
    "rudder in Python": _zipped("/v1/batch", a_batch(an_identify_call()), "application/json"),
    "customerio": _request("/v1/batch/", a_batch(a_track_call()), Authorization=f"Bearer {WRITE_KEY}"),
    "a legacy import": _request("/v1/import", a_batch(a_track_call(), **_KEY)),
}


def an_http_event(wire: Wire, **changes: Any) -> dict[str, Any]:
    """The event that API Gateway makes of a request."""
    path, headers, body = wire
    raw, _, query = path.partition("?")
    return {
        "version": "2.0",
        "rawPath": raw,
        "rawQueryString": query,
        "headers": {"host": "api.example.com", "x-forwarded-proto": "https", **headers},
        "queryStringParameters": dict(parse_qsl(query)) or None,
        "requestContext": {"http": {"method": "POST", "path": raw}},
        "body": b64encode(body).decode(),
        "isBase64Encoded": True,
        **changes,
    }
