"""The secrets by which a source's server signs user ids, opened and held for a while."""

from base64 import b64decode

from regulars.domain.write_keys import SIGNING
from regulars.pipeline.held import Held
from regulars.pipeline.ports import Clock, Sealer
from regulars.pipeline.sources import KEY_HELD
from regulars.pipeline.write_keys import Key, read_key
from regulars.stores.database import Database
from regulars.stores.definitions import DefinitionStore


class Secrets:
    """Reads the signing secrets of a source, and seldom."""

    def __init__(self, database: Database, sealer: Sealer, clock: Clock) -> None:
        self._store = DefinitionStore(database)
        self._sealer = sealer
        self._held = Held(self._read, clock, for_=KEY_HELD)

    def of(self, source: str, *, at: int) -> tuple[bytes, ...]:
        """Give the secrets of a source that hold at an instant."""
        return tuple(secret for key, secret in self._held.get(source) or () if key.holds(at))

    def _read(self, source: str) -> tuple[tuple[Key, bytes], ...]:
        keys = (read_key(definition) for definition in self._store.list("write_key"))
        own = [key for key in keys if key.source == source and key.kind == SIGNING]
        opened = ((key, self._sealer.open(SIGNING, source, b64decode(key.sealed or ""))) for key in own)
        return tuple((key, secret) for key, secret in opened if secret)
