"""What `deliver` answers to a state machine: messages and webhooks, each by its own rules, and each once."""

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.domain.hearing import step_at
from regulars.domain.journeys import Channel, Send, Webhook
from regulars.domain.passages import Passage
from regulars.domain.stepping import arrive
from regulars.errors import ConflictError, InvalidRequestError, UnavailableError
from regulars.pipeline.calling import Caller
from regulars.pipeline.composing import Composer
from regulars.pipeline.delivering import DONE, TRIES, Answered, Deliverer, Ledger
from regulars.pipeline.gate import Gate
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.ports import Callee, Clock, Journal, Many, Messenger, Sealer, Tell
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """By what messages go out, and how it is told; `site` is where people find the API, for the links in letters."""

    messengers: Mapping[Channel, Messenger]
    callee: Callee
    tell: Tell
    journal: Journal
    site: str


class Deliveries:
    """Answers places of passages; the same again when it is asked again."""

    def __init__(self, database: Database, sealer: Sealer, many: Many, *, posts: Posts, clock: Clock) -> None:
        gate, ledger = Gate(database, many), Ledger(database, posts.tell, posts.journal)
        composer = Composer(database, sealer, site=posts.site, clock=clock)
        self._catalog = LiveCatalog(CatalogStore(database))
        self._ledger = ledger
        self._clock = clock
        self._caller = Caller(gate=gate, composer=composer, callee=posts.callee, ledger=ledger, clock=clock)
        self._deliverer = Deliverer(
            gate=gate, composer=composer, messengers=posts.messengers, sealer=sealer, ledger=ledger, clock=clock
        )

    def answer(self, instance: str, place: str) -> Answered:
        """
        Answer a place of a passage.

        Who is not under way any more, or whose journey was stopped, goes on to the next place, which ends them.
        Raises InvalidRequestError for what no state machine of ours asks, UnavailableError.
        """
        for _ in range(TRIES):
            try:
                return self._try(instance, place)
            except ConflictError:
                continue  # something that it was decided by has changed: it is decided anew
        raise UnavailableError("too much changes at once around this person: ask again in a moment")

    def _try(self, instance: str, place: str) -> Answered:
        passage, live = self._passage(instance), self._catalog.now()
        if passage is None or passage.ending is not None:
            return DONE
        journey = live.journey(passage.journey, passage.number)
        if journey is None:
            return DONE
        if place in passage.answers and place != passage.place:
            return Answered(passage.answers[place])  # asked long ago; the answer comes late, and to nobody
        message, step = self._ledger.message(passage, place), step_at(journey.journey, place)
        passage = arrive(passage, journey.journey, place, self._clock())
        self._ledger.tell_left(passage, journey.journey)
        if isinstance(step, Webhook):
            if message is not None:
                return self._caller.known(message, passage)
            return self._caller.answer(passage, place, step, live)
        if not isinstance(step, Send):
            raise InvalidRequestError("nothing is delivered at this place")
        if message is not None:
            return self._deliverer.known(message, passage)
        return self._deliverer.answer(passage, place, step, journey, live)

    def _passage(self, instance: str) -> Passage | None:
        try:
            return self._ledger.passage(instance)
        except ValueError:
            raise InvalidRequestError("this names no passage") from None
