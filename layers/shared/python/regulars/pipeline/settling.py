"""
Settle messages by what their provider tells: delivered, bounced, complained of. It may come late, twice, in any order.

An address that does not exist, or whose owner complains, gets no more messages by that channel. A complaint is a
withdrawal, too, from marketing by that channel: it is recorded as an unsubscription is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from regulars.domain.message_news import news
from regulars.domain.passages import Message, Outcome, passage_id
from regulars.domain.profiles import alone
from regulars.domain.recorded_decisions import Decision
from regulars.domain.send_ledger import TRANSIENT, read_ledger_name, settled
from regulars.errors import ConflictError, InvalidRequestError, NotFoundError, UnavailableError
from regulars.pipeline.decisions import DecisionRecorder
from regulars.pipeline.ports import Clock, Journal, Tell
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.journeys import JourneyStore, Suppressed

News = Literal["delivered", "bounced", "undelivered", "complained", "rejected"]
BY = "complaint"
_OUTCOMES: Mapping[News, tuple[Outcome, str]] = {
    "delivered": ("delivered", ""),
    "bounced": ("bounced", "permanent"),
    "undelivered": ("bounced", TRANSIENT),  # the mailbox is full, or its host was not there: it may be again
    "complained": ("complained", ""),
    "rejected": ("failed", "rejected"),  # by the provider itself, after it was taken
}
_SUPPRESSES: Sequence[News] = ("bounced", "complained")
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a provider tells of a message, by the name that it carries in the ledger."""

    name: str
    news: News


class Settler:
    """Writes down what became of messages, and tells it."""

    def __init__(
        self, database: Database, *, decisions: DecisionRecorder, tell: Tell, journal: Journal, clock: Clock
    ) -> None:
        self._journeys = JourneyStore(database)
        self._catalog = CatalogStore(database)
        self._decisions = decisions
        self._tell = tell
        self._journal = journal
        self._clock = clock

    def hear(self, feedback: Feedback) -> bool:
        """
        Take a feedback; say whether it is of a message that is known: of who was erased there is none any more.

        Raises UnavailableError.
        """
        try:
            owner, passage, place = read_ledger_name(feedback.name)
        except ValueError:
            return False
        for _ in range(_TRIES):
            message = self._journeys.message(owner, passage, place)
            if message is None:
                return False
            try:
                self._settle(message, feedback.news)
            except ConflictError:
                continue
            return True
        raise UnavailableError("what became of a message could not be written down: too many write at once")

    def _settle(self, message: Message, news_of: News) -> None:
        outcome, reason = _OUTCOMES[news_of]
        now = self._clock()
        if news_of in _SUPPRESSES and message.address and message.channel != "webhook":
            why = "complaint" if news_of == "complained" else "bounce"
            for address in (message.address, *message.also):
                self._journeys.suppress(Suppressed(owner=address, channel=message.channel, since=now, reason=why))
        found = settled(message, outcome, now, reason=reason)
        if found is not message:
            found = self._journeys.settle(found)
            self._journal.count(f"messages_{found.outcome}", channel=found.channel, reason=found.reason)
        if news_of == "complained":
            self._withdraw(found)
        self._tell(found.owner, *news(found))

    def _withdraw(self, message: Message) -> None:
        """Withdraw from what the message was for, by its channel, once for each message; service letters go on."""
        purposes = self._catalog.purposes()
        purpose = purposes.by_id.get(message.purpose)
        if purpose is None or not purpose.is_asked:
            return
        channel = message.channel if message.channel in purpose.channels else None
        decision = Decision(
            granted=False,
            by=BY,
            purpose=purpose.id,
            channel=channel,
            message_id=f"complaint-{passage_id(message.id)}",
            proof="the provider passed on a complaint about a message",
        )
        try:
            self._decisions.record(alone(message.owner), decision)
        except (NotFoundError, InvalidRequestError):
            self._journal.count("complaints_not_recorded")
