"""
Tokens of preference links: whom a link was sent to, what it may do, and until when, signed with the workspace's key.

A token names an identifier by its keyed hash, never in clear. Whoever has one may decide on consent for that person.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b, sha256
from hmac import compare_digest, digest

from regulars.domain.instants import SECOND, to_text
from regulars.errors import EndedLinkError, InvalidLinkError

USUAL_DAYS = 365
LONGEST_DAYS = 1_100  # three years: a letter is kept long
_MAC = 20
_LONGEST = 1_000
_PREFERENCES = "preferences"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """
    What a link may do: show and change preferences, or only withdraw from a purpose, by a channel, or everything.

    `until` is in microseconds, by whole seconds.
    """

    owner: str
    until: int
    preferences: bool = False
    purpose: str | None = None
    channel: str | None = None


def ticket_key(hash_key: bytes) -> bytes:
    """Derive the key that signs links from the workspace's key."""
    return blake2b(b"preferences", key=hash_key, digest_size=32, person=b"preferences").digest()


def write_ticket(ticket: Ticket, key: bytes) -> str:
    """Write a ticket as a token."""
    said = [_PREFERENCES] if ticket.preferences else [each for each in (ticket.purpose, ticket.channel) if each]
    text = json.dumps([ticket.owner, ticket.until // SECOND, int(ticket.preferences), *said]).encode()
    return urlsafe_b64encode(_sign(text, key) + text).decode().rstrip("=")


def read_ticket(token: str, key: bytes, *, now: int) -> Ticket:
    """Read a token back. Raises InvalidLinkError for one that was not written here, EndedLinkError for an old one."""
    refused = InvalidLinkError("this link is incomplete: copy the whole of it from the letter")
    if len(token) > _LONGEST or not token.isascii():
        raise refused
    try:
        packed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raise refused from None
    mac, text = packed[:_MAC], packed[_MAC:]
    is_same = urlsafe_b64encode(packed).decode().rstrip("=") == token
    if not compare_digest(mac, _sign(text, key)) or not is_same:
        raise refused
    owner, until, preferences, *said = json.loads(text)
    if now >= until * SECOND:
        raise EndedLinkError(f"this link ended on {to_text(until * SECOND)[:10]}: use that of a newer letter")
    if preferences:
        return Ticket(owner=owner, until=until * SECOND, preferences=True)
    purpose, channel = (*said, None, None)[:2]
    return Ticket(owner=owner, until=until * SECOND, purpose=purpose, channel=channel)


def _sign(text: bytes, key: bytes) -> bytes:
    return digest(key, text, sha256)[:_MAC]
