"""Which profiles a change in the streams of identities and profiles wakes, and what went into them."""

import json
from collections.abc import Iterable

from regulars.domain.catalog import Live
from regulars.domain.profiles import alone
from regulars.stores.database import Item, text
from regulars.stores.identities import LINK

Change = tuple[Item | None, Item | None]  # the old image and the new
Wakeup = tuple[str, frozenset[str]]  # a profile, and the profiles that have gone into it


def of_identity(change: Change, live: Live) -> Wakeup | None:
    """Wake the profile of an owner whose state changed in something that a live segment may read."""
    old, new = change
    image = new or old or {}
    part = text(image, "part")
    if part == LINK or not live.segments:
        return None  # attaching changes the profile too, and that wakes it
    if old and new and not _matters(part, text(old, "state"), text(new, "state"), live):
        return None
    if part == "traits" and not _reads_traits(old, new, live):
        return None
    if part.startswith("orders#") and not live.watches.orders:
        return None
    return alone(text(image, "owner")), frozenset()


def of_profile(change: Change) -> Wakeup | None:
    """Wake a profile that has grown, with what went into it; for a tombstone, the one that took it in."""
    old, new = change
    if new is None:
        return None
    profile_id, into = text(new, "profile_id"), text(new, "merged_into")
    if into:
        return into, frozenset({profile_id})
    before = set(text(old, "owners").split()) if old else set()
    joined = {alone(owner) for owner in text(new, "owners").split() if owner not in before}
    return profile_id, frozenset(joined - {profile_id})


def together(wakeups: Iterable[Wakeup | None]) -> dict[str, frozenset[str]]:
    """Unite wakeups of the same profile, in order."""
    united: dict[str, frozenset[str]] = {}
    for wakeup in wakeups:
        if wakeup:
            united[wakeup[0]] = united.get(wakeup[0], frozenset()) | wakeup[1]
    return united


def _matters(part: str, old: str, new: str, live: Live) -> bool:
    return old != new or (part == "traits" and bool(live.watches.traits))


def _reads_traits(old: Item | None, new: Item | None, live: Live) -> bool:
    before, after = _traits(old), _traits(new)
    return any(before.get(name) != after.get(name) for name in live.watches.traits)


def _traits(item: Item | None) -> dict[str, object]:
    traits = json.loads(text(item or {}, "state", "{}")).get("traits", {})
    return traits if isinstance(traits, dict) else {}
