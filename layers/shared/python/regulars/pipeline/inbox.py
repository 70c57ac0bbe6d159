"""The in-app inbox: a message is put there with its claim, and shown to the person that a signed token names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import nlargest

from regulars.domain.identifiers import kind_of
from regulars.domain.inbox import InboxMessage, SealedMessage, pack, unpack
from regulars.domain.inbox_tokens import InboxTicket, inbox_key, read_inbox_token, write_inbox_token
from regulars.domain.instants import SECOND
from regulars.domain.profiles import alone
from regulars.domain.state import RESTRICTED
from regulars.errors import ConflictError, InvalidRequestError, NotFoundError
from regulars.pipeline.consents import Consents
from regulars.pipeline.people import People
from regulars.pipeline.ports import Clock, Many, Sealer
from regulars.stores.database import Database, Put
from regulars.stores.inbox import InboxStore, put

COUNTED = 100  # of the newest, whether they were read
Place = tuple[int, str]  # the instant and the id of a message


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """
    Messages, newest first; how many of the newest hundred are unread (of the first page).

    `next` is the last place that was looked at, None where nothing follows: perhaps of a message that nobody can open.
    """

    messages: Sequence[InboxMessage]
    unread: int | None
    next: Place | None


class InboxTokens:
    """Makes tokens for people who are known."""

    def __init__(self, database: Database, sealer: Sealer, many: Many, clock: Clock) -> None:
        self._consents = Consents(database, many, clock)
        self._sealer = sealer
        self._clock = clock

    def make(self, profile_id: str, *, length: int) -> tuple[str, int]:
        """Make a token and say until when it holds (microseconds). Raises NotFoundError, InvalidRequestError."""
        person = self._consents.of(profile_id)
        if not any(kind_of(owner) in person.rules.known_kinds for owner in person.found.owners):
            raise InvalidRequestError("nobody knows who it is: an inbox is for who has signed in")
        until = (self._clock() + length) // SECOND * SECOND
        ticket = InboxTicket(owner=person.owner, until=until)
        return write_inbox_token(ticket, inbox_key(self._sealer.hash_key)), until


class Inbox:
    """Shows messages to their person, and notes which were read."""

    def __init__(self, database: Database, sealer: Sealer, many: Many, clock: Clock) -> None:
        self._store = InboxStore(database)
        self._people = People(database, many)
        self._database = database
        self._sealer = sealer
        self._many = many
        self._clock = clock

    def page(self, token: str, *, before: Place | None, limit: int) -> InboxPage:
        """Show messages of the person that a token names, before a place. Raises UnauthorizedError."""
        owners = self._owners(token)
        count = limit + 1 if before else max(limit + 1, COUNTED)
        pages = self._many(lambda owner: self._store.newest(owner, before=before, limit=count), owners)
        found = nlargest(count, (each for page in pages for each in page), key=lambda each: each.place)
        shown = [message for each in found[:limit] if (message := self._opened(each))]
        unread = None if before else sum(each.read is None for each in found[:COUNTED])
        last = found[limit - 1] if len(found) > limit else None
        return InboxPage(messages=shown, unread=unread, next=(last.at, last.id) if last else None)

    def read(self, token: str, place: Place) -> tuple[SealedMessage, bool]:
        """
        Note that a message was read; a second time changes nothing. Say whether this was the first.

        Raises UnauthorizedError, NotFoundError.
        """
        owners = self._owners(token)
        found = next((each for each in self._many(lambda owner: self._store.get(owner, *place), owners) if each), None)
        if found is None:
            raise NotFoundError("no message has this id: messages go after 90 days")
        try:
            return (found, False) if found.read is not None else (self._store.mark(found, self._clock()), True)
        except ConflictError:  # somebody else noted it just now, or it went
            return replace(found, read=self._clock()), False

    def _owners(self, token: str) -> Sequence[str]:
        """List the identifiers of whom a token names: of who was erased, or is restricted, none."""
        ticket = read_inbox_token(token, inbox_key(self._sealer.hash_key), now=self._clock())
        try:
            owners = self._people.find(alone(ticket.owner)).owners
        except NotFoundError:
            return ()
        marks = self._database.get_many("identities", [(owner, RESTRICTED) for owner in owners])
        return () if any(marks) else owners

    def _opened(self, kept: SealedMessage) -> InboxMessage | None:
        content = self._sealer.open(kept.owner, bound_to(kept.id), kept.content)
        return unpack(kept, content) if content else None


def put_inbox(message: InboxMessage, sealer: Sealer) -> Put:
    """The write that puts a message into the inbox of its owner once, with the claim of it; what it says is sealed."""
    sealer.prepare([message.owner])
    content = sealer.seal(message.owner, bound_to(message.id), pack(message))
    return put(SealedMessage(owner=message.owner, id=message.id, at=message.at, content=content))


def bound_to(id: str) -> str:
    """Name what the content of a message is bound to."""
    return f"inbox {id}"
