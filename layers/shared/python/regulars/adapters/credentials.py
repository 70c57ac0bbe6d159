"""Where SDKs put their write key: five places, in the order in which they are believed; and where they call from."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from typing import Any

from regulars.adapters.http import Request
from regulars.domain.payloads import Ambiguous
from regulars.domain.write_keys import Visit

_LONGEST = 200


def visit(request: Request) -> Visit:
    """Tell how a request came: browsers name the page that sent it, and nothing else does."""
    origin = request.headers.get("origin") or _origin_of(request.headers.get("referer", ""))
    return Visit(
        origin=origin.lower() if origin else None,
        in_url=frozenset([request.query.get("writeKey", "")]),
        address=request.address,
        size=len(request.body),
    )


def write_keys(request: Request, document: Mapping[str, Any]) -> list[str]:
    """List every write key that a request shows, the most trusted place first."""
    shown = [
        *_authorized(request.headers.get("authorization", "")),
        request.headers.get("x-write-key", "").split(":")[0],  # Jitsu sends id:secret; the id is the key
        request.query.get("writeKey", ""),  # a beacon has no headers
        _said(document),
    ]
    return [key for key in shown if 0 < len(key) <= _LONGEST]


def _origin_of(address: str) -> str | None:
    scheme, separator, rest = address.partition("://")
    return f"{scheme}://{rest.split('/')[0].split('?')[0].split('#')[0]}" if separator else address or None


def _authorized(header: str) -> Iterator[str]:
    scheme, _, credentials = header.partition(" ")
    match scheme.lower():
        case "basic":
            yield _user_name(credentials)
        case "bearer":
            yield credentials.strip()  # an OAuth token instead of a key is known to nobody, and the next place is read


def _user_name(credentials: str) -> str:
    try:
        return b64decode(credentials.strip(), validate=True).decode().split(":")[0]
    except (Base64Error, ValueError):
        return ""


def _said(document: Mapping[str, Any]) -> str:
    key = document.get("writeKey")
    if not isinstance(key, str) or key.endswith("***") or isinstance(document, Ambiguous):
        return ""  # Jitsu masks the key in the body
    return key
