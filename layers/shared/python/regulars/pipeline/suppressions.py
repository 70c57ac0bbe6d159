"""Addresses of a person that get no messages any more, for those who serve people: looked at, and lifted."""

from collections.abc import Sequence

from regulars.domain.catalog import Live
from regulars.domain.events import Sealed
from regulars.domain.identifiers import Identifier, kind_of, normalise, owner_key
from regulars.domain.journeys import Channel
from regulars.errors import ConflictError
from regulars.pipeline.people import People
from regulars.pipeline.persons import sum_person
from regulars.pipeline.ports import Many, Sealer
from regulars.pipeline.sealing import open_trait
from regulars.stores.database import Database
from regulars.stores.journeys import JourneyStore, Suppressed

_KINDS: tuple[tuple[str, Channel], ...] = (("email", "email"), ("phone", "sms"))


class Suppressions:
    """Reads what bounced or was complained of, of all addresses that a person has, or was written to under."""

    def __init__(self, database: Database, sealer: Sealer, many: Many) -> None:
        self._people = People(database, many)
        self._journeys = JourneyStore(database)
        self._sealer = sealer
        self._many = many

    def of(self, profile_id: str) -> Sequence[Suppressed]:
        """List the addresses of a person that get no messages, by channel. Raises NotFoundError."""
        found = self._people.find(profile_id)
        person = sum_person(self._people.identities(found), Live())
        named = {(owner, channel) for owner in found.owners for kind, channel in _KINDS if kind_of(owner) == kind}
        named |= {(self._owner(kind, person.values.get(kind)), channel) for kind, channel in _KINDS}
        written = (message for owner in found.owners for message in self._journeys.messages(owner))
        named |= {(one.address, one.channel) for one in written if one.channel != "webhook"}
        asked = sorted((address, channel) for address, channel in named if address)
        return [one for one in self._many(lambda each: self._journeys.suppressed(*each), asked) if one]

    def lift(self, profile_id: str, channel: Channel) -> Sequence[Suppressed]:
        """Let all addresses of a person get messages by a channel again; give what was lifted. Raises NotFoundError."""
        lifted = [one for one in self.of(profile_id) if one.channel == channel]
        for one in lifted:
            try:
                self._journeys.lift(one)
            except ConflictError:
                continue  # somebody else was first
        return lifted

    def _owner(self, kind: str, value: object) -> str:
        said = open_trait(kind, value, self._sealer) if isinstance(value, Sealed) else value
        named = normalise(kind, said)
        return owner_key(Identifier(kind, named), self._sealer.hash_key) if named else ""
