"""Links by which people decide on consent by themselves: made for service, and opened on the preference page."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from regulars.domain.consent import GPC
from regulars.domain.events import Event
from regulars.domain.identifiers import kind_of
from regulars.domain.instants import SECOND, to_text
from regulars.domain.preference_tokens import Ticket, read_ticket, ticket_key, write_ticket
from regulars.domain.profiles import alone
from regulars.domain.recorded_decisions import Decision, asked
from regulars.domain.standing import Consent
from regulars.errors import EndedLinkError, InvalidRequestError, NotFoundError
from regulars.pipeline.consents import Asked, Consents, pairs
from regulars.pipeline.decisions import DecisionRecorder, after
from regulars.pipeline.ports import Clock, Many, Sealer
from regulars.stores.database import Database

Choice = tuple[str, str | None]  # a purpose, and a channel of it, None where it has none
BY = "preference link"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeLinks:
    """The tokens of a page of preferences and of an unsubscription in one click; `until` is in microseconds."""

    preferences: str
    unsubscribe: str
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWish:
    """
    What links are to be for: the purpose and channel of a letter, None of everything, for so long (microseconds).

    `named` is the identifier by which the person was named, `kind` that of the one that the letter goes to.
    """

    named: str
    length: int
    kind: str | None = None
    purpose: str | None = None
    channel: str | None = None


class Links:
    """Makes links for people who are known."""

    def __init__(self, database: Database, sealer: Sealer, many: Many, clock: Clock) -> None:
        self._consents = Consents(database, many, clock)
        self._sealer = sealer
        self._clock = clock

    def make(self, profile_id: str, wish: LinkWish) -> MadeLinks:
        """Make links for a person. Raises NotFoundError, InvalidRequestError."""
        person, purpose, channel = self._consents.of(profile_id), wish.purpose, wish.channel
        if purpose is not None:
            asked(purpose, channel, person.consent.purposes)
        elif channel is not None:
            raise InvalidRequestError("channel is one of a purpose: name that, too")
        owner = _addressee(wish, person)
        until, key = (self._clock() + wish.length) // SECOND * SECOND, ticket_key(self._sealer.hash_key)
        page = Ticket(owner=owner, until=until, preferences=True)
        one_click = Ticket(owner=owner, until=until, purpose=purpose, channel=channel)
        return MadeLinks(preferences=write_ticket(page, key), unsubscribe=write_ticket(one_click, key), until=until)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens: what it may do, and what the person consents to."""

    ticket: Ticket
    consent: Consent

    @property
    def choices(self) -> list[Choice]:
        """The purposes and channels that the person is asked for."""
        return [(purpose.id, channel) for purpose, channel in pairs(self.consent) if purpose.is_asked]

    @property
    def sold(self) -> Sequence[str]:
        """The purposes that count as sale or sharing."""
        return self.consent.purposes.categories.get(GPC, ())

    @property
    def is_opted_out(self) -> bool:
        """Say whether none of what counts as sale or sharing may go on."""
        return not any(choice[0] in self.sold and self.consent.allows(*choice) for choice in self.choices)


class Preferences:
    """Opens links, and records what the people they were sent to decide; `random` names each decision."""

    def __init__(self, database: Database, sealer: Sealer, many: Many, clock: Clock, random: Callable[[], str]) -> None:
        self._consents = Consents(database, many, clock)
        self._recorder = DecisionRecorder(database, sealer, many, clock, random)
        self._sealer = sealer
        self._clock = clock

    def open(self, token: str) -> Opened:
        """Open a link; nothing is changed. Raises InvalidLinkError, EndedLinkError."""
        ticket = read_ticket(token, ticket_key(self._sealer.hash_key), now=self._clock())
        return Opened(ticket, self._person(ticket).consent)

    def signal(self, token: str) -> Opened:
        """
        Open a link in a browser that asks that nothing is sold or shared: for a person who is known that is a decision.

        It is recorded once: what they agree to on the page after it holds. Raises InvalidLinkError, EndedLinkError.
        """
        opened = self.open(token)
        owner = opened.ticket.owner
        if not opened.sold or any(matter == GPC for _, matter in opened.consent.words.get(owner, {})):
            return opened
        return Opened(opened.ticket, after(opened.consent, self._recorder.opt_out(owner, opened.consent, by=BY)))

    def decide(self, token: str, *, were: Collection[Choice], wishes: Collection[Choice]) -> Opened:
        """
        Record what somebody changed on the page: `were` granted as they saw it, `wishes` are granted now.

        What they left as it was is not decided. Raises InvalidLinkError, EndedLinkError.
        """
        opened = self.open(token)
        consent = opened.consent
        for choice in opened.choices:
            if (choice in wishes) != (choice in were):
                consent = after(consent, self._record(opened.ticket, *choice, granted=choice in wishes))
        return Opened(opened.ticket, consent)

    def withdraw(self, token: str) -> Opened:
        """
        Withdraw from what a link names, or from everything; a second time changes nothing.

        Raises InvalidLinkError, EndedLinkError.
        """
        opened = self.open(token)
        ticket = opened.ticket
        purposes = opened.consent.purposes
        purpose = purposes.by_id.get(ticket.purpose) if ticket.purpose else None
        named = [choice for choice in opened.choices if _is_of(choice, ticket)]
        if (ticket.purpose and not (purpose and purpose.is_asked)) or _are_withdrawn(named, opened.consent):
            return opened  # it is no longer done, or was said before
        channel = ticket.channel if purpose and ticket.channel in purpose.channels else None
        event = self._record(ticket, ticket.purpose, channel, granted=False)
        return Opened(ticket, after(opened.consent, event))

    def _person(self, ticket: Ticket) -> Asked:
        try:
            return self._consents.of(alone(ticket.owner))
        except NotFoundError:
            raise EndedLinkError(
                "nothing is known any more of whom this link was sent to: there is nothing to change"
            ) from None

    def _record(self, ticket: Ticket, purpose: str | None, channel: str | None, *, granted: bool) -> Event:
        proof = f"by a signed link that ends on {to_text(ticket.until)[:10]}"
        decision = Decision(granted=granted, by=BY, purpose=purpose, channel=channel, proof=proof)
        return self._recorder.record(alone(ticket.owner), decision, owner=ticket.owner).event


def _addressee(wish: LinkWish, person: Asked) -> str:
    """Choose the identifier that a link is for: that by which the person was named, or one of a kind, or the best."""
    known = sorted(owner for owner in person.found.owners if kind_of(owner) in person.rules.known_kinds)
    if not known:
        raise InvalidRequestError("nobody knows who it is: a link is sent to somebody, and there is nowhere to send it")
    fitting = [owner for owner in known if wish.kind in (None, kind_of(owner))]
    if not fitting:
        kinds = ", ".join(sorted({kind_of(owner) for owner in known}))
        raise InvalidRequestError(f"kind is that of an identifier by which the person is known: {kinds}")
    if wish.named in fitting:
        return wish.named
    return person.owner if person.owner in fitting else fitting[0]


def _are_withdrawn(choices: Collection[Choice], consent: Consent) -> bool:
    """Say whether somebody has withdrawn from all of these themselves."""
    said = [consent.standing(consent.purposes.by_id[purpose], channel).said for purpose, channel in choices]
    return bool(said) and all(one is not None and one.word.denied and one.word.proven for one in said)


def _is_of(choice: Choice, ticket: Ticket) -> bool:
    return ticket.purpose in (None, choice[0]) and ticket.channel in (None, choice[1])
