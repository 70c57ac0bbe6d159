"""The live catalog as a process holds it: loaded again when its version has moved, asked once before each batch."""

from dataclasses import replace
from typing import Literal

from regulars.domain.catalog import Live
from regulars.domain.rates import NO_RATES, Rates
from regulars.stores.catalog import CatalogStore

Wanted = Literal["never", "for segments", "always"]


class LiveCatalog:
    """
    Holds the last catalog that was read, with the rates if they are wanted: always, or where a live segment needs them.

    A batch that asked before a change and writes after it is harmless: the events of its batch were stored before the
    change, and who answers with the new definitions folds from the stored events first.
    """

    def __init__(self, store: CatalogStore, rates: Wanted = "never") -> None:
        self._store = store
        self._wanted = rates
        self._held: Live | None = None
        self._rates = NO_RATES

    def now(self) -> Live:
        """Give the live catalog, read again if it has changed."""
        version = self._store.version()
        if self._held is None or self._held.version != version:
            live = self._store.live()
            self._held = replace(live, rates=self._rates_for(live))
        return self._held

    def _rates_for(self, live: Live) -> Rates:
        """Give the rates, read again only if they have changed: they are large."""
        if self._wanted == "never" or (self._wanted == "for segments" and not live.watches.orders):
            return NO_RATES
        if live.rates_version != self._rates.version:
            self._rates = self._store.rates(live.rates_version)
        return self._rates
