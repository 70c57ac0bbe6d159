"""Whom records name that a function gave up: what is known of them is folded anew from their events."""

from collections.abc import Iterable, Mapping
from typing import Any

from regulars.domain.identifiers import NOBODY, kind_of
from regulars.domain.profiles import alone


def refs_of(records: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the profiles of stream records by their keys, each once; what names nobody is left out."""
    found: set[str] = set()
    for record in records:
        keys = record.get("dynamodb", {}).get("Keys", {})
        owner, profile_id = (keys.get(name, {}).get("S", "") for name in ("owner", "profile_id"))
        if profile_id:
            found.add(profile_id)
        elif owner and kind_of(owner) != NOBODY:
            found.add(alone(owner))
    return sorted(found)
