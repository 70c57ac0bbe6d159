"""Claims in the table of tallies: under which key something was first stored that may be asked for again by its id."""

from regulars.domain.instants import DAY, SECOND
from regulars.errors import ConflictError
from regulars.stores.database import Database, Item, number, text

KEPT = 30 * DAY
_PART = "first"


class ClaimStore:
    """Remembers of each id the owner and the instant with which it came first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, id: str, owner: str, at: int) -> tuple[str, int]:
        """Claim an id; give the owner and the instant (microseconds) of whoever did so first."""
        item: Item = {"slot": id, "part": _PART, "owner": owner, "at": at, "expires": (at + KEPT) // SECOND}
        standing = self._database.get("tallies", id, _PART)
        if standing is None:
            try:
                self._database.put("tallies", item, was=0)
            except ConflictError:
                standing = self._database.get("tallies", id, _PART)
        return (text(standing, "owner"), number(standing, "at")) if standing else (owner, at)
