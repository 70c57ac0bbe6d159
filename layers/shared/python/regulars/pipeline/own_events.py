"""Events of the platform's own: named and sealed as every event is, and stored once for each message id."""

from collections.abc import Mapping

from regulars.domain.calls import Call
from regulars.domain.events import Event
from regulars.domain.identifiers import kind_of
from regulars.domain.profiles import Link
from regulars.errors import InvalidEventError, InvalidRequestError
from regulars.pipeline.admission import lay_out
from regulars.pipeline.ports import Sealer
from regulars.pipeline.sealing import open_rest
from regulars.pipeline.stamping import Stamps
from regulars.stores.database import Database, binary
from regulars.stores.events import EventStore, from_item

LOOKED_AT = (1, 20, 500)  # newest events of an identifier, as long as none of them tells it: a journey leaves many


def naming(owner: str, link: Link | None, events: EventStore, sealer: Sealer) -> Mapping[str, str]:
    """Open the identifier of an owner, by its kind."""
    event = naming_event(owner, link, events)
    said = open_rest(event, sealer).get("ids", {}) if event else {}
    return {kind: value for kind, value in said.items() if kind == kind_of(owner)}


def naming_event(owner: str, link: Link | None, events: EventStore) -> Event | None:
    """Find an event that tells an identifier: the newest of its own that has sealed fields, else what attached it."""
    for limit in LOOKED_AT:  # of some that the platform makes itself nothing is sealed
        own = events.newest(owner, limit=limit)
        if sealed := next((event for event in own if event.sealed), None):
            return sealed
        if len(own) < limit:
            break
    by, _, moment = link.event.partition(" ") if link else ("", "", "")
    return events.get(by, moment) if moment else None


def seal(call: Call, sealer: Sealer, stamps: Stamps) -> Event:
    """Seal a call as the door does. Raises InvalidRequestError."""
    try:
        sealer.prepare([call.event.owner])
        return from_item(lay_out(call, sealer, stamps))
    except InvalidEventError as error:
        raise InvalidRequestError(str(error)) from None


def store_once(event: Event, database: Database, *, otherwise: str) -> bool:
    """
    Store an event; say whether it is new.

    Raises InvalidRequestError with the words `otherwise` where another one was stored under its message id.
    """
    [is_new] = EventStore(database).insert([event])
    if not is_new:
        standing = database.get("events", event.owner, event.moment)
        if binary(standing or {}, "print") != event.fingerprint:
            raise InvalidRequestError(otherwise)
    return is_new
