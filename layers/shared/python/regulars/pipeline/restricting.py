"""
Restrict a person: what comes of them is stored, and nothing more is done with it until they are released.

The mark is a part of each identifier and follows it through merges and splits: a marked one restricts a whole profile.
"""

from regulars.domain.parts import Part
from regulars.domain.state import RESTRICTED
from regulars.errors import ConflictError
from regulars.pipeline.people import People
from regulars.pipeline.ports import Many
from regulars.stores.database import Database
from regulars.stores.identities import IdentityStore


class Restricter:
    """Marks all identifiers of a person, and takes the marks away; the stream then has their segments looked at."""

    def __init__(self, database: Database, many: Many) -> None:
        self._database = database
        self._identities = IdentityStore(database)
        self._people = People(database, many)

    def restrict(self, owner: str) -> int:
        """Mark whoever an identifier leads to; say how many identifiers were not marked yet."""
        return sum(self._mark(each) for each in self._people.named(owner))

    def release(self, owner: str) -> int:
        """Take the marks of a person away; say how many there were. Raises ConflictError."""
        return sum(self._unmark(each) for each in self._people.named(owner))

    def _mark(self, owner: str) -> int:
        try:
            self._identities.save(Part(owner=owner, name=RESTRICTED))
        except ConflictError:
            return 0
        return 1

    def _unmark(self, owner: str) -> int:
        part = self._identities.part(owner, RESTRICTED)
        if part is None:
            return 0
        self._database.delete("identities", owner, RESTRICTED, was=part.version)
        return 1
