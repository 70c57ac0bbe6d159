"""Batches: mapped rows gathered until a request is full, with the rows that were refused between them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from cli.importing.records import Record, raw_of
from regulars.domain.mappings import ImportMapping, Mapped, map_row

MAX_EVENTS = 500
MAX_BYTES = 500_000
MAX_EVENT = 200_000
MAX_ROWS = 5_000
_FRAME = len(b'{"batch":[]}')


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A row that made no call, or whose call was refused."""

    line: int
    reason: str
    row: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One call, written, and where it comes from."""

    record: Record
    body: bytes

    def reject(self, reason: str) -> "Reject":
        """Refuse the call after all."""
        return Reject(line=self.record.number, reason=reason, row=raw_of(self.record))


@dataclass(slots=True, kw_only=True)
class Batch:
    """Rows in the order of the file, up to line `last`."""

    last: int = 0
    rows: int = 0
    blank: int = 0
    skipped: int = 0
    size: int = _FRAME
    events: list[Event] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def is_full(self, more: int, size: int) -> bool:
        """Say whether so many more events of this size do not fit."""
        return len(self.events) + more > MAX_EVENTS or self.size + size > MAX_BYTES or self.rows >= MAX_ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One record and what became of it."""

    record: Record
    events: tuple[Event, ...] = ()
    reason: str | None = None


def body_of(events: Iterable[Event]) -> bytes:
    """Write the request that carries these calls."""
    return b'{"batch":[' + b",".join(event.body for event in events) + b"]}"


def read_rows(mapping: ImportMapping, records: Iterable[Record], file: str) -> Iterator[Read]:
    """Map each record of a file."""
    seen: dict[bytes, int] = {}
    for record in records:
        if record.row is None:
            yield Read(record=record, reason=record.reason)
        else:
            yield _read(record, map_row(mapping, record.row, record.number, file, seen))


def _read(record: Record, mapped: Mapped) -> Read:
    if mapped.reason:
        return Read(record=record, reason=mapped.reason)
    written = [json.dumps(call, ensure_ascii=False, separators=(",", ":")).encode() for call in mapped.calls]
    largest = max(map(len, written), default=0)
    if largest > MAX_EVENT:
        return Read(record=record, reason=f"makes a call of {largest:,} bytes; the most is {MAX_EVENT:,}")
    return Read(record=record, events=tuple(Event(record=record, body=body) for body in written))


def gather(reads: Iterable[Read], *, after: int = 0, limit: int | None = None) -> Iterator[Batch]:
    """Gather what stands below line `after` into batches; `limit` counts rows from the start of the file."""
    batch = Batch()
    for read in islice(reads, limit):
        if read.record.number <= after:
            continue
        size = sum(len(event.body) + 1 for event in read.events)
        if batch.rows and batch.is_full(len(read.events), size):
            yield batch
            batch = Batch()
        _add(batch, read, size)
    if batch.rows or batch.blank:
        yield batch


def _add(batch: Batch, read: Read, size: int) -> None:
    batch.last = read.record.number
    if read.record.row is None and read.reason is None:
        batch.blank += 1
        return
    batch.rows += 1
    batch.size += size
    batch.events += read.events
    if read.reason:
        batch.rejects.append(Reject(line=read.record.number, reason=read.reason, row=raw_of(read.record)))
    elif not read.events:
        batch.skipped += 1
