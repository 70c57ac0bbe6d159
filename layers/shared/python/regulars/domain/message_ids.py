"""What makes two calls the same one: the id that the sender gave, and a print of all that a retry repeats."""

from hashlib import blake2b

from regulars.domain.base32 import to_base32
from regulars.domain.messages import Message
from regulars.domain.payloads import write
from regulars.domain.telling import Own, text_tells

LONGEST = 100
_HASHED = "h-"
# Not sentAt, receivedAt, _metadata, writeKey or context: a retry may carry others.
_REPEATED = "anonymousId event groupId originalTimestamp previousId timestamp userId".split()


def repeated_content(message: Message, fields: bytes) -> bytes:
    """Write down what every retry of a message repeats; `fields` are its properties and traits."""
    said = {name: message.fields[name] for name in _REPEATED if message.fields.get(name) is not None}
    return b"%b,%b" % (write([message.type, said])[:-1], fields[1:])


def fingerprint(content: bytes, hash_key: bytes) -> bytes:
    """Give eight bytes that tell one body from another, and nothing of what it says."""
    return blake2b(content, digest_size=8, key=hash_key, person=b"fingerprint").digest()


def name_message(given: object, content: bytes, hash_key: bytes, own: Own) -> str:
    """Take the sender's id where it is short, printable and tells nobody; else a hash of it, or of the message."""
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str) or not given:
        return _hash(content, hash_key)
    if len(given) <= LONGEST and given.isprintable() and not text_tells(given, own):
        return given
    return _hash(given.encode("utf-8", "backslashreplace"), hash_key)


def name_order(given: str, hash_key: bytes) -> str:
    """Name an order whose id would tell a person."""
    return _hash(given.encode("utf-8", "backslashreplace"), hash_key)


def _hash(content: bytes, hash_key: bytes) -> str:
    digest = blake2b(content, digest_size=16, key=hash_key, person=b"message").digest()
    return _HASHED + to_base32(digest)
