"""Cursors: where a list goes on, signed, so that nobody reads on in a list they were not given."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b, sha256
from hmac import compare_digest, digest

from regulars.errors import InvalidRequestError

_MAC = 16
_LONGEST = 8_192


def cursor_key(hash_key: bytes) -> bytes:
    """Derive the key that signs cursors from the workspace's key."""
    return blake2b(b"cursors", key=hash_key, digest_size=32, person=b"cursor").digest()


def write_cursor(position: str, *, of: str, key: bytes) -> str:
    """Write a position within the list named `of` as a cursor."""
    text = position.encode()
    return urlsafe_b64encode(_sign(text, of, key) + text).decode().rstrip("=")


def read_cursor(cursor: str, *, of: str, key: bytes) -> str:
    """Read a position back. Raises InvalidRequestError for a cursor that was not written for this very list."""
    refused = InvalidRequestError("cursor is the `next` of an answer of this very list: start again without it")
    if len(cursor) > _LONGEST or not cursor.isascii():
        raise refused
    try:
        packed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raise refused from None
    mac, text = packed[:_MAC], packed[_MAC:]
    genuine = compare_digest(mac, _sign(text, of, key)) and urlsafe_b64encode(packed).decode().rstrip("=") == cursor
    if not genuine:
        raise refused
    return text.decode()


def _sign(text: bytes, of: str, key: bytes) -> bytes:
    name = of.encode()
    return digest(key, len(name).to_bytes(4, "big") + name + text, sha256)[:_MAC]
