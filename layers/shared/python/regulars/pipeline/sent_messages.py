"""What a person was sent and what not, by all their identifiers: the send ledger, and what in-app messages say."""

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.domain.inbox import InboxMessage, unpack
from regulars.domain.messaging import CHANNELS
from regulars.domain.passages import Message
from regulars.pipeline.inbox import bound_to
from regulars.pipeline.people import People
from regulars.pipeline.ports import Many, Sealer
from regulars.stores.database import Database
from regulars.stores.inbox import InboxStore
from regulars.stores.journeys import JourneyStore, Suppressed


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message, and what it says in the inbox: None elsewhere, and where it may not be opened (`masked`)."""

    message: Message
    said: InboxMessage | None = None
    masked: bool = False


class MessageReader:
    """Reads the messages of people; every read is consistent."""

    def __init__(self, database: Database, sealer: Sealer, many: Many) -> None:
        self._people = People(database, many)
        self._journeys = JourneyStore(database)
        self._inbox = InboxStore(database)
        self._sealer = sealer
        self._many = many

    def of(self, profile_id: str, *, after: str | None, limit: int) -> list[Message]:
        """Read messages of a person, newest first, after the place of one. Raises NotFoundError."""
        owners = self._people.find(profile_id).owners
        found = [one for each in self._many(self._journeys.messages, owners) for one in each]
        newest = sorted(found, key=place_of, reverse=True)
        return [one for one in newest if after is None or place_of(one) < after][:limit]

    def suppressed(self, profile_id: str) -> Sequence[Suppressed]:
        """List by which channels which addresses of a person get no messages. Raises NotFoundError."""
        asked = [(owner, channel) for owner in self._people.find(profile_id).owners for channel in CHANNELS]
        found = self._many(lambda one: self._journeys.suppressed(*one), asked)
        return [one for one in found if one]

    def show(self, message: Message, *, personal: bool) -> ShownMessage:
        """Open what an in-app message says, for those who may see personal fields."""
        if message.channel != "in_app":
            return ShownMessage(message)
        kept = self._inbox.get(message.owner, message.at, message.id)
        if kept is None:
            return ShownMessage(message)
        if not personal:
            return ShownMessage(message, masked=True)
        content = self._sealer.open(message.owner, bound_to(message.id), kept.content)
        return ShownMessage(message, said=unpack(kept, content) if content is not None else None)


def place_of(message: Message) -> str:
    """Where a message stands in that order; no two stand at the same place."""
    return f"{message.at:020} {message.id}"
