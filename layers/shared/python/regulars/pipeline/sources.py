"""Who is at the door: the source of a write key, and the rules by which a call names a person."""

from collections.abc import Iterable
from typing import Literal

from regulars.domain.catalog import key_print, parse_rules
from regulars.domain.identifiers import DEFAULT_RULES, IdentityRules
from regulars.domain.instants import SECOND
from regulars.domain.sources import Source, known, parse_source
from regulars.errors import DefinitionError, UnauthorizedError, UnavailableError
from regulars.pipeline.held import Held
from regulars.pipeline.ports import Clock
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database

KEY_HELD = 60 * SECOND  # how long a revoked key may still write, and former settings hold
RULES_HELD = 5 * SECOND


class Sources:
    """Reads the catalog as the door needs it, and seldom."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._store = CatalogStore(database)
        self._sources = Held(self._source, clock, for_=KEY_HELD)
        self._rules = Held(self._read_rules, clock, for_=RULES_HELD)

    def of(self, write_keys: Iterable[str]) -> Source:
        """
        Find the source of the first key that is known.

        Raises UnauthorizedError, UnavailableError.
        """
        for write_key in dict.fromkeys(write_keys):
            if source := self.find(write_key):
                return source
        raise UnauthorizedError("no known write key came with the request: copy it from the source's settings")

    def find(self, write_key: str) -> Source | None:
        """Find the source of a key, with its settings. Raises UnavailableError."""
        return self._sources.get(key_print(write_key)) if write_key else None

    def rules(self) -> IdentityRules:
        """Give the identity rules. Raises UnavailableError."""
        return self._rules.get("rules") or DEFAULT_RULES

    def named(self, id: str) -> Source:
        """Read a source by its id, as it is now; one without a definition has no settings. Raises UnavailableError."""
        definition = self._store.get("source", id)
        try:
            return parse_source(id, known(definition.content) if definition else {})
        except DefinitionError as error:  # a newer release wrote it: senders keep their events and try again
            raise UnavailableError(f"the settings of source {id} cannot be read: {error}") from error

    def _source(self, print: str) -> Source | None:
        key = self._store.get("write_key", print)
        return self.named(str(key.content["source"])) if key else None

    def _read_rules(self, id: Literal["rules"]) -> IdentityRules:
        found = self._store.get("identity", id)
        try:
            return parse_rules(found.content) if found else DEFAULT_RULES
        except DefinitionError as error:
            raise UnavailableError(f"the identity rules cannot be read: {error}") from error
