"""The live catalog as a process holds it: loaded again when its version has moved, asked once before each batch."""

from regulars.domain.catalog import Live
from regulars.stores.catalog import CatalogStore


class LiveCatalog:
    """
    Holds the last catalog that was read.

    A batch that asked before a change and writes after it is harmless: the events of its batch were stored before the
    change, and who answers with the new definitions folds from the stored events first.
    """

    def __init__(self, store: CatalogStore) -> None:
        self._store = store
        self._held: Live | None = None

    def now(self) -> Live:
        """Give the live catalog, read again if it has changed."""
        version = self._store.version()
        if self._held is None or self._held.version != version:
            self._held = self._store.live()
        return self._held
