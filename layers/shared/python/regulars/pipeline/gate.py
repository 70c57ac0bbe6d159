"""
The one gate before every message: what is true of the person, and a claim that holds only as long as it is.

A claim is one transaction. It is bound to all that the gate has read: who the person is, what they consent to, that
they are not restricted, that their address takes messages, what else was claimed for them, and their way through the
journey. Whatever of that has changed meanwhile makes it fail, and the gate is asked anew. So nothing is sent of which a
withdrawal was folded before the claim, and no two journeys claim the last message of a cap. The state of the version is
no part of it: the claims of all people would meet at that one row, and DynamoDB lets through one of them at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from regulars.domain.addresses import Address
from regulars.domain.catalog import Live
from regulars.domain.journey_times import zone_of
from regulars.domain.journeys import Channel, Send
from regulars.domain.live_journeys import LiveJourney
from regulars.domain.lots import HOLDOUT, Draw, first_of, is_held_out, lot
from regulars.domain.messaging import NO_POLICY, Messaging, parse_messaging
from regulars.domain.passages import Message, Passage
from regulars.domain.people import Person
from regulars.domain.profiles import alone, founder
from regulars.domain.send_ledger import forget_claim, remember
from regulars.domain.sending import Answer, Sent, Standing, may_send
from regulars.domain.state import CONSENT, RESTRICTED
from regulars.pipeline.persons import sum_person
from regulars.pipeline.ports import Many
from regulars.pipeline.snapshots import Home, Snapshot, Snapshots
from regulars.pipeline.travellers import is_still
from regulars.stores.database import Check, Database, Write, number
from regulars.stores.definitions import DefinitionStore
from regulars.stores.identities import LINK
from regulars.stores.journeys import (
    Claims,
    JourneyStore,
    check_unsuppressed,
    delete_message,
    put_claims,
    put_message,
    put_passage,
)

MOST_BOUND = 42  # identifiers: a transaction has a hundred writes
_ZONE = "timezone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """
    A person as the gate has read them.

    `claims` are the messages that were claimed under any of their identifiers, `own` those in the row that is the lock.
    """

    home: Home
    snapshot: Snapshot
    person: Person
    claims: Sequence[Sent]
    own: Claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A message that a journey wants to send to somebody on their way; `journey` None if that version is over."""

    passage: Passage
    send: Send
    journey: LiveJourney | None


class Gate:
    """Reads people consistently, decides, and claims; nothing is sent past it."""

    def __init__(self, database: Database, many: Many) -> None:
        self._database = database
        self._snapshots = Snapshots(database, many)
        self._journeys = JourneyStore(database)
        self._definitions = DefinitionStore(database)
        self._many = many

    def see(self, owner: str, live: Live) -> Seen | None:
        """Read the person whom an identifier leads to now; None for who was erased."""
        home = self._snapshots.home(alone(owner))
        if home.erased:
            return None
        snapshot = self._snapshots.read(home)
        found = dict(zip(home.owners, self._many(self._journeys.claims, home.owners), strict=True))
        return Seen(
            home=home,
            snapshot=snapshot,
            person=sum_person(snapshot.identities, live, profile_id=home.profile_id, owners=home.owners),
            claims=[one for claims in found.values() for one in claims.sent],
            own=found[_lock_of(home)],
        )

    def ask(self, wish: Wish, seen: Seen, live: Live, now: int) -> Answer:
        """Decide on a message at an instant, in all but the address, which is not known yet."""
        policy, send, person = self._policy(), wish.send, seen.person
        standing = Standing(
            consents=person.consent.allows(send.purpose, send.channel),
            restricted=person.restricted,
            stopped=wish.journey is None or wish.passage.has_ended(now),
            held_out=self._is_held_out(seen, policy, now),
        )
        zone = zone_of(person.values.get(_ZONE), live.workspace.zone)
        priority = wish.journey.journey.priority if wish.journey else 0
        return may_send(send, standing, seen.claims, policy, now, zone=zone, priority=priority)

    def open_to(self, address: Address, channel: Channel, seen: Seen) -> list[Write] | None:
        """
        List what must stay as it is for an address to get messages by a channel; None where it gets none.

        People give addresses of others as their own, and nothing goes to that of somebody who was erased, or is being,
        in whatever spelling.
        """
        found: dict[tuple[str, object], Write] = {}
        for owner in address.owners:
            bonds = self._open_to(owner, channel, seen)
            if bonds is None:
                return None
            for bond in bonds:
                found.setdefault((bond.table, bond.key), bond)  # two may be of one person
        return [*found.values(), *(check_unsuppressed(owner, channel) for owner in address.also)]

    def _open_to(self, address: str, channel: Channel, seen: Seen) -> list[Check] | None:
        """List the conditions of one spelling; None where nothing goes there."""
        if self._journeys.suppressed(address, channel) is not None:
            return None
        if address in seen.home.owners:
            return []
        home, row = self._snapshots.home(alone(address)), self._database.get("vault", address) or {}
        if home.erased or number(row, "erased"):
            return None
        return [*is_still(home), Check("vault", (address, None), was=number(row, "v"))]

    def claim(self, message: Message, seen: Seen, passage: Passage, *, asked: bool, more: Sequence[Write] = ()) -> None:
        """
        Claim a message, and note how the passage stands with it, if all is as it was read.

        `asked` says that its purpose asks for consent; `more` is written with it. Raises ConflictError.
        """
        writes: list[Write] = [put_message(message), put_passage(passage)]
        if message.channel != "webhook":  # caps count no webhooks, and these have no address
            sent = remember([*seen.own.sent, claim_of(message)], message.at)
            writes.append(put_claims(replace(seen.own, sent=sent)))
            writes.append(check_unsuppressed(message.address, message.channel))
        self._database.transact([*writes, *self._bonds(seen, passage.owner, asked=asked), *more])

    def is_bound(self, seen: Seen) -> bool:
        """Say whether a claim is bound to what all identifiers of somebody say: who has more is seen again after it."""
        return len(seen.home.owners) <= MOST_BOUND

    def refuse(self, message: Message, passage: Passage) -> None:
        """Note that a message is not let out, and how the passage stands then. Raises ConflictError."""
        self._database.transact([put_message(message), put_passage(passage)])

    def free(self, message: Message, passage: Passage, owner: str) -> None:
        """
        Take back a claim of which surely nothing was sent, as it was read; `owner` has the row that is the lock.

        Raises ConflictError.
        """
        claims = self._journeys.claims(owner)
        sent = forget_claim(claims.sent, claim_of(message))
        self._database.transact([delete_message(message), put_claims(replace(claims, sent=sent)), put_passage(passage)])

    def lock_of(self, seen: Seen) -> str:
        """Name the identifier whose row is the lock of a person's caps."""
        return _lock_of(seen.home)

    def _bonds(self, seen: Seen, owner: str, *, asked: bool) -> list[Write]:
        """List what must be as it was read: who they are, no mark of a restriction, and all that they decided."""
        home, versions = seen.home, seen.snapshot.versions
        names = (RESTRICTED, CONSENT) if asked else (RESTRICTED,)
        keys = [(owner, LINK), *((one, name) for one in home.owners[:MOST_BOUND] for name in names)]
        bonds: list[Write] = [Check("identities", key, was=versions.get(key, 0)) for key in keys]
        if home.version is not None:
            bonds.append(Check("profiles", (home.profile_id, None), was=home.version))
        return bonds

    def _policy(self) -> Messaging:
        found = self._definitions.get("messaging", "policy")
        return parse_messaging(found.content) if found else NO_POLICY

    def _is_held_out(self, seen: Seen, policy: Messaging, now: int) -> bool:
        """Draw who gets no marketing at all, once for each person: of those who were merged the first draw counts."""
        if not policy.holdout:
            return False
        profile_id = seen.home.profile_id
        draws = [draw for each in self._many(self._journeys.draws, seen.home.owners) for draw in each]
        if not any(draw.by == HOLDOUT for draw in draws):
            self._journeys.draw(_lock_of(seen.home), Draw(HOLDOUT, profile_id, now))
        return is_held_out(policy.holdout, lot(HOLDOUT, first_of(HOLDOUT, draws, profile_id)))


def claim_of(message: Message) -> Sent:
    """Give a message as caps count it. A webhook is none."""
    if message.channel == "webhook":
        raise ValueError("caps count no webhooks")
    return Sent(message.at, message.channel, message.kind)


def _lock_of(home: Home) -> str:
    """Choose the identifier whose row all claims of a person go through: the founder, if still one of theirs."""
    named = founder(home.profile_id)
    return named if named in home.owners else min(home.owners)
