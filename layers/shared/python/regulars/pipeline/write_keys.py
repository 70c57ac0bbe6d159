"""Write keys: each belongs to one source and can only write; only a print of it is kept."""

from collections.abc import Callable

from regulars.domain.catalog import key_print
from regulars.errors import ConflictError, NotFoundError
from regulars.pipeline.ports import Clock
from regulars.stores.catalog import CatalogStore, Definition
from regulars.stores.database import Database

PREFIX = "wk_"


class WriteKeys:
    """Mints and revokes; `random` gives 24 characters that are safe in a URL and nobody can guess."""

    def __init__(self, database: Database, clock: Clock, random: Callable[[], str]) -> None:
        self._store = CatalogStore(database)
        self._clock = clock
        self._random = random

    def mint(self, source: str) -> str:
        """Give a source another write key: the only time that it is seen."""
        write_key = PREFIX + self._random()
        content = {"source": source}
        self._store.put(Definition(kind="write_key", id=key_print(write_key), content=content, changed=self._clock()))
        return write_key

    def of(self, source: str) -> list[Definition]:
        """List the keys of a source, the oldest first."""
        keys = [key for key in self._store.list("write_key") if key.content.get("source") == source]
        return sorted(keys, key=lambda key: (key.changed, key.id))

    def revoke(self, source: str, print: str) -> None:
        """Take a key away for good. Raises NotFoundError."""
        found = next((key for key in self.of(source) if key.id == print), None)
        if found is None:
            raise NotFoundError("the source has no write key with this print")
        try:
            self._store.delete(found)
        except ConflictError:
            return  # somebody else revoked it first

    def revoke_all(self, source: str) -> None:
        """Take away all keys of a source."""
        for key in self.of(source):
            self.revoke(source, key.id)
