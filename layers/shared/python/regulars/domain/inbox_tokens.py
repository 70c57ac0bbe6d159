"""
Tokens of the inbox: whose messages may be read with one, and until when, signed with the workspace's key.

A token names an identifier by its keyed hash, never in clear; a server makes it for who is signed in there.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b, sha256
from hmac import compare_digest, digest

from regulars.domain.instants import DAY, SECOND
from regulars.errors import UnauthorizedError

USUAL = "1 hour"
SHORTEST, LONGEST = 60 * SECOND, 30 * DAY
_MAC = 20
_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxTicket:
    """Whose inbox it opens, by one of their identifiers; `until` is in microseconds, by whole seconds."""

    owner: str
    until: int


def inbox_key(hash_key: bytes) -> bytes:
    """Derive the key that signs tokens of inboxes from the workspace's key."""
    return blake2b(b"inbox", key=hash_key, digest_size=32, person=b"inbox").digest()


def write_inbox_token(ticket: InboxTicket, key: bytes) -> str:
    """Write a ticket as a token."""
    text = json.dumps([ticket.owner, ticket.until // SECOND]).encode()
    return urlsafe_b64encode(_sign(text, key) + text).decode().rstrip("=")


def read_inbox_token(token: str, key: bytes, *, now: int) -> InboxTicket:
    """Read a token back. Raises UnauthorizedError for one that was not written here, and for one that has ended."""
    refused = UnauthorizedError("the token is none of this inbox: have your server make one")
    if not 0 < len(token) <= _MOST or not token.isascii():
        raise refused
    try:
        packed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raise refused from None
    mac, text = packed[:_MAC], packed[_MAC:]
    is_same = urlsafe_b64encode(packed).decode().rstrip("=") == token
    if not compare_digest(mac, _sign(text, key)) or not is_same:
        raise refused
    owner, until = json.loads(text)
    if now >= until * SECOND:
        raise UnauthorizedError("the token has ended: have your server make another")
    return InboxTicket(owner=owner, until=until * SECOND)


def _sign(text: bytes, key: bytes) -> bytes:
    return digest(key, text, sha256)[:_MAC]
