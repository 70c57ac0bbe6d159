"""Refused claims in the table of tallies: one row for an identifier, a limit and a day, the first of that day."""

from collections.abc import Iterator

from regulars.domain.instants import DAY, SECOND, to_text
from regulars.domain.refused_claims import SHARDS, RefusedClaim
from regulars.errors import ConflictError
from regulars.stores.database import Database, Item, number, text

KEPT = 90 * DAY
PREFIX = "refused#"
Place = tuple[int, str]  # shard and sort key: where a list goes on within a day


class RefusedClaimStore:
    """Keeps what was refused, for a while."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, claim: RefusedClaim) -> None:
        """Write a claim down, unless the day has one of this identifier and limit."""
        try:
            self._database.put("tallies", to_item(claim), was=0)
        except ConflictError:
            return

    def of(self, day: str, *, after: Place | None = None, limit: int) -> Iterator[tuple[Place, RefusedClaim]]:
        """List the claims of a day, at most so many of a shard at once, and the place of each."""
        first, part = after or (0, None)
        for shard in range(first, SHARDS):
            found = self._database.query("tallies", _slot(day, shard), after=part, limit=limit, consistent=False)
            for item in found:
                yield (shard, text(item, "part")), from_item(item)
            part = None


def to_item(claim: RefusedClaim) -> Item:
    """Lay out a claim."""
    return {
        "slot": _slot(to_text(claim.at)[:10], claim.shard),
        "part": f"{claim.owner} {claim.limit}",
        "event": claim.event,
        "at": claim.at,
        "expires": (claim.at + KEPT) // SECOND,
    }


def from_item(item: Item) -> RefusedClaim:
    """Read a claim back."""
    owner, _, limit = text(item, "part").partition(" ")
    return RefusedClaim(owner=owner, limit=limit, event=text(item, "event"), at=number(item, "at"))


def _slot(day: str, shard: int) -> str:
    return f"{PREFIX}{day}#{shard}"
