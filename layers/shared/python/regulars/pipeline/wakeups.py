"""Which profiles a change in the streams of identities and profiles wakes, and what went into them."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from regulars.domain.catalog import Live
from regulars.domain.compiling import ORDERS
from regulars.domain.profiles import alone
from regulars.domain.state import RESTRICTED
from regulars.stores.database import Item, text
from regulars.stores.identities import LINK

Change = tuple[Item | None, Item | None]  # the old image and the new


class Wakeup(NamedTuple):
    """A profile, the profiles that have gone into it, and what changed of it; None where all may have."""

    profile_id: str
    absorbed: frozenset[str] = frozenset()
    changed: frozenset[str] | None = None


def of_identity(change: Change, live: Live) -> Wakeup | None:
    """Wake the profile of an owner whose state changed in something that a live segment may read."""
    old, new = change
    image = new or old or {}
    part = text(image, "part")
    if part == LINK or not live.segments:
        return None  # attaching changes the profile too, and that wakes it
    if part == RESTRICTED:
        return Wakeup(alone(text(image, "owner")))
    if old and new and text(old, "state") == text(new, "state"):
        return None
    changed, owner = live.reads(_changed(part, old, new)), text(image, "owner")
    if changed or (old is None and live.welcomes(owner)):  # it may be the first that is heard of somebody
        return Wakeup(alone(owner), changed=changed)
    return None


def of_profile(change: Change) -> Wakeup | None:
    """Wake a profile that has grown, with what went into it; for a tombstone, the one that took it in."""
    old, new = change
    if new is None:
        return None
    profile_id, into = text(new, "profile_id"), text(new, "merged_into")
    if into:
        return Wakeup(into, frozenset({profile_id}))
    before = set(text(old, "owners").split()) if old else set()
    joined = {alone(owner) for owner in text(new, "owners").split() if owner not in before}
    return Wakeup(profile_id, frozenset(joined - {profile_id}))


def together(wakeups: Iterable[Wakeup | None]) -> dict[str, Wakeup]:
    """Unite wakeups of the same profile, in order."""
    united: dict[str, Wakeup] = {}
    for wakeup in wakeups:
        if wakeup:
            before = united.get(wakeup.profile_id, Wakeup(wakeup.profile_id, changed=frozenset()))
            united[wakeup.profile_id] = Wakeup(
                wakeup.profile_id, before.absorbed | wakeup.absorbed, _both(before.changed, wakeup.changed)
            )
    return united


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return None if one is None or other is None else one | other


def _changed(part: str, old: Item | None, new: Item | None) -> frozenset[str]:
    """Name what a changed part tells, as live segments are asked what they read."""
    if part == "traits":
        before, after = _traits(old), _traits(new)
        return frozenset(
            f"trait#{name}" for name in before.keys() | after.keys() if before.get(name) != after.get(name)
        )
    return frozenset([ORDERS if part.startswith("orders#") else part])


def _traits(item: Item | None) -> dict[str, object]:
    traits = json.loads(text(item or {}, "state", "{}")).get("traits", {})
    return traits if isinstance(traits, dict) else {}
