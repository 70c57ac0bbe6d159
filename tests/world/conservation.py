"""Conservation: what the parts of every owner have counted, against what was stored under it."""

from collections import Counter
from collections.abc import Iterable

from local.world.world import World
from regulars.domain.events import Event
from regulars.domain.state import parts_of
from regulars.stores.identities import LINK, part_from_item


def losses(world: World, events: Iterable[Event], *, reached: set[str], later: set[str]) -> tuple[int, int]:
    """
    Count the events that were lost, and those that were counted twice, over all parts of all owners.

    A part that only the definitions `later` read may be missing as long as nobody has reached its owner since.
    """
    watches = world.catalog.live().watches
    due: Counter[tuple[str, str]] = Counter()
    for event in events:
        due.update((event.owner, name) for name in parts_of(event, watches))
    parts = [part_from_item(item) for item in world.database.all("identities") if item["part"] != LINK]
    counted = {(part.owner, part.name): part.state.count for part in parts}
    lost = sum(
        max(0, number - counted.get(key, 0))
        for key, number in due.items()
        if key in counted or key[0] in reached or key[1] not in later
    )
    doubled = sum(max(0, number - due[key]) for key, number in counted.items())
    return lost, doubled
