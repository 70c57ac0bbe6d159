"""Record what somebody decided on consent: an event of theirs like any other, once for each message id."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from regulars.domain.decisions import Words, add_words, words_of
from regulars.domain.events import Event
from regulars.domain.recorded_decisions import Decision, check_decision, opted_out, record
from regulars.domain.standing import Consent
from regulars.errors import InvalidRequestError
from regulars.pipeline.consents import Consents
from regulars.pipeline.own_events import naming, seal, store_once
from regulars.pipeline.people import Found
from regulars.pipeline.ports import Clock, Many, Sealer
from regulars.pipeline.seeing import Seeing
from regulars.pipeline.stamping import Stamps
from regulars.stores.claims import ClaimStore
from regulars.stores.database import Database
from regulars.stores.events import EventStore
from regulars.stores.identities import IdentityStore

_ANOTHER = "another decision was recorded under this messageId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A decision that is stored, whether it was before, of whom, and what they consent to with it."""

    found: Found
    message_id: str
    duplicate: bool
    event: Event
    consent: Consent


class DecisionRecorder:
    """Takes decisions; `random` gives the message id of one that has none."""

    def __init__(self, database: Database, sealer: Sealer, many: Many, clock: Clock, random: Callable[[], str]) -> None:
        self._database = database
        self._consents = Consents(database, many, clock)
        self._events = EventStore(database, Seeing(database, clock))
        self._identities = IdentityStore(database)
        self._claims = ClaimStore(database)
        self._stamps = Stamps(database, clock)
        self._sealer = sealer
        self._clock = clock
        self._random = random

    def record(self, profile_id: str, decision: Decision, *, owner: str | None = None) -> Recorded:
        """
        Store a decision under an identifier of the person, else under that by which they are known best.

        It counts later than all that they decided before. Raises NotFoundError, InvalidRequestError, UnavailableError.
        """
        is_named = bool(decision.message_id)
        if not is_named:
            decision = replace(decision, message_id=self._random())
        asked = self._consents.of(profile_id)
        found, consent = asked.found, asked.consent
        decision = check_decision(decision, consent.purposes)
        place = owner or asked.owner, self._instant(consent)
        if is_named:
            place = self._claims.claim(f"consent#{decision.message_id}", *place)
            if place[0] not in found.owners:
                raise InvalidRequestError("a decision of another person was recorded under this messageId")
        event = self._seal(decision, *place)
        is_new = store_once(event, self._database, otherwise=_ANOTHER)
        return Recorded(
            found=found,
            message_id=decision.message_id,
            duplicate=not is_new,
            event=event,
            consent=after(consent, event),
        )

    def opt_out(self, owner: str, consent: Consent, *, by: str) -> Event:
        """Store that somebody opted out of sale and sharing. Raises UnavailableError."""
        event = opted_out(owner=owner, request=self._random(), by=by, at=self._instant(consent))
        store_once(event, self._database, otherwise=_ANOTHER)
        return event

    def _instant(self, consent: Consent) -> int:
        """Say when it counts: now, and after all that was decided by clocks that are ahead."""
        said = (word.at + 1 for words in consent.words.values() for word in words.values())
        return max([self._clock(), *said])

    def _seal(self, decision: Decision, owner: str, at: int) -> Event:
        ids = naming(owner, self._identities.link(owner), self._events, self._sealer)
        call = record(decision, owner=owner, ids=ids, at=at, hash_key=self._sealer.hash_key)
        return seal(call, self._sealer, self._stamps)


def after(consent: Consent, event: Event) -> Consent:
    """Say what somebody consents to once this event is counted, or does if it is."""
    words: Words = add_words(consent.words.get(event.owner, {}), words_of(event))
    return replace(consent, words={**consent.words, event.owner: words})
