"""What an event of the platform's own says of its owner: the identifier under which it is kept, as every event does."""

from collections.abc import Mapping

from regulars.domain.identifiers import kind_of
from regulars.domain.profiles import Link
from regulars.pipeline.ports import Sealer
from regulars.pipeline.sealing import open_rest
from regulars.stores.events import EventStore


def naming(owner: str, link: Link | None, events: EventStore, sealer: Sealer) -> Mapping[str, str]:
    """Open the identifier of an owner, by its kind: from the newest of its events, else from that which attached it."""
    own = events.newest(owner, limit=1)
    by, _, moment = link.event.partition(" ") if link else ("", "", "")
    event = own[0] if own else events.get(by, moment) if moment else None
    said = open_rest(event, sealer).get("ids", {}) if event else {}
    return {kind: value for kind, value in said.items() if kind == kind_of(owner)}
