"""
Replay what is in quarantine: read it as the door reads, with its first arrival, and store the event it becomes.

A row first claims the key of its event, which fixes its body; then the event is inserted, then the row is marked. So
however often and from however many sides a row is replayed, it becomes one event, and who was cut short is finished by
the next. The event's context says from which row it came, and the row which event it became.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from regulars.domain.bodies import Body, from_content, must_be_clear
from regulars.domain.calls import Call, Delivery
from regulars.domain.instants import SECOND
from regulars.domain.packing import unpack
from regulars.errors import (
    ConflictError,
    ConflictingEditError,
    ErasedError,
    InvalidEventError,
    NotFoundError,
    SuppressedError,
)
from regulars.pipeline.admission import lay_out, read_call
from regulars.pipeline.plans import Plans
from regulars.pipeline.ports import Clock, Journal, Sealer
from regulars.pipeline.sealing import QUARANTINED
from regulars.pipeline.signing import Secrets
from regulars.pipeline.sources import Sources
from regulars.pipeline.stamping import Stamps
from regulars.stores.database import Database, Item, binary, text
from regulars.stores.events import from_item
from regulars.stores.quarantine import Failure, Quarantined, QuarantineStore

Outcome = Literal["replayed", "replayed_before", "duplicate", "quarantined", "suppressed", "gone"]
TRIES = 10
CLAIM = 60 * SECOND  # longer than any process lives that began a replay
LINK = "quarantine"  # the field of an event's context that names the row


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of a row; one that is `gone` holds no body any more, nor does one to which nobody agreed."""

    row: Quarantined
    outcome: Outcome


class Replays:
    """Reads and replays rows of the quarantine."""

    def __init__(self, database: Database, sealer: Sealer, journal: Journal, clock: Clock) -> None:
        self.store = QuarantineStore(database)
        self.sources = Sources(database, clock)
        self._plans = Plans(database, clock)
        self._stamps = Stamps(database, clock)
        self._secrets = Secrets(database, sealer, clock)
        self._database = database
        self._sealer = sealer
        self._journal = journal
        self._clock = clock

    def body(self, row: Quarantined, *, sent: bool = False) -> Body | None:
        """Open the newest body of a row, or the one that was sent; None where it is gone."""
        is_mended = bool(row.mended) and not sent
        owner, sealed = (row.mended_for, row.mended) if is_mended else (row.owner, row.sealed)
        opened = self._sealer.open(owner, QUARANTINED, sealed) if sealed else None
        return from_content(unpack(opened)) if opened is not None else None

    def delivery(self, row: Quarantined, body: Body) -> Delivery:
        """Say again how the body came: its source as it is now, when it arrived, and what its batch said around it."""
        source = self.sources.named(row.source)
        return Delivery(
            source=source.reached_by(body.envelope.key, is_server=body.envelope.is_server),
            received=row.arrival,
            rules=self.sources.rules(),
            hash_key=self._sealer.hash_key,
            envelope=body.envelope,
            plan=self._plans.now(),
            secrets=self._secrets.of(row.source, at=row.arrival) if source.signing != "off" else (),
        )

    def judge(self, row: Quarantined, body: Body) -> None:
        """Read a body under today's rules, and store nothing. Raises InvalidEventError."""
        event = self._read(row, body).event
        _compare(event.fingerprint, self._database.get("events", event.owner, event.moment))

    def replay(self, id: str) -> Replayed:
        """Replay a row. Raises NotFoundError, ConflictingEditError."""
        for _ in range(TRIES):
            row = self.store.get(id)
            if row is None:
                raise NotFoundError("nothing in quarantine has this id")
            try:
                return self._replay(row)
            except ConflictError:
                continue  # somebody else mended or replayed it, or sent the event itself
        raise ConflictingEditError("the row kept changing: read it again and repeat")

    def _replay(self, row: Quarantined) -> Replayed:
        if row.replayed:
            return Replayed(row, "replayed_before")
        if row.event and self._is_ours(row, self._database.get("events", *row.event)):
            return self._mark(row, "replayed")
        body = self.body(row)
        if body is None:
            return Replayed(row, "gone")
        try:
            return self._store(row, self._lay_out(row, body))
        except SuppressedError as error:
            return self._fail(replace(row, sealed=b"", mended=b""), error, "suppressed")
        except InvalidEventError as error:
            return self._fail(row, error)

    def _read(self, row: Quarantined, body: Body) -> Call:
        must_be_clear(body)
        return read_call(body.message, body.type, self.delivery(row, body))

    def _lay_out(self, row: Quarantined, body: Body) -> Item:
        call = _linked(self._read(row, body), row)
        self._sealer.prepare([call.event.owner], call.event.links)
        if any(map(self._sealer.is_erased, call.event.links)):
            raise ErasedError
        return lay_out(call, self._sealer, self._stamps)

    def _store(self, row: Quarantined, item: Item) -> Replayed:
        key = text(item, "owner"), text(item, "moment")
        if row.event != key:
            self._must_be_free(row)
            row = self._save(replace(row, event=key, claimed=self._clock()))
        if self._database.insert("events", [item])[0]:
            return self._mark(row, "replayed")
        standing = self._database.get("events", *key)
        try:
            _compare(binary(item, "print"), standing)
        except InvalidEventError as error:
            return self._release(row, error)  # nobody can store it there any more
        return self._mark(row, "replayed" if self._is_ours(row, standing) else "duplicate")

    def _is_ours(self, row: Quarantined, standing: Item | None) -> bool:
        return standing is not None and from_item(standing).context.get(LINK) == row.id

    def _must_be_free(self, row: Quarantined) -> None:
        """Make sure that no other process is between its claim and its insert. Raises ConflictingEditError."""
        if row.event and self._clock() < row.claimed + CLAIM:
            raise ConflictingEditError("somebody is replaying it at this moment: repeat in a minute")

    def _mark(self, row: Quarantined, outcome: Outcome) -> Replayed:
        row = self._save(replace(row, replayed=self._clock()))
        self._journal.count(f"quarantine_{outcome}", source=row.source)
        return Replayed(row, outcome)

    def _fail(self, row: Quarantined, error: InvalidEventError, outcome: Outcome = "quarantined") -> Replayed:
        self._must_be_free(row)
        return self._release(row, error, outcome)

    def _release(self, row: Quarantined, error: InvalidEventError, outcome: Outcome = "quarantined") -> Replayed:
        failure = Failure(self._clock(), error.code, str(error))
        return Replayed(self._save(replace(row, event=None, claimed=0, last_try=failure)), outcome)

    def _save(self, row: Quarantined) -> Quarantined:
        self.store.save(row)
        return replace(row, version=row.version + 1)


def _compare(print: bytes, standing: Item | None) -> None:
    if standing and binary(standing, "print") != print:
        raise InvalidEventError("duplicate_with_other_body", "another event was stored under this messageId and time")


def _linked(call: Call, row: Quarantined) -> Call:
    """Name the row in the event's context; what a sender said under that name would be taken for ours, and goes."""
    event = replace(call.event, arrival=row.arrival + row.turn, context={**call.event.context, LINK: row.id})
    said: Mapping[str, Any] = call.personal.get("context", {})
    personal = {**call.personal, "context": {name: value for name, value in said.items() if name != LINK}}
    return replace(call, event=event, personal={name: part for name, part in personal.items() if part != {}})
