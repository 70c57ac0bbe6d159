"""
The erasure ledger: the empty vault row and the empty `id` part of whoever was erased.

Both are read by everybody who would bring something back: the door reads the vault before it seals, resolution the
link before it ties. Only the keyed hash of the identifier, the request and the instant are kept.
"""

from dataclasses import dataclass

from regulars.domain.profiles import Link, alone
from regulars.errors import ConflictError
from regulars.stores.database import Database, Item, number, text
from regulars.stores.identities import LINK, IdentityStore, attach
from regulars.stores.profiles import ProfileStore

TRIES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One erased identifier: since when, and by which request."""

    owner: str
    erased: int
    request: str


class Ledger:
    """Marks identifiers as erased, and lets them begin anew."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._identities = IdentityStore(database)
        self._profiles = ProfileStore(database)

    def get(self, owner: str) -> Entry | None:
        """Read the entry of an identifier."""
        item = self._database.get("vault", owner)
        if item is None or not number(item, "erased"):
            return None
        return Entry(owner=owner, erased=number(item, "erased"), request=text(item, "request"))

    def mark(self, owner: str, *, at: int, request: str) -> int:
        """
        Take the key of an identifier away, and lead nowhere from it; say how many rows were not so yet.

        Its profile must be frozen: otherwise somebody may be tied to it meanwhile. Raises ConflictError then.
        """
        return self._empty(owner, at, request) + self._unlink(owner, at)

    def lift(self, owner: str) -> int:
        """Let an identifier begin anew, with a new key; say how many rows were taken away."""
        lifted = 0
        if (link := self._identities.link(owner)) and link.erased:
            self._database.delete("identities", owner, LINK, was=link.version)
            lifted += 1
        item = self._database.get("vault", owner)
        if item and number(item, "erased"):
            self._database.delete("vault", owner, was=number(item, "v"))
            lifted += 1
        return lifted

    def _empty(self, owner: str, at: int, request: str) -> int:
        for _ in range(TRIES):
            standing = self._database.get("vault", owner)
            if standing and number(standing, "erased"):
                return 0
            empty: Item = {"owner": owner, "wrapped": b"", "erased": at, "request": request}
            try:
                self._database.put("vault", empty, was=number(standing, "v") if standing else 0)
            except ConflictError:
                continue
            return 1
        raise ConflictError("the key kept changing")

    def _unlink(self, owner: str, at: int) -> int:
        link = self._identities.link(owner)
        if link and link.erased:
            return 0
        home = self._profiles.root(link.profile_id) if link else None
        if home and not home.erased:
            raise ConflictError("it was attached to a profile just now: freeze that first")
        version = link.version if link else 0
        fresh = attach(Link(owner=owner, profile_id=alone(owner), version=version, attached=at, erased=at))
        self._database.put(fresh.table, fresh.item, was=fresh.was)
        return 1
