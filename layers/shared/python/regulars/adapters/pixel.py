"""Calls by an image, where no script runs: a letter that is opened, a page without JavaScript."""

from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import replace
from uuid import uuid4

from regulars.adapters.http import Request, Response
from regulars.domain.payloads import Ambiguous, read_object
from regulars.errors import UnparseableError

_GIF = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"  # one transparent point
_DATA = "the image's address has the call as JSON in base64, in `data`"


def image() -> Response:
    """Show the image."""
    headers = {"content-type": "image/gif", "cache-control": "no-store"}
    return {"statusCode": 200, "headers": headers, "body": _GIF, "isBase64Encoded": True}


def as_call(request: Request) -> Request:
    """
    Read the call out of the address.

    One without a messageId gets one: whoever opens a letter twice has opened it twice. Raises UnparseableError.
    """
    body = _decode(request.query.get("data", "")).strip()
    document = read_object(body)
    if not document.get("messageId"):
        more = b"," if document else b""
        body = b'{"messageId":"pixel-%b"%b%b' % (str(uuid4()).encode(), more, body[1:])
    query = {name: value for name, value in request.query.items() if name != "data"}
    if isinstance(key := document.get("writeKey"), str) and not isinstance(document, Ambiguous):
        query.setdefault("writeKey", key)  # it stood in the address, where a server's must not
    headers = {name: value for name, value in request.headers.items() if name != "content-encoding"}
    path = request.path.replace("/pixel/", "/", 1)  # of the call by itself: it may have to wait and be answered again
    return replace(request, method="POST", path=path, headers=headers, query=query, body=body)


def _decode(data: str) -> bytes:
    letters = data.translate(str.maketrans(" -_", "++/")).rstrip("=")  # a + in an address is read as a space
    try:
        return b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except (Base64Error, ValueError):
        raise UnparseableError(_DATA) from None
