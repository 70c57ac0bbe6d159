"""
Deliver: answer a place of a passage where a message is sent, at most once whatever fails.

The claim is written first, then the provider is asked, then the result is written, then it is told. Who finds a claim
without a result does not know what became of it, and never sends it again. Instants are microseconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from regulars.domain.addresses import Address
from regulars.domain.catalog import Live
from regulars.domain.inbox import InboxMessage
from regulars.domain.instants import DAY, SECOND
from regulars.domain.journey_events import passed
from regulars.domain.journeys import Channel, Journey, Send, Webhook
from regulars.domain.live_journeys import LiveJourney
from regulars.domain.message_news import news, way_on
from regulars.domain.passages import Medium, Message, Passage, name_of
from regulars.domain.send_ledger import KEPT, LEASE, is_abandoned, settled
from regulars.domain.sending import Later, NotSent
from regulars.domain.stepping import answered, came_from, gives_way, waits
from regulars.errors import ConflictError, NotAcceptedError, UnavailableError, UnknownOutcomeError
from regulars.pipeline.composing import Composer, NotComposedError
from regulars.pipeline.gate import Gate, Seen, Wish
from regulars.pipeline.inbox import put_inbox
from regulars.pipeline.ports import Clock, Journal, Messenger, Outgoing, Sealer, Tell
from regulars.stores.database import Database, Write
from regulars.stores.journeys import JourneyStore, put_message, put_passage

TRIES = 8
GIVE_UP = 2 * DAY  # after the first try
_FIRST, _LONGEST = 60 * SECOND, 3_600 * SECOND


@dataclass(frozen=True, slots=True)
class Answered:
    """By which way to go on; 1 with an instant is to wait until then, and to ask again."""

    way: int
    until: int | None = None


DONE = Answered(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message that is written and not claimed yet; the person whom the gate has seen, and bonds of their address."""

    wish: Wish
    message: Message
    outgoing: Outgoing
    seen: Seen
    live: Live
    bonds: Sequence[Write]


class Ledger:
    """Reads passages and messages, writes what became of these, and tells it."""

    def __init__(self, database: Database, tell: Tell, journal: Journal) -> None:
        self._database = database
        self._journeys = JourneyStore(database)
        self._tell = tell
        self._journal = journal

    def passage(self, instance: str) -> Passage | None:
        """Read the passage that a state machine names. Raises ValueError."""
        return self._journeys.passage(*name_of(instance))

    def message(self, passage: Passage, place: str) -> Message | None:
        """Read the message of a passage at a place."""
        return self._journeys.message(passage.owner, passage.id, place)

    def save(self, passage: Passage) -> Passage:
        """Write how a passage stands. Raises ConflictError."""
        return self._journeys.save(passage)

    def gives_way(self, passage: Passage, owners: Sequence[str]) -> bool:
        """Say whether a person goes through with the same key already, for longer: they were two when they entered."""
        if len(owners) == 1:
            return False
        others = [one for owner in owners for one in self._journeys.passages(owner, passage.journey)]
        return gives_way(passage, [one for one in others if one.id != passage.id])

    def tell_left(self, passage: Passage, journey: Journey) -> None:
        """Tell of a wait or a hold that somebody left for the place where they are."""
        left = came_from(passage, journey)
        if left and waits(left.step, left.way):
            self._tell(passage.owner, passed(passage, left.place, left.way, left.came, left.at))

    def settle(self, message: Message) -> Message:
        """Write down what became of a message, unless more is known of it by now. Raises UnavailableError."""
        wanted = message
        for _ in range(TRIES):
            try:
                return self._journeys.settle(wanted)
            except ConflictError:
                found = self._journeys.message(message.owner, message.passage, message.place)
                if found is None:
                    return message  # the person was forgotten meanwhile
                wanted = settled(found, message.outcome, message.settled, sent=message.sent, reason=message.reason)
                if wanted is found:
                    return found
        raise UnavailableError("what became of a message could not be written down: too many write at once")

    def finish(self, message: Message, passage: Passage) -> None:
        """Write down how a message ended, and how the passage stands with it. Raises ConflictError."""
        self._database.transact([put_message(message), put_passage(passage)])

    def tell(self, message: Message, passage: Passage, way: int) -> Answered:
        """Tell how a message stands, and that somebody goes on; give the answer."""
        self._tell(message.owner, *news(message), way_on(message, passage, way))
        self._journal.count(f"messages_{message.outcome}", channel=message.channel)
        if message.outcome == "unknown":
            self._journal.count("sends_unknown")
        return Answered(way)

    def put_off(self, reason: str) -> None:
        """Count that a message waits for its provider, by why it does."""
        self._journal.count(f"sends_{reason}")


class Deliverer:
    """Sends the messages of journeys."""

    def __init__(
        self,
        *,
        gate: Gate,
        composer: Composer,
        messengers: Mapping[Channel, Messenger],
        sealer: Sealer,
        ledger: Ledger,
        clock: Clock,
    ) -> None:
        self._gate = gate
        self._composer = composer
        self._messengers = messengers
        self._sealer = sealer
        self._ledger = ledger
        self._clock = clock

    def answer(self, passage: Passage, place: str, send: Send, journey: LiveJourney, live: Live) -> Answered:
        """Answer a place at which a message is sent, which was not decided yet. Raises ConflictError."""
        now = self._clock()
        seen = self._gate.see(passage.owner, live)
        if seen is None or self._ledger.gives_way(passage, seen.home.owners):
            return DONE
        wish = Wish(passage=passage, send=send, journey=journey)
        match self._gate.ask(wish, seen, live, now):
            case Later(at):
                return self._wait(passage, at)
            case NotSent(reason):
                return self._refuse(wish, place, reason, now)
        try:
            letter = self._write(wish, place, seen, live, now)
        except NotComposedError as error:
            return self._refuse(wish, place, error.reason, now)
        return self._send(letter)

    def known(self, message: Message, passage: Passage) -> Answered:
        """Answer a place at which it was decided before: whoever did may have died before they said so."""
        now = self._clock()
        if is_abandoned(message, now):
            message = self._ledger.settle(settled(message, "unknown", now))
        if message.outcome == "claimed":
            return Answered(1, message.at + LEASE)
        return self._ledger.tell(message, passage, 0)

    def _write(self, wish: Wish, place: str, seen: Seen, live: Live, now: int) -> Letter:
        passage, send = wish.passage, wish.send
        address = self._composer.address(send.channel, seen, passage)
        bonds = self._gate.open_to(address, send.channel, seen)
        if bonds is None:
            raise NotComposedError("suppressed")
        message = a_message(passage, place, send, now, address=address)
        outgoing = self._composer.compose(message, address.to, seen=seen, live=live, send=send, passage=passage)
        return Letter(wish=wish, message=message, outgoing=outgoing, seen=seen, live=live, bonds=bonds)

    def _send(self, letter: Letter) -> Answered:
        passage, message = letter.wish.passage, letter.message
        claimed = answered(passage, 0, passage.until)
        purpose = letter.live.purposes.by_id.get(message.purpose)
        asked = purpose is not None and purpose.is_asked
        self._gate.claim(message, letter.seen, claimed, asked=asked, more=self._beside(letter))
        message, claimed = replace(message, version=1), replace(claimed, version=passage.version + 1)
        if not self._gate.is_bound(letter.seen) and (reason := self._objection(letter)):
            return self._end(settled(message, "failed", self._clock(), reason=reason), claimed)
        if message.channel == "in_app":  # it is there with its claim
            return self._end(settled(message, "sent", self._clock(), sent=message.id), claimed)
        try:
            sent = self._messengers[letter.wish.send.channel].send(letter.outgoing)
        except UnknownOutcomeError:
            return self._end(settled(message, "unknown", self._clock()), claimed)
        except NotAcceptedError as error:
            return self._failed(letter, message, claimed, error)
        return self._end(settled(message, "sent", self._clock(), sent=sent), claimed)

    def _beside(self, letter: Letter) -> list[Write]:
        """List what the claim needs besides: bonds of the address; a message of the inbox is there with it."""
        message, outgoing = letter.message, letter.outgoing
        if message.channel != "in_app":
            return list(letter.bonds)
        inbox = InboxMessage(
            owner=message.owner,
            id=message.id,
            at=message.at,
            title=outgoing.subject,
            text=outgoing.text,
            link=outgoing.link,
            journey=message.journey,
            template=message.template,
        )
        return [put_inbox(inbox, self._sealer)]

    def _failed(self, letter: Letter, message: Message, claimed: Passage, error: NotAcceptedError) -> Answered:
        """Wait and try again, where that may help and has not for too long; else it has failed for good."""
        now, before = self._clock(), letter.wish.passage.tried
        first = now if before is None else before
        failed = settled(message, "failed", now, reason=error.reason)
        if not error.again or now - first >= GIVE_UP:
            return self._end(failed, claimed)
        until = now + min(max(_FIRST, now - first), _LONGEST)
        for _ in range(TRIES):
            answers = {place: way for place, way in claimed.answers.items() if place != message.place}
            waits = replace(claimed, until=until, tried=first, answers=answers)
            try:
                self._gate.free(message, waits, self._gate.lock_of(letter.seen))
            except ConflictError:
                found = self._ledger.passage(claimed.instance)
                if found is None or found.has_ended(now):
                    break
                claimed = found
            else:
                self._ledger.put_off(error.reason)
                return Answered(1, until)
        return self._end(failed, claimed)  # it was settled by somebody else, or is no longer wanted: it is not repeated

    def _end(self, message: Message, passage: Passage) -> Answered:
        return self._ledger.tell(self._ledger.settle(message), passage, 0)

    def _objection(self, letter: Letter) -> str:
        """Ask somebody with more identifiers than a transaction holds again, now that the claim is there."""
        seen, send = self._gate.see(letter.message.owner, letter.live), letter.wish.send
        if seen is None:
            return "gone"
        if seen.person.restricted:
            return "restricted"
        return "" if seen.person.consent.allows(send.purpose, send.channel) else "consent"

    def _refuse(self, wish: Wish, place: str, reason: str, now: int) -> Answered:
        message = replace(a_message(wish.passage, place, wish.send, now), outcome="refused", settled=now, reason=reason)
        passage = answered(wish.passage, 0, wish.passage.until)
        self._gate.refuse(message, passage)
        return self._ledger.tell(message, passage, 0)

    def _wait(self, passage: Passage, until: int) -> Answered:
        if until != passage.until:
            self._ledger.save(replace(passage, until=until))
        return Answered(1, until)


def a_message(
    passage: Passage, place: str, step: Send | Webhook, now: int, *, address: Address | None = None
) -> Message:
    """Begin a message of a passage at a place, claimed now."""
    medium: Medium = step.channel if isinstance(step, Send) else "webhook"
    return Message(
        owner=passage.owner,
        passage=passage.id,
        place=place,
        journey=passage.journey,
        number=passage.number,
        channel=medium,
        template=step.template if isinstance(step, Send) else step.to,
        purpose=step.purpose,
        kind=step.kind if isinstance(step, Send) else "transactional",
        at=now,
        address=address.owner if address else "",
        also=address.also if address else (),
        until=(passage.at + KEPT) // SECOND * SECOND,
    )
