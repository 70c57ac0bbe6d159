"""Who is at the door: the source of a write key, and the rules by which a call names a person."""

from collections.abc import Iterable
from typing import Literal

from regulars.domain.catalog import key_print, parse_rules
from regulars.domain.identifiers import DEFAULT_RULES, IdentityRules
from regulars.domain.instants import SECOND
from regulars.errors import UnauthorizedError
from regulars.pipeline.held import Held
from regulars.pipeline.ports import Clock
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database

KEY_HELD = 60 * SECOND  # how long a revoked key may still write
RULES_HELD = 5 * SECOND


class Sources:
    """Reads the catalog as the door needs it, and seldom."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._store = CatalogStore(database)
        self._sources = Held(self._source, clock, for_=KEY_HELD)
        self._rules = Held(self._read_rules, clock, for_=RULES_HELD)

    def of(self, write_keys: Iterable[str]) -> str:
        """
        Find the source of the first key that is known.

        Raises UnauthorizedError.
        """
        for write_key in dict.fromkeys(write_keys):
            if source := self.find(write_key):
                return source
        raise UnauthorizedError("no known write key came with the request: copy it from the source's settings")

    def find(self, write_key: str) -> str | None:
        """Find the source of a key."""
        return self._sources.get(key_print(write_key)) if write_key else None

    def rules(self) -> IdentityRules:
        """Give the identity rules."""
        return self._rules.get("rules") or DEFAULT_RULES

    def _source(self, print: str) -> str | None:
        found = self._store.get("write_key", print)
        return str(found.content["source"]) if found else None

    def _read_rules(self, id: Literal["rules"]) -> IdentityRules:
        found = self._store.get("identity", id)
        return parse_rules(found.content) if found else DEFAULT_RULES
