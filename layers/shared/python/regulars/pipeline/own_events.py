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
from regulars.stores.database import Database, binary
from regulars.stores.events import EventStore, from_item


def naming(owner: str, link: Link | None, events: EventStore, sealer: Sealer) -> Mapping[str, str]:
    """Open the identifier of an owner, by its kind: from the newest of its events, else from that which attached it."""
    own = events.newest(owner, limit=1)
    by, _, moment = link.event.partition(" ") if link else ("", "", "")
    event = own[0] if own else events.get(by, moment) if moment else None
    said = open_rest(event, sealer).get("ids", {}) if event else {}
    return {kind: value for kind, value in said.items() if kind == kind_of(owner)}


def seal(call: Call, sealer: Sealer) -> Event:
    """Seal a call as the door does. Raises InvalidRequestError."""
    try:
        sealer.prepare([call.event.owner])
        return from_item(lay_out(call, sealer))
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
