"""Woken by new events and by changes of profiles: write them to the lake, events and the identity log."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from regulars.adapters import clients
from regulars.adapters.clock import now
from regulars.adapters.lake import lake
from regulars.adapters.observability import journal, observed
from regulars.adapters.parquet import Parquet
from regulars.adapters.spilling import whole
from regulars.adapters.streams import Answer, Record, apply_in_order, records_of
from regulars.domain.lake import EVENTS, IDENTITY, Row
from regulars.domain.lake_rows import event_row, identity_row
from regulars.pipeline.archive import Archive
from regulars.stores.events import from_item as event_from_item
from regulars.stores.profiles import from_item as profile_from_item

_MEMORY = "128MB"  # a batch has 6 MB at most; the rest of the function's is Python's


@observed
def handler(event: Mapping[str, Any], _context: object) -> Answer:
    """Write the rows of a batch together; those before one that cannot be read are written, and it comes again."""
    records = records_of(event)
    rows: list[Row] = []
    answer = apply_in_order(records, _by_itself, lambda _sequence, members: rows.extend(_rows(members)))
    table = IDENTITY if _is_profile(records[0]) else EVENTS
    _archive().store(table, rows, sequence=records[0].sequence)
    return answer


def _by_itself(record: Record) -> str:
    return record.sequence


def _rows(records: Sequence[Record]) -> list[Row]:
    return [row for record in records if (row := _row(record))]


def _row(record: Record) -> Row | None:
    after = record.new
    if after is None:
        return None  # an event that has expired, and stays in the lake; a profile is never removed
    if not _is_profile(record):
        return event_row(event_from_item(whole(after, clients.large)))
    before = record.old
    return identity_row(profile_from_item(before) if before else None, profile_from_item(after))


def _is_profile(record: Record) -> bool:
    return "profile_id" in record.body["Keys"]  # it is told no name of a table, because it may do nothing with one


@cache
def _archive() -> Archive:
    return Archive(lake(), Parquet(memory=_MEMORY), journal, now)
