"""The quarantine: events that cannot be processed, kept whole and sealed, with the reason, until mended."""

from dataclasses import dataclass

from regulars.domain.instants import DAY, SECOND, to_text
from regulars.stores.database import Database, Item, binary, number, text

_KEPT = 90 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """
    One event that was not accepted: from which source, when, why, and its body, sealed for an owner.

    `print` tells bodies under one id apart, so that no event takes the place of another.
    """

    source: str
    arrival: int
    message_id: str
    code: str
    reason: str
    sealed: bytes
    owner: str = ""
    print: str = ""


class QuarantineStore:
    """Keeps quarantined events by source and day."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, *events: Quarantined) -> None:
        """Store events; the same one quarantined twice is one row."""
        items = {(item["slot"], item["moment"]): item for item in map(to_item, events)}
        self._database.insert("quarantine", list(items.values()))

    def of(self, source: str, day: str, *, after: str | None = None, limit: int | None = None) -> list[Quarantined]:
        """List those of a source and a day, such as 2026-11-21, after a place in the list."""
        return [
            from_item(item) for item in self._database.query("quarantine", f"{source}#{day}", after=after, limit=limit)
        ]


def to_item(event: Quarantined) -> Item:
    """Lay out a quarantined event."""
    return {
        "slot": f"{event.source}#{to_text(event.arrival)[:10]}",
        "moment": f"{event.code}#{event.message_id}#{event.print}",
        "message_id": event.message_id,
        "arrival": event.arrival,
        "code": event.code,
        "reason": event.reason,
        "sealed": event.sealed,
        "owner": event.owner,
        "expires": (event.arrival + _KEPT) // SECOND,
    }


def from_item(item: Item) -> Quarantined:
    """Read a quarantined event back."""
    return Quarantined(
        source=text(item, "slot").split("#")[0],
        arrival=number(item, "arrival"),
        message_id=text(item, "message_id"),
        code=text(item, "code"),
        reason=text(item, "reason"),
        sealed=binary(item, "sealed"),
        owner=text(item, "owner"),
    )
