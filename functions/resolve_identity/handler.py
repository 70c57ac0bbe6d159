"""Woken by new events: link the identifiers that they name, and fold them into what is known of their owners."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from regulars.adapters import clients
from regulars.adapters.clock import now
from regulars.adapters.observability import journal, observed
from regulars.adapters.pause import pause
from regulars.adapters.spilling import whole
from regulars.adapters.streams import Answer, Record, apply_in_order, by_partition, records_of
from regulars.pipeline.resolve import Resolver
from regulars.stores.events import from_item


@observed
def handler(event: Mapping[str, Any], _context: object) -> Answer:
    """Apply the events of each owner, in order."""
    _resolver().start_batch()
    return apply_in_order(records_of(event), by_partition, _apply)


def _apply(owner: str, records: Sequence[Record]) -> None:
    events = [from_item(whole(item, clients.large)) for record in records if (item := record.new)]
    _resolver().apply(owner, events, stored=max(record.stored for record in records))


@cache
def _resolver() -> Resolver:
    return Resolver(clients.database(), journal, now, pause, wanted=clients.wanted())
