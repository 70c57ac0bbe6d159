"""HTTP as API Gateway hands it over: read a request, write an answer, turn our errors into JSON."""

import json
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from regulars.errors import MethodNotAllowedError, RequestError, UnavailableError, UnparseableError

DOCS = "docs/errors.md"

Response = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    One request; header names are in lower case, `claims` those of the token that the gateway has checked.

    `address` is where it came from as the gateway saw it, `id` what the gateway calls it, `received` (microseconds) is
    there if that was before now.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)
    body: bytes = b""
    address: str | None = None
    id: str = ""
    received: int | None = None


def read(event: Mapping[str, Any]) -> Request:
    """
    Read an event of an HTTP API, payload format 2.0.

    Raises UnparseableError.
    """
    context = event.get("requestContext") or {}
    authorizer = context.get("authorizer") or {}
    return Request(
        method=context.get("http", {}).get("method", "GET"),
        path=event.get("rawPath") or "/",
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        query=event.get("queryStringParameters") or {},
        parameters=event.get("pathParameters") or {},
        claims=authorizer.get("jwt", {}).get("claims") or {},
        body=_body(event),
        address=context.get("http", {}).get("sourceIp"),
        id=str(context.get("requestId") or ""),
    )


def is_opted_out(request: Request) -> bool:
    """Say whether the browser asks that nothing about its person is sold or shared: Global Privacy Control."""
    return request.headers.get("sec-gpc", "").strip() == "1"


def respond(content: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON."""
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", "cache-control": "no-store", **(headers or {})},
        "body": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
    }


def refuse(error: RequestError) -> Response:
    """Answer with an error: SDKs look for `code` and `message` at the top, and for whole seconds in Retry-After."""
    headers = {"retry-after": str(error.retry_after)} if error.retry_after is not None else {}
    if isinstance(error, MethodNotAllowedError):
        headers["allow"] = error.allowed
    content = {"code": error.code, "message": str(error), "docs": f"{DOCS}#{error.code}"}
    return respond(content, status=error.status, headers=headers)


def serve(
    event: Mapping[str, Any],
    answer: Callable[[Request], Response],
    report: Callable[[Exception], None],
) -> Response:
    """Answer an event whatever happens: our errors as what they are, all others reported and answered with 503."""
    try:
        return answer(read(event))
    except RequestError as error:
        if error.status >= UnavailableError.status:
            report(error)
        return refuse(error)
    except Exception as error:  # noqa: BLE001 - the edge of the process: an SDK must get JSON and keep its events
        report(error)
        return refuse(UnavailableError("the request could not be served now: send it again"))


def _body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode("utf-8", "surrogatepass")
    try:
        return b64decode(body, validate=True)
    except (Base64Error, ValueError):
        raise UnparseableError("the body is not the base64 that it is said to be") from None
