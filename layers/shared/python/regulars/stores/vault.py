"""The vault: one wrapped data key for each owner; losing a row is losing the personal fields of every copy."""

from regulars.errors import ConflictError
from regulars.stores.database import Database, binary

WORKSPACE = "workspace"


class VaultStore:
    """Keeps wrapped keys; the first writer wins and everybody else reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, owner: str) -> bytes | None:
        """Read a wrapped key."""
        item = self._database.get("vault", owner)
        return binary(item, "wrapped") if item else None

    def create(self, owner: str, wrapped: bytes) -> bytes:
        """Store a wrapped key unless there is one; give back the one that stands."""
        try:
            self._database.put("vault", {"owner": owner, "wrapped": wrapped}, was=0)
        except ConflictError:
            standing = self.get(owner)
            if standing is None:
                raise
            return standing
        return wrapped
