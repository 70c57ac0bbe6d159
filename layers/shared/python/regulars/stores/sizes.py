"""How large segments were, a point an hour, in the tallies table: by segment, in the order of time, for 400 days."""

from collections.abc import Mapping

from regulars.domain.instants import DAY, SECOND, to_text
from regulars.stores.database import Database, number, text

KEPT = 400 * DAY


class SizeStore:
    """Reads and writes sizes; the last one of an hour stands."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, segment: str, size: int, *, now: int) -> None:
        """Note the size of a segment in this hour."""
        self._database.put(
            "tallies",
            {"slot": _slot(segment), "part": to_text(now)[:13], "size": size, "expires": (now + KEPT) // SECOND},
        )

    def of(self, segment: str, *, first: str, last: str) -> Mapping[str, int]:
        """Read the sizes of a segment by hours such as 2026-11-21T12, from a first day to a last."""
        items = self._database.query("tallies", _slot(segment), after=first, before=f"{last}U", consistent=False)
        return {text(item, "part"): number(item, "size") for item in items}


def _slot(segment: str) -> str:
    return f"size#{segment}"
