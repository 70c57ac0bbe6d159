"""Signed user ids: whom a page may claim to be, by a hash that only the server behind it can make."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Literal

from regulars.domain.identifiers import Identifier
from regulars.domain.identity_rules import IdentityRules
from regulars.errors import DefinitionError

UNPROVEN = "unproven_identifier"
Signing = Literal["off", "watched", "required"]
# Under which name of `context` a claim is proven, and what stands before the value that is hashed. Without it whoever
# may choose a user id could choose an address, and prove that.
_HASHES: Mapping[str, tuple[str, str]] = {"user_id": ("userIdHash", ""), "email": ("emailHash", "email:")}
_NAMES = frozenset(name for name, _ in _HASHES.values())
_MARKS = tuple(mark for _, mark in _HASHES.values() if mark)


def parse_signing(raw: object) -> Signing:
    """Read what a source says of signed user ids. Raises DefinitionError."""
    if not isinstance(raw, Mapping):
        raise DefinitionError("signed_user_ids", "is {required: true}, or {required: false} to see who signs")
    if unknown := sorted(str(name) for name in raw if name != "required"):
        raise DefinitionError("signed_user_ids", f"does not know {', '.join(unknown)}; it takes required")
    if not isinstance(raw.get("required"), bool):
        raise DefinitionError("signed_user_ids.required", "is true or false")
    return "required" if raw["required"] else "watched"


def hashes_of(context: Mapping[str, Any]) -> dict[str, str]:
    """Read the hashes that came with a call, by the kind of the identifier that each is to prove."""
    found = {kind: context.get(name) for kind, (name, _) in _HASHES.items()}
    return {kind: value for kind, value in found.items() if isinstance(value, str)}


def without_hashes(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave the hashes out: whoever reads one could send with it."""
    if _NAMES.isdisjoint(context):
        return context
    return {name: value for name, value in context.items() if name not in _NAMES}


def sign(identifier: Identifier, secret: bytes) -> str:
    """Make the hash that proves an identifier, which is in its normal form."""
    _, before = _HASHES[identifier.kind]
    return hmac.new(secret, f"{before}{identifier.value}".encode(), sha256).hexdigest()


def unproven(
    identifiers: Iterable[Identifier], hashes: Mapping[str, str], rules: IdentityRules, secrets: Sequence[bytes]
) -> list[Identifier]:
    """List the identifiers that say who somebody is, and not only which device, and that no hash proves."""
    claims = [each for each in identifiers if is_claim(each, rules)]
    return [each for each in claims if not any(_proves(hashes.get(each.kind), each, secret) for secret in secrets)]


def is_claim(identifier: Identifier, rules: IdentityRules) -> bool:
    """Say whether an identifier says who somebody is, and not only which device."""
    return identifier.kind in _HASHES or identifier.kind in rules.known_kinds


def _proves(given: str | None, identifier: Identifier, secret: bytes) -> bool:
    if given is None or identifier.kind not in _HASHES:
        return False
    if not _HASHES[identifier.kind][1] and identifier.value.startswith(_MARKS):
        return False
    return hmac.compare_digest(given.lower().encode(errors="replace"), sign(identifier, secret).encode())
