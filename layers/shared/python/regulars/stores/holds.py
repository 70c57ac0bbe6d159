"""Holds in the table of tallies: which identifiers tied too many together, and tie nobody until somebody has looked."""

from dataclasses import dataclass

from regulars.stores.database import Database, Delete, Item, Put, number, text

SLOT = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldIdentifier:
    """A held identifier: since when, and the event that would have tied one more."""

    owner: str
    since: int
    event: str


class HoldStore:
    """Lists holds; they are so few that one partition has them all."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, *, after: str | None, limit: int) -> list[HeldIdentifier]:
        """List holds by identifier."""
        return [from_item(item) for item in self._database.query("tallies", SLOT, after=after, limit=limit)]

    def get(self, owner: str) -> HeldIdentifier | None:
        """Read the hold of an identifier."""
        item = self._database.get("tallies", SLOT, owner)
        return from_item(item) if item else None


def put(held: HeldIdentifier) -> Put:
    """The write of a hold."""
    item: Item = {
        "slot": SLOT,
        "part": held.owner,
        "at": held.since,
        "event": held.event,
    }
    return Put("tallies", item)


def remove(owner: str) -> Delete:
    """The write that ends a hold."""
    return Delete("tallies", (SLOT, owner))


def from_item(item: Item) -> HeldIdentifier:
    """Read a hold back."""
    return HeldIdentifier(
        owner=text(item, "part"),
        since=number(item, "at"),
        event=text(item, "event"),
    )
