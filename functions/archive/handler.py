"""Woken by new events, changes of profiles and refused claims: write them to the lake."""

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
from regulars.domain.lake import EVENTS, IDENTITY, REFUSED, LakeTable, Row
from regulars.domain.lake_rows import event_row, identity_row, refused_row
from regulars.pipeline.archive import Archive
from regulars.stores.events import from_item as event_from_item
from regulars.stores.profiles import from_item as profile_from_item
from regulars.stores.refused_claims import from_item as claim_from_item

_MEMORY = "128MB"  # a batch has 6 MB at most; the rest of the function's is Python's


@observed
def handler(event: Mapping[str, Any], _context: object) -> Answer:
    """Write the rows of a batch together; those before one that cannot be read are written, and it comes again."""
    records = records_of(event)
    rows: list[Row] = []
    answer = apply_in_order(records, _by_itself, lambda _sequence, members: rows.extend(_rows(members)))
    _archive().store(_table(records[0]), rows, sequence=records[0].sequence)
    return answer


def _by_itself(record: Record) -> str:
    return record.sequence


def _rows(records: Sequence[Record]) -> list[Row]:
    return [row for record in records if (row := _row(record))]


def _row(record: Record) -> Row | None:
    after = record.new
    if after is None:
        return None  # an event that has expired, and stays in the lake; or who was erased, and is taken out of it
    match _table(record).name:
        case EVENTS.name:
            return event_row(event_from_item(whole(after, clients.large)))
        case REFUSED.name:
            return refused_row(claim_from_item(after))
    before = record.old
    return identity_row(profile_from_item(before) if before else None, profile_from_item(after))


def _table(record: Record) -> LakeTable:
    """Tell the table by its keys: the function is told no name of one, because it may do nothing with them."""
    keys = record.body["Keys"]
    if "profile_id" in keys:
        return IDENTITY
    return REFUSED if "slot" in keys else EVENTS


@cache
def _archive() -> Archive:
    return Archive(lake(), Parquet(memory=_MEMORY), journal, now)
