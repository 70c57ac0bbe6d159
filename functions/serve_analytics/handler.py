"""Serve the browser SDK: the one tag of a web page, and the files that the SDK loads later."""

import gzip
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from regulars.adapters.http import Response, read, refuse
from regulars.errors import NotFoundError

_HERE = Path(__file__).parent
_DIST = _HERE / "dist"
_WRITE_KEY = re.compile(r"[A-Za-z0-9_-]{1,100}")
_UPDATED_DAILY = "public, max-age=3600, stale-while-revalidate=86400"
_NEVER_CHANGES = "public, max-age=31536000, immutable"  # the name of a bundle holds its hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A file as it goes out."""

    body: bytes
    zipped: bytes
    etag: str
    caching: str


def handler(event: dict[str, Any], _context: object) -> Response:
    """Answer a request for a file of the SDK."""
    request = read(event)
    try:
        name = request.parameters.get("file")
        script = _analytics(request.parameters.get("key", "")) if name is None else _bundle(name)
    except NotFoundError as error:
        return refuse(error)
    return _response(script, request.headers)


@lru_cache(maxsize=64)
def _analytics(key: str) -> Script:
    """Put the licence and our prelude before the SDK. Raises NotFoundError if no write key looks like this."""
    if not _WRITE_KEY.fullmatch(key):
        raise NotFoundError("a write key has letters, digits, - and _ only: copy it from the source's settings")
    prelude = (_HERE / "prelude.js").read_bytes().replace(b"%WRITE_KEY%", key.encode())
    notice = b"/*! @segment/analytics-next\n" + (_DIST / "LICENSE.MD").read_bytes() + b"*/\n"
    return _script(prelude + notice + (_DIST / "standalone.js").read_bytes(), caching=_UPDATED_DAILY)


@lru_cache(maxsize=32)
def _bundle(name: str) -> Script:
    """Find a part that the SDK loads when it needs it. Raises NotFoundError."""
    if name not in _bundles():
        raise NotFoundError("this version of the SDK has no such file: reload the page")
    return _script((_DIST / name).read_bytes(), caching=_NEVER_CHANGES)


@cache
def _bundles() -> frozenset[str]:
    return frozenset(path.name for path in _DIST.glob("*.bundle.*.js"))


def _script(body: bytes, *, caching: str) -> Script:
    etag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
    return Script(body=body, zipped=gzip.compress(body, mtime=0), etag=etag, caching=caching)


def _response(script: Script, headers: Mapping[str, str]) -> Response:
    answer = {
        "cache-control": script.caching,
        "content-type": "text/javascript; charset=utf-8",
        "cross-origin-resource-policy": "cross-origin",
        "etag": script.etag,
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
    }
    if script.etag in headers.get("if-none-match", ""):
        return {"statusCode": 304, "headers": answer}
    if not re.search(r"\bgzip\b(?!;q=0(\.0*)?(,|$))", headers.get("accept-encoding", "")):
        return {"statusCode": 200, "headers": answer, "body": script.body.decode()}
    answer["content-encoding"] = "gzip"
    return {"statusCode": 200, "headers": answer, "body": b64encode(script.zipped).decode(), "isBase64Encoded": True}
