"""Whether somebody may enter a journey now, by how often and when they entered it before, and under which key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import isfinite
from typing import Any, Final, Literal

from regulars.domain.journeys import Entry, EventEntry
from regulars.domain.segments import MAX_VALUE
from regulars.domain.values import find

UNDER_WAY: Final = "under_way"  # with this key already: the passage goes on, and nobody is told of a refusal
Refusal = Literal[
    "under_way",
    "again",  # with this key before, and not long enough ago, or once is all
    "cool_down",  # with any key, and not long enough ago
    "at_once",  # with as many keys as may be under way
]


@dataclass(frozen=True, slots=True)
class Entered:
    """One passage of a person through a journey: its key, when it began (microseconds), and when it ended."""

    key: str
    at: int
    ended: int | None = None


def key_of(by: EventEntry, properties: Mapping[str, Any]) -> str | None:
    """
    Give the key of an entry by properties, however they came: None where they have no value for it.

    A text is its own key, and of equal numbers the key is one; of what is longer than a key may be it is a hash.
    """
    if by.key is None:
        return ""
    key = _written(find(properties, by.key))
    return hidden(key) if key and len(key) > MAX_VALUE else key or None


def refusal(entry: Entry, before: Sequence[Entered], key: str, now: int) -> Refusal | None:
    """
    Say why somebody may not enter now with a key; None where they may.

    `before` are all passages of the person, with those of everybody who was merged into them; of one that was lost and
    put back, only a hash of the key is known. Some may have begun later than now: not all is told in order.
    """
    same = [one for one in before if one.key in (key, hidden(key))]
    if any(one.ended is None for one in same):
        return UNDER_WAY
    if same and (entry.again is None or _since(same, now) < entry.again):
        return "again"
    if before and _since(before, now) < entry.cool_down:
        return "cool_down"
    if sum(one.ended is None for one in before) >= entry.at_once:
        return "at_once"
    return None


def _written(value: object) -> str | None:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            whole = isfinite(value) and value == int(value)
            return str(int(value)) if whole else repr(value)
        case int():
            return str(value)
        case _:
            return None


def _since(before: Sequence[Entered], now: int) -> int:
    """Say how long ago the last of these was."""
    return max(0, now - max(one.at for one in before))


def hidden(key: str) -> str:
    """Hash a key as what journeys tell of it; of none there is none."""
    return f"~{blake2b(key.encode(), digest_size=16).hexdigest()}" if key else ""
