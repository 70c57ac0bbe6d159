"""
Restrict a person: what comes of them is stored, and nothing more is done with it until they are released.

The mark is a part of each identifier and follows it through merges and splits: a marked one restricts a whole profile.
"""

from collections.abc import Sequence

from regulars.domain.parts import Part
from regulars.domain.profiles import alone
from regulars.domain.state import RESTRICTED
from regulars.errors import ConflictError, NotFoundError
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
        return sum(self._mark(each) for each in self._owners(owner))

    def release(self, owner: str) -> int:
        """Take the marks of a person away; say how many there were. Raises ConflictError."""
        return sum(self._unmark(each) for each in self._owners(owner))

    def _owners(self, owner: str) -> Sequence[str]:
        link = self._identities.link(owner)
        if link and link.erased:
            return ()
        try:
            return self._people.find(alone(owner)).owners
        except NotFoundError:
            return (owner,)  # of whom nothing came yet: what will is only stored

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
