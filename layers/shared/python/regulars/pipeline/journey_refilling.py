"""
Put back, from what journeys told to the lake, who went through them and what they were sent; done again, nothing twice.

What came after a backup is in no copy of the table, and whoever is asked anew about it would be written to again. So
passages come back, as ended: nobody goes on by them. Messages come back as sent, and count for caps. What a row says
stands: it says more.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import cast

from regulars.domain.events import Event
from regulars.domain.instants import SECOND
from regulars.domain.journey_deeds import is_own
from regulars.domain.journeys import Channel, Class
from regulars.domain.lake import EVENTS
from regulars.domain.lake_rows import event_of
from regulars.domain.passage_keeps import LEAST
from regulars.domain.passages import Message, Outcome, Passage
from regulars.domain.reserved_events import (
    BOUNCED,
    COMPLAINED,
    DELIVERED,
    FAILED,
    JOURNEY_ENTERED,
    SENT,
    UNKNOWN,
)
from regulars.domain.send_ledger import KEPT
from regulars.domain.sending import Sent
from regulars.errors import ConflictError
from regulars.pipeline.lake import Lake
from regulars.pipeline.refilling import Reading
from regulars.stores.database import Database, number, text
from regulars.stores.journeys import COMPLAINT, Claims, JourneyStore, Suppressed, put_claims, put_message, put_passage

TRIES = 10
_OUTCOMES: Mapping[str, Outcome] = {
    SENT: "sent",
    FAILED: "failed",
    UNKNOWN: "unknown",
    DELIVERED: "delivered",
    BOUNCED: "bounced",
    COMPLAINED: "complained",
}
_CLAIMED = frozenset({SENT, UNKNOWN, DELIVERED, BOUNCED, COMPLAINED})  # of which a cap may have counted one


class JourneyRefiller:
    """Writes rows of journeys that the table lacks; `told` hears of rows that went by."""

    def __init__(
        self, database: Database, lake: Lake, format: Reading, told: Callable[[int], None] = lambda _rows: None
    ) -> None:
        self._database = database
        self._journeys = JourneyStore(database)
        self._lake = lake
        self._format = format
        self._told = told

    def refill(self, *, since: str = "") -> Mapping[str, int]:
        """
        Go through the files from a day on; say how many passages and messages were put back.

        Raises ConflictError, UnavailableError.
        """
        found: Counter[str] = Counter(passages=0, messages=0)
        for file in self._lake.files(EVENTS, since=since):
            content = self._lake.get(file.key)
            read = self._format.rows(EVENTS, content) if content is not None else []
            rows = sorted(read, key=itemgetter("arrival", "moment"))
            told = [event for event in map(event_of, rows) if is_own(event)]
            gone = self._erased({event.owner for event in told})
            for event in told:
                if event.owner not in gone:
                    found.update(self._put(event))
            self._told(len(rows))
        return {name: found[name] for name in ("passages", "messages")}

    def _put(self, event: Event) -> Sequence[str]:
        if event.name == JOURNEY_ENTERED:
            return ["passages"] if self._enter(event) else []
        if event.name not in _OUTCOMES:
            return []
        is_new = self._send(event)
        if event.name == COMPLAINED:
            self._suppress(event)
        return ["messages"] if is_new else []

    def _enter(self, event: Event) -> bool:
        said = event.properties
        passage = Passage(
            owner=event.owner,
            journey=str(said["journey"]),
            number=int(str(said["version"])),
            id=str(said["passage"]),
            key=str(said.get("key_hash") or ""),
            at=event.at,
            since=event.at,
            ended=event.at,
            ending="held_out" if said.get("held_out") else "stopped",
        )
        [is_new] = self._database.insert("journeys", [{**put_passage(passage).item, "v": 1}])
        return is_new

    def _send(self, event: Event) -> bool:
        """Write a message and what caps count of it together: either both are there, or none."""
        message = _message(event)
        for _ in range(TRIES):
            if self._journeys.message(message.owner, message.passage, message.place):
                return False
            writes = [put_message(replace(message, until=(event.at + KEPT) // SECOND * SECOND))]
            if event.name in _CLAIMED and message.channel != "webhook":
                writes.append(put_claims(_with(self._journeys.claims(message.owner), message)))
            try:
                self._database.transact(writes)
            except ConflictError:
                continue
            return True
        raise ConflictError("the messages of somebody kept changing: do it again")

    def _suppress(self, event: Event) -> None:
        """Honour a complaint that came after the backup, where a row still tells the address."""
        message = self._journeys.message(event.owner, str(event.properties["passage"]), str(event.properties["place"]))
        if message and message.address:
            channel = _channel(message)
            for address in (message.address, *message.also):
                suppressed = Suppressed(owner=address, channel=channel, since=event.at, reason=COMPLAINT)
                self._journeys.suppress(suppressed)

    def _erased(self, owners: Iterable[str]) -> frozenset[str]:
        rows = self._database.get_many("vault", [(owner, None) for owner in sorted(owners)])
        return frozenset(text(row, "owner") for row in rows if row and number(row, "erased"))


def _message(event: Event) -> Message:
    said = event.properties
    return Message(
        owner=event.owner,
        passage=str(said["passage"]),
        place=str(said["place"]),
        journey=str(said["journey"]),
        number=int(str(said["version"])),
        channel=cast(Channel, said["channel"]),
        template=str(said["template"]),
        purpose=str(said["purpose"]),
        kind=cast(Class, said["class"]),
        at=event.at,
        outcome=_OUTCOMES[event.name or ""],
        settled=event.at,
        reason=str(said.get("reason") or ""),
    )


def _with(claims: Claims, message: Message) -> Claims:
    one = Sent(message.at, _channel(message), message.kind)
    newest = max([one.at, *(each.at for each in claims.sent)])
    sent = sorted((each for each in (*claims.sent, one) if each.at > newest - LEAST), key=lambda each: each.at)
    return Claims(owner=claims.owner, sent=sent, version=claims.version)


def _channel(message: Message) -> Channel:
    return cast(Channel, str(message.channel))
