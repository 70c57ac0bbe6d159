"""Write a split: both profiles, the links that move, and the tombstones that would lead to the wrong side."""

from regulars.domain.splits import Split
from regulars.stores.database import Put
from regulars.stores.identities import attach
from regulars.stores.profiles import save


def writes_of(split: Split) -> list[Put]:
    """Lay out a split as the writes of one transaction, each under the version that was read."""
    profiles = (split.stays, split.leaves, *split.tombstones)
    return [*map(save, profiles), *map(attach, split.links)]
