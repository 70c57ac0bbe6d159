"""Let a program ask that somebody enters a journey: once for each message id, whatever fails in between."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from regulars.domain.journey_requests import EntryWish, check_entry, entry_event, entry_message, key_of
from regulars.domain.live_journeys import LiveJourney
from regulars.errors import InvalidRequestError, NotFoundError, WrongStateError
from regulars.pipeline.consents import Consents
from regulars.pipeline.own_events import naming, seal, store_once
from regulars.pipeline.plans import Plans
from regulars.pipeline.ports import Clock, Many, Sealer, Wanted
from regulars.pipeline.seeing import Seeing
from regulars.pipeline.stamping import Stamps
from regulars.stores.catalog import CatalogStore
from regulars.stores.claims import ClaimStore
from regulars.stores.database import Database
from regulars.stores.events import EventStore
from regulars.stores.identities import IdentityStore

_ANOTHER = "another entry was asked for under this messageId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """An entry that was asked for: of whom, under which key and message id, and whether it was asked for before."""

    profile_id: str
    key: str
    message_id: str
    duplicate: bool


class EntryRequests:
    """Takes requests; `random` gives the message id of one that has none."""

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        many: Many,
        wanted: Wanted,
        *,
        clock: Clock,
        random: Callable[[], str],
    ) -> None:
        self._database = database
        self._store = CatalogStore(database)
        self._consents = Consents(database, many, clock)
        self._events = EventStore(database, Seeing(database, clock))
        self._identities = IdentityStore(database)
        self._claims = ClaimStore(database)
        self._plans = Plans(database, clock)
        self._stamps = Stamps(database, clock)
        self._sealer = sealer
        self._wanted = wanted
        self._clock = clock
        self._random = random

    def ask(self, profile_id: str, wish: EntryWish) -> Requested:
        """
        Store a request under the identifier that the person is known by best, and have it worked off.

        Whether they may enter, by the rules of the journey, is decided then.

        Raises NotFoundError, WrongStateError, InvalidRequestError, UnavailableError.
        """
        is_named = bool(wish.message_id)
        live = self._live(wish.journey)
        asked = self._consents.of(profile_id)
        wish = replace(wish, message_id=wish.message_id or self._random(), key=key_of(live.journey, wish))
        check_entry(wish)
        place = asked.owner, self._clock()
        if is_named:
            place = self._claims.claim(f"journey#{wish.journey}#{wish.message_id}", *place)
            if place[0] not in asked.found.owners:
                raise InvalidRequestError("an entry of another person was asked for under this messageId")
        owner, at = place
        ids = naming(owner, self._identities.link(owner), self._events, self._sealer)
        plan, hash_key = self._plans.now(), self._sealer.hash_key
        call = entry_event(wish, live.journey, owner=owner, ids=ids, at=at, plan=plan, hash_key=hash_key)
        event = seal(call, self._sealer, self._stamps)
        is_new = store_once(event, self._database, otherwise=_ANOTHER)
        self._wanted.send([entry_message(wish, event)])  # and again when it is asked for again: one may have died here
        return Requested(
            profile_id=asked.found.profile_id, key=wish.key, message_id=wish.message_id, duplicate=not is_new
        )

    def _live(self, id: str) -> LiveJourney:
        going = [one for one in self._store.releases().journeys if one.journey.id == id]
        live = next((one for one in going if one.state == "live"), None)
        if live is None:
            if not going and self._store.get("journey", id) is None:
                raise NotFoundError("no journey has this id")
            states = (
                ", ".join(f"version {one.journey.version} is {one.state}" for one in going) or "it is not published"
            )
            raise WrongStateError(f"nobody enters it now ({states}): publish or resume it first")
        if not live.journey.entry.open:
            raise WrongStateError("nobody is let in from outside: write enter: {api: true}, and publish that")
        return live
