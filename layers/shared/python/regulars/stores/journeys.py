"""The journeys table: passages, lots that were drawn, messages that were claimed, and addresses that get none."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from regulars.domain.instants import SECOND
from regulars.domain.journeys import Channel, Class
from regulars.domain.lots import Draw
from regulars.domain.passages import Ending, Medium, Message, Outcome, Passage
from regulars.domain.sending import Sent
from regulars.stores.database import Check, Database, Delete, Item, Put, binary, number, text

_PASSAGE = "passage#"
_ENTRIES = "entries#"
_DRAW = "draw#"
_SENT = "sends"
_MESSAGE = "send#"
_SUPPRESSED = "suppressed#"
COMPLAINT = "complaint"  # of who complained; of an address that is none it is another word


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The messages that were claimed for a person under one of their identifiers, oldest first."""

    owner: str
    sent: Sequence[Sent] = ()
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """An address that gets no messages by a channel: since when (microseconds), and why."""

    owner: str
    channel: Channel
    since: int
    reason: str
    version: int = 0


class JourneyStore:
    """Reads what is kept of people on journeys; every read is consistent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def passage(self, owner: str, journey: str, id: str) -> Passage | None:
        """Read a passage."""
        item = self._database.get("journeys", owner, f"{_PASSAGE}{journey}#{id}")
        return passage_from(item) if item else None

    def passages(self, owner: str, journey: str | None = None) -> list[Passage]:
        """Read the passages of an identifier, through all journeys or one."""
        prefix = _PASSAGE if journey is None else f"{_PASSAGE}{journey}#"
        return [passage_from(item) for item in self._database.query("journeys", owner, prefix=prefix)]

    def save(self, passage: Passage) -> Passage:
        """Write a passage over the version that was read; give it as it stands then. Raises ConflictError."""
        write = put_passage(passage)
        self._database.put(write.table, write.item, was=write.was)
        return replace(passage, version=passage.version + 1)

    def entries(self, owner: str, journey: str) -> int:
        """Read the version of the lock of a person's entries, 0 where nobody has entered."""
        return number(self._database.get("journeys", owner, _ENTRIES + journey) or {}, "v")

    def draws(self, owner: str) -> list[Draw]:
        """Read the lots that an identifier has drawn."""
        items = self._database.query("journeys", owner, prefix=_DRAW)
        return [
            Draw(text(item, "item").removeprefix(_DRAW), text(item, "profile_id"), number(item, "at")) for item in items
        ]

    def draw(self, owner: str, draw: Draw) -> None:
        """Remember a lot; one that was drawn before under this name stands."""
        item: Item = {"owner": owner, "item": _DRAW + draw.by, "profile_id": draw.profile_id, "at": draw.at}
        self._database.insert("journeys", [item])

    def message(self, owner: str, passage: str, place: str) -> Message | None:
        """Read the message of a passage at a place."""
        item = self._database.get("journeys", owner, _message_key(passage, place))
        return message_from(item) if item else None

    def messages(self, owner: str) -> list[Message]:
        """Read all messages of an identifier."""
        return [message_from(item) for item in self._database.query("journeys", owner, prefix=_MESSAGE)]

    def settle(self, message: Message) -> Message:
        """Write what became of a message over the version that was read. Raises ConflictError."""
        write = put_message(message)
        self._database.put(write.table, write.item, was=write.was)
        return replace(message, version=message.version + 1)

    def claims(self, owner: str) -> Claims:
        """Read what was claimed for a person under one of their identifiers."""
        item = self._database.get("journeys", owner, _SENT) or {}
        sent = [Sent(at, channel, kind) for at, channel, kind in json.loads(text(item, "sent", "[]"))]
        return Claims(owner=owner, sent=sent, version=number(item, "v"))

    def suppressed(self, owner: str, channel: Channel) -> Suppressed | None:
        """Read whether an address gets no messages by a channel."""
        item = self._database.get("journeys", owner, _SUPPRESSED + channel)
        return suppressed_from(item) if item else None

    def suppress(self, suppressed: Suppressed) -> None:
        """
        Let an address get no more messages by a channel; a suppression that stands is kept, unless this is a complaint.

        Raises ConflictError.
        """
        item: Item = {
            "owner": suppressed.owner,
            "item": _SUPPRESSED + suppressed.channel,
            "at": suppressed.since,
            "reason": suppressed.reason,
            "v": 1,
        }
        [is_new] = self._database.insert("journeys", [item])
        if is_new or suppressed.reason != COMPLAINT:
            return
        standing = self.suppressed(suppressed.owner, suppressed.channel)
        if standing and standing.reason != COMPLAINT:
            self._database.put("journeys", item, was=standing.version)

    def lift(self, suppressed: Suppressed) -> None:
        """End a suppression over the version that was read. Raises ConflictError."""
        key = _SUPPRESSED + suppressed.channel
        self._database.delete("journeys", suppressed.owner, key, was=suppressed.version)


def put_passage(passage: Passage) -> Put:
    """The write of a passage over the version that was read."""
    item: dict[str, str | int | bytes] = {
        "owner": passage.owner,
        "item": f"{_PASSAGE}{passage.journey}#{passage.id}",
        "number": passage.number,
        "key": passage.key,
        "at": passage.at,
        "event": passage.event,
        "bound": json.dumps(passage.bound, ensure_ascii=False, separators=(",", ":")),
        "place": passage.place,
        "since": passage.since,
        "token": passage.token,
        "restarts": passage.restarts,
        "answers": json.dumps(passage.answers, separators=(",", ":")),
    }
    some = {
        "until": passage.until,
        "tried": passage.tried,
        "released": passage.released,
        "converted": passage.converted,
        "ended": passage.ended,
        "ending": passage.ending,
        "told": passage.told or None,
        "expires": passage.expires // SECOND if passage.expires is not None else None,
    }
    item |= {name: value for name, value in some.items() if value is not None}
    return Put("journeys", item, was=passage.version)


def lock_entries(owner: str, journey: str, was: int, *, at: int) -> Put:
    """The write that lets nobody else enter for a person at the same time."""
    return Put("journeys", {"owner": owner, "item": _ENTRIES + journey, "at": at}, was=was)


def put_message(message: Message) -> Put:
    """The write of a message over the version that was read, 0 to claim it."""
    item: dict[str, str | int | bytes] = {
        "owner": message.owner,
        "item": _message_key(message.passage, message.place),
        "journey": message.journey,
        "number": message.number,
        "channel": message.channel,
        "template": message.template,
        "purpose": message.purpose,
        "kind": message.kind,
        "at": message.at,
        "outcome": message.outcome,
        "settled": message.settled,
        "sent": message.sent,
        "address": message.address,
        "reason": message.reason,
    }
    if message.also:
        item["also"] = " ".join(message.also)
    if message.until:
        item["expires"] = message.until // SECOND
    return Put("journeys", item, was=message.version)


def delete_message(message: Message) -> Delete:
    """The write that takes a claim back, over the version that was read."""
    return Delete("journeys", (message.owner, _message_key(message.passage, message.place)), was=message.version)


def check_unsuppressed(address: str, channel: Channel) -> Check:
    """The condition that an address takes messages by a channel."""
    return Check("journeys", (address, _SUPPRESSED + channel), was=0)


def put_claims(claims: Claims) -> Put:
    """The write of what was claimed for a person; it is the lock of their caps."""
    sent = json.dumps([[one.at, one.channel, one.kind] for one in claims.sent], separators=(",", ":"))
    return Put("journeys", {"owner": claims.owner, "item": _SENT, "sent": sent}, was=claims.version)


def check_passage(passage: Passage) -> Check:
    """The condition that a passage is as it was read."""
    return Check("journeys", (passage.owner, f"{_PASSAGE}{passage.journey}#{passage.id}"), was=passage.version)


def _message_key(passage: str, place: str) -> str:
    return f"{_MESSAGE}{passage}#{place}"


def passage_from(item: Item) -> Passage:
    """Read a passage."""
    journey, _, id = text(item, "item").removeprefix(_PASSAGE).partition("#")
    return Passage(
        owner=text(item, "owner"),
        journey=journey,
        number=number(item, "number"),
        id=id,
        key=text(item, "key"),
        at=number(item, "at"),
        event=text(item, "event"),
        bound=json.loads(text(item, "bound", "{}")),
        place=text(item, "place"),
        since=number(item, "since"),
        until=_maybe(item, "until"),
        token=text(item, "token"),
        restarts=number(item, "restarts"),
        tried=_maybe(item, "tried"),
        released=_maybe(item, "released"),
        answers=json.loads(text(item, "answers", "{}")),
        told=binary(item, "told"),
        converted=_maybe(item, "converted"),
        ended=_maybe(item, "ended"),
        ending=cast(Ending, text(item, "ending")) if "ending" in item else None,
        expires=number(item, "expires") * SECOND if "expires" in item else None,
        version=number(item, "v"),
    )


def message_from(item: Item) -> Message:
    """Read a message."""
    passage, _, place = text(item, "item").removeprefix(_MESSAGE).partition("#")
    return Message(
        owner=text(item, "owner"),
        passage=passage,
        place=place,
        journey=text(item, "journey"),
        number=number(item, "number"),
        channel=cast(Medium, text(item, "channel")),
        template=text(item, "template"),
        purpose=text(item, "purpose"),
        kind=cast(Class, text(item, "kind")),
        at=number(item, "at"),
        outcome=cast(Outcome, text(item, "outcome")),
        settled=number(item, "settled"),
        sent=text(item, "sent"),
        address=text(item, "address"),
        also=tuple(text(item, "also", "").split()),
        reason=text(item, "reason"),
        until=number(item, "expires") * SECOND,
        version=number(item, "v"),
    )


def suppressed_from(item: Item) -> Suppressed:
    """Read a suppression."""
    return Suppressed(
        owner=text(item, "owner"),
        channel=cast(Channel, text(item, "item").removeprefix(_SUPPRESSED)),
        since=number(item, "at"),
        reason=text(item, "reason"),
        version=number(item, "v"),
    )


def _maybe(item: Item, name: str) -> int | None:
    return number(item, name) if name in item else None
