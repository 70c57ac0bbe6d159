"""Identifiers: values that name a person, in their normal form, and the keys under which they are kept."""

import unicodedata
from dataclasses import dataclass
from hashlib import blake2b

from regulars.domain.base32 import to_base32

NOBODY = "nobody"  # the kind of an owner that is no identifier and links nobody


@dataclass(frozen=True, slots=True)
class Identifier:
    """A value of one kind that ties events to a profile, in its normal form."""

    kind: str
    value: str


def kind_of(owner: str) -> str:
    """Read the kind back from an owner."""
    return owner.split(":", 1)[0]


def owner_key(identifier: Identifier, hash_key: bytes) -> str:
    """Name an identifier without telling it: its kind and a keyed hash of its value."""
    text = f"{identifier.kind}\0{identifier.value}".encode()
    digest = blake2b(text, digest_size=16, key=hash_key, person=b"identifier").digest()
    return f"{identifier.kind}:{to_base32(digest)}"


def normalise(kind: str, value: object) -> str | None:
    """Bring a value to its normal form; None where it is no text or number, or empty."""
    if type(value) is not str and (isinstance(value, bool) or not isinstance(value, str | int)):
        return None
    text = str(value)
    text = (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()
    if kind == "email":
        text = unicodedata.normalize("NFC", text.lower())  # small letters may compose where capitals do not
    return text or None
