"""The vault: one wrapped data key for each owner; losing a row is losing the personal fields of every copy."""

from collections.abc import Sequence

from regulars.stores.database import Database, binary, text

WORKSPACE = "workspace"


class VaultStore:
    """Keeps wrapped keys; the first writer wins and everybody else reads. An erased owner's is empty."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, owner: str) -> bytes | None:
        """Read a wrapped key."""
        item = self._database.get("vault", owner)
        return binary(item, "wrapped") if item else None

    def get_many(self, owners: Sequence[str]) -> dict[str, bytes]:
        """Read the wrapped keys of those among several owners who have one."""
        found = self._database.get_many("vault", [(owner, None) for owner in owners])
        return {text(item, "owner"): binary(item, "wrapped") for item in found if item}

    def create(self, owner: str, wrapped: bytes) -> bytes:
        """Store a wrapped key unless there is one; give back the one that stands."""
        return self.create_many([(owner, wrapped)])[owner]

    def create_many(self, wrapped: Sequence[tuple[str, bytes]]) -> dict[str, bytes]:
        """Store wrapped keys, each unless its owner has one; give back those that stand."""
        new = self._database.insert("vault", [{"owner": owner, "wrapped": key, "v": 1} for owner, key in wrapped])
        taken = [owner for (owner, _), is_new in zip(wrapped, new, strict=True) if not is_new]
        return {**dict(wrapped), **(self.get_many(taken) if taken else {})}
