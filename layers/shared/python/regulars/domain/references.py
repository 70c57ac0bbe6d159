"""References: how a caller names a person, by profile id or by any identifier as `kind:value`."""

import re

from regulars.domain.identifiers import Identifier, normalise, owner_key
from regulars.domain.profiles import alone

_PROFILE_ID = re.compile(r"p_[a-z0-9_.]{1,40}:[a-z2-7]{26}(~[0-9a-f]{1,20})?")
_KIND = re.compile(r"[a-z0-9_.]{1,40}")


def profile_id_of(ref: str, hash_key: bytes) -> str:
    """
    Turn a reference into the profile id that it would have alone.

    What has no meaning becomes an id that nothing has, so that it is answered as any unknown person is.
    """
    if _PROFILE_ID.fullmatch(ref):
        return ref
    kind, separator, value = ref.partition(":")
    if not separator:
        return profile_id_of_value("unknown", ref, hash_key)
    return profile_id_of_value(kind, value, hash_key)


def profile_id_of_value(kind: str, value: object, hash_key: bytes) -> str:
    """Turn a kind and a raw value into the profile id that the identifier would have alone."""
    plain = normalise(kind, value)
    if plain is None or not _KIND.fullmatch(kind):
        kind, plain = "unknown", f"{kind}:{value!r}"
    storable = plain.encode(errors="replace").decode()  # half a surrogate pair is no text, and names nobody
    return alone(owner_key(Identifier(kind, storable), hash_key))
