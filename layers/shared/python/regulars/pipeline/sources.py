"""Who is at the door: the source of a write key, and the rules by which a call names a person."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, NamedTuple

from regulars.domain.identity_definitions import parse_rules
from regulars.domain.identity_rules import DEFAULT_RULES, IdentityRules
from regulars.domain.instants import SECOND, to_text
from regulars.domain.sources import Source, known, parse_source
from regulars.domain.write_keys import Visit, admit, key_print
from regulars.errors import ConflictError, DefinitionError, UnauthorizedError, UnavailableError
from regulars.pipeline.held import Held
from regulars.pipeline.ports import Clock
from regulars.pipeline.write_keys import Key, read_key
from regulars.stores.database import Database
from regulars.stores.definitions import DefinitionStore

KEY_HELD = 60 * SECOND  # how long a revoked key may still write, and former settings hold
RULES_HELD = 5 * SECOND


class _Known(NamedTuple):
    key: Key
    source: Source


class Sources:
    """Reads the catalog as the door needs it, and seldom."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._store = DefinitionStore(database)
        self._clock = clock
        self._known = Held(self._read, clock, for_=KEY_HELD)
        self._noted: dict[str, str] = {}  # the day on which a key was used here last
        self._rules = Held(self._read_rules, clock, for_=RULES_HELD)

    def of(self, write_keys: Iterable[str], visit: Visit | None = None, *, received: int | None = None) -> Source:
        """
        Find the source of the first key that is known, if the key may be used so; `received` is by default now.

        Raises UnauthorizedError, ExposedKeyError, OriginForbiddenError, UnavailableError.
        """
        for write_key in dict.fromkeys(write_keys):
            if source := self.find(write_key, received=received):
                admit(write_key, source.key, visit or Visit())
                self._note_use(key_print(write_key))
                return source
        raise UnauthorizedError("no known write key came with the request: copy it from the source's settings")

    def find(self, write_key: str, *, received: int | None = None) -> Source | None:
        """Find the source of a key, with its settings. Raises UnavailableError."""
        known = self._known.get(key_print(write_key)) if write_key else None
        at = self._clock() if received is None else received
        return known.source if known and known.key.holds(at) else None

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

    def _read(self, print: str) -> _Known | None:
        found = self._store.get("write_key", print)
        if found is None:
            return None
        key = read_key(found)
        source = self.named(key.source)
        rule = source.rule(key.label)
        # What the source lists no more, or as another kind, is nobody's key.
        return _Known(key, replace(source, key=rule)) if rule and rule.kind == key.kind else None

    def _note_use(self, print: str) -> None:
        """Note the day, once a process and day: the first to do so writes it."""
        today = to_text(self._clock())[:10]
        if self._noted.get(print) == today:
            return
        self._noted[print] = today
        try:
            self._store.note_use(print, today)
        except (ConflictError, UnavailableError):
            return  # somebody else noted it, or it goes unnoted: no event waits for that

    def _read_rules(self, id: Literal["rules"]) -> IdentityRules:
        found = self._store.get("identity", id)
        try:
            return parse_rules(found.content) if found else DEFAULT_RULES
        except DefinitionError as error:
            raise UnavailableError(f"the identity rules cannot be read: {error}") from error
