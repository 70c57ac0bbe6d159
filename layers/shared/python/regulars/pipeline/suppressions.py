"""
Addresses of a person that get no messages any more, for those who serve people: looked at, and lifted.

What a person types as their address may be that of somebody else, who complained: that is shown, so that it is known
why nothing comes, and is not theirs to lift.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regulars.domain.addresses import address_of
from regulars.domain.catalog import Live
from regulars.domain.events import Sealed
from regulars.domain.identifiers import Identifier, kind_of, normalise, owner_key
from regulars.domain.journeys import Channel
from regulars.errors import ConflictError, InvalidRequestError
from regulars.pipeline.opening import Opener
from regulars.pipeline.own_events import naming_event
from regulars.pipeline.people import People
from regulars.pipeline.persons import sum_person
from regulars.pipeline.ports import Many, Sealer
from regulars.pipeline.sealing import open_trait
from regulars.stores.database import Database
from regulars.stores.events import EventStore
from regulars.stores.identities import Identity
from regulars.stores.journeys import COMPLAINT, JourneyStore, Suppressed

_KINDS: tuple[tuple[str, Channel], ...] = (("email", "email"), ("phone", "sms"))
_CHANNELS: Mapping[str, Channel] = dict(_KINDS)
_NOT_THEIRS = (
    "whoever complained has an address that this person gave, and that is no identifier of theirs: only its owner may "
    "want messages again, so find the person by that address, and lift it there"
)


@dataclass(frozen=True, slots=True)
class ShownSuppression:
    """An address that gets no messages, and whether it is one of the person's `own` identifiers."""

    suppressed: Suppressed
    own: bool

    @property
    def may_be_lifted(self) -> bool:
        """Say whether it ends as the person wishes: a complaint is for its owner to take back."""
        return self.own or self.suppressed.reason != COMPLAINT


class Suppressions:
    """Reads what bounced or was complained of, of all addresses that a person has, or was written to under."""

    def __init__(self, database: Database, sealer: Sealer, many: Many) -> None:
        self._people = People(database, many)
        self._events = EventStore(database)
        self._journeys = JourneyStore(database)
        self._sealer = sealer
        self._many = many

    def of(self, profile_id: str) -> Sequence[ShownSuppression]:
        """List the addresses of a person that get no messages, by channel. Raises NotFoundError."""
        found = self._people.find(profile_id)
        identities = self._people.identities(found)
        person = sum_person(identities, Live())
        own = {named for owner in found.owners for named in self._spellings(owner, identities[owner])}
        named = own | {each for kind, channel in _KINDS for each in self._typed(kind, channel, person.values.get(kind))}
        written = (message for owner in found.owners for message in self._journeys.messages(owner))
        for one in written:
            if one.channel in ("email", "sms"):
                named |= {(address, one.channel) for address in (one.address, *one.also) if address}
        rows = self._many(lambda each: self._journeys.suppressed(*each), sorted(named))
        return [ShownSuppression(row, (row.owner, row.channel) in own) for row in rows if row]

    def lift(self, profile_id: str, channel: Channel) -> Sequence[ShownSuppression]:
        """
        Let the addresses of a person get messages by a channel again; give what was lifted.

        Raises NotFoundError, InvalidRequestError where all that there is are complaints of others.
        """
        found = [one for one in self.of(profile_id) if one.suppressed.channel == channel]
        lifted = [one for one in found if one.may_be_lifted]
        if found and not lifted:
            raise InvalidRequestError(_NOT_THEIRS)
        for one in lifted:
            try:
                self._journeys.lift(one.suppressed)
            except ConflictError:
                continue  # somebody else was first
        return lifted

    def _spellings(self, owner: str, identity: Identity) -> list[tuple[str, Channel]]:
        """Name an identifier that is an address in all its spellings."""
        kind = kind_of(owner)
        if kind not in _CHANNELS:
            return []
        event = naming_event(owner, identity.link, self._events)
        value = Opener(self._sealer, personal=True).identifier(owner, event).value
        return [(owner, _CHANNELS[kind]), *self._typed(kind, _CHANNELS[kind], value)]

    def _typed(self, kind: str, channel: Channel, value: object) -> list[tuple[str, Channel]]:
        """Name an address that somebody gave in all its spellings."""
        said = open_trait(kind, value, self._sealer) if isinstance(value, Sealed) else value
        address = address_of(kind, said, self._sealer.hash_key)
        if address:
            return [(owner, channel) for owner in address.owners]
        named = normalise(kind, said)  # no message goes there, and perhaps one did
        return [(owner_key(Identifier(kind, named), self._sealer.hash_key), channel)] if named else []
