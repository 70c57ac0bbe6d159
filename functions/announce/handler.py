"""Woken by changed memberships: publish who entered and who left a segment."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from regulars.adapters import clients, settings
from regulars.adapters.bus import EventBridgeBus
from regulars.adapters.observability import journal, observed
from regulars.adapters.streams import Answer, Record, apply_in_order, by_partition, records_of
from regulars.domain.memberships import Membership
from regulars.pipeline.announce import transitions
from regulars.pipeline.ports import Transition
from regulars.stores.database import Item
from regulars.stores.memberships import PREFIX, from_item


@observed
def handler(event: Mapping[str, Any], _context: object) -> Answer:
    """Publish the transitions of a batch together; a bus that fails brings all of them again."""
    found: list[Transition] = []
    answer = apply_in_order(
        records_of(event),
        by_partition,
        lambda _profile_id, records: found.extend(_transitions(records)),
    )
    _bus().publish(found)
    journal.count("transitions_announced", len(found))
    return answer


def _transitions(records: Sequence[Record]) -> list[Transition]:
    rows = [record for record in records if record.keys[1].startswith(PREFIX)]
    return transitions((_membership(row.old), _membership(row.new)) for row in rows)


def _membership(item: Item | None) -> Membership | None:
    return from_item(item) if item else None


@cache
def _bus() -> EventBridgeBus:
    return EventBridgeBus(clients.event_bridge(), settings.event_bus())
