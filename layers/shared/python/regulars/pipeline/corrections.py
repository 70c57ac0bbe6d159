"""
Correct traits of a person: an event like any other, so that rebuild, merge, lake and erasure treat it as one.

It is owned by the identifier of highest priority and named by the instant of the correction: older data, whenever it
comes, does not undo it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from regulars.domain.catalog import Live
from regulars.domain.corrections import Correction, check_correction, check_kept, correct
from regulars.domain.events import Event
from regulars.domain.parts import Part
from regulars.domain.people import Person
from regulars.domain.state import add, state_of, watch_of
from regulars.errors import InvalidRequestError
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.opening import Opener
from regulars.pipeline.own_events import naming, seal, store_once
from regulars.pipeline.people import Found, People
from regulars.pipeline.persons import sum_person
from regulars.pipeline.plans import Plans
from regulars.pipeline.ports import Clock, Many, Sealer
from regulars.pipeline.profiles import ranked
from regulars.pipeline.seeing import Seeing
from regulars.pipeline.stamping import Stamps
from regulars.pipeline.traits import ShownTrait, Traits
from regulars.stores.catalog import CatalogStore
from regulars.stores.claims import ClaimStore
from regulars.stores.database import Database
from regulars.stores.events import EventStore
from regulars.stores.identities import Identity

_ANOTHER = "another correction was made under this messageId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A correction that is stored, whether it was before, and the traits of the profile with it."""

    profile_id: str
    message_id: str
    duplicate: bool
    traits: Sequence[ShownTrait]


class Corrector:
    """Takes corrections; `random` gives the message id of one that has none."""

    def __init__(self, database: Database, sealer: Sealer, many: Many, clock: Clock, random: Callable[[], str]) -> None:
        self._database = database
        self._people = People(database, many)
        self._events = EventStore(database, Seeing(database, clock))
        self._claims = ClaimStore(database)
        self._traits = Traits(database, many, clock)
        self._catalog = LiveCatalog(CatalogStore(database))
        self._plans = Plans(database, clock)
        self._stamps = Stamps(database, clock)
        self._sealer = sealer
        self._clock = clock
        self._random = random

    def correct(self, profile_id: str, correction: Correction, opener: Opener) -> Corrected:
        """
        Store a correction of a profile, once for each message id it is given.

        Raises NotFoundError, InvalidRequestError, UnavailableError.
        """
        is_named = bool(correction.message_id)
        if not is_named:
            correction = replace(correction, message_id=self._random())
        check_correction(correction)
        found, live = self._people.find(profile_id), self._catalog.now()
        identities = self._people.identities(found)
        person = sum_person(identities, live)
        owner, at = self._place(correction, found, person, live)
        event, after = self._try(correction, identities, owner, at, live)
        if is_named:  # only what could be stored claims its id
            claimed = self._claim(correction, found, owner, at)
            if claimed != (owner, at):
                event, after = self._try(correction, identities, *claimed, live)
        return Corrected(
            profile_id=found.profile_id,
            message_id=correction.message_id,
            duplicate=not store_once(event, self._database, otherwise=_ANOTHER),
            traits=self._traits.show(sum_person(after, live), after, opener),
        )

    def _place(self, correction: Correction, found: Found, person: Person, live: Live) -> tuple[str, int]:
        """Say under whom and at which instant it counts: later than what it corrects."""
        corrected = (person.traits[name][0] + 1 for name in correction.traits if name in person.traits)
        return ranked(found.owners, live)[0], max([self._clock(), *corrected])

    def _try(
        self, correction: Correction, identities: Mapping[str, Identity], owner: str, at: int, live: Live
    ) -> tuple[Event, Mapping[str, Identity]]:
        """Seal a correction, and see that all of it is kept. Raises InvalidRequestError."""
        event = self._seal(correction, identities[owner], owner, at)
        after = _with(identities, event, live)
        check_kept(correction, event, sum_person(after, live).traits)
        return event, after

    def _claim(self, correction: Correction, found: Found, owner: str, at: int) -> tuple[str, int]:
        """Say under whom and at which instant it counted when it came first under this message id."""
        owner, at = self._claims.claim(f"correction#{correction.message_id}", owner, at)
        if owner not in found.owners:
            raise InvalidRequestError("a correction of another person was made under this messageId")
        return owner, at

    def _seal(self, correction: Correction, identity: Identity, owner: str, at: int) -> Event:
        ids = naming(owner, identity.link, self._events, self._sealer)
        call = correct(correction, owner=owner, ids=ids, at=at, plan=self._plans.now(), hash_key=self._sealer.hash_key)
        return seal(call, self._sealer, self._stamps)


def _with(identities: Mapping[str, Identity], event: Event, live: Live) -> Mapping[str, Identity]:
    """Give the identities as they will be once the event is counted, or as they are if it is."""
    identity = identities[event.owner]
    parts = {part.name: part for part in identity.parts}
    part = parts.get("traits", Part(owner=event.owner, name="traits"))
    nothing = watch_of("traits", live.watches)
    grown = replace(part, state=add(part.state, state_of(event, "traits", nothing), nothing))
    changed = Identity(identity.link, tuple({**parts, "traits": grown}.values()))
    return {**identities, event.owner: changed}
