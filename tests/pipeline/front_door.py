"""A door with its database, sealer and clock at hand."""

from typing import Any

from local.world.memory import MemoryDatabase
from local.world.world import Counts
from local.world.wrapping import PlainWrapper
from regulars.adapters.sealing import KmsSealer
from regulars.domain.events import Event, EventType
from regulars.domain.instants import SECOND
from regulars.domain.write_keys import key_print
from regulars.pipeline.ingest import Door
from regulars.pipeline.receipts import Receipt
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import TableName
from regulars.stores.definitions import Definition
from regulars.stores.events import from_item
from regulars.stores.quarantine import Quarantined
from regulars.stores.quarantine import from_item as quarantined_from_item
from tests.messages import WRITE_KEY, a_batch

START = 1_767_225_720 * SECOND  # 2026-01-01T00:02:00


class FrontDoor:
    """What a test of the door needs."""

    def __init__(self, database: MemoryDatabase) -> None:
        self.database = database
        self.now = START
        self.journal = Counts()
        self.sealer = KmsSealer(database, PlainWrapper())
        self.catalog = CatalogStore(database)
        self.add_source("web", WRITE_KEY)
        self.door = Door(database, self.sealer, self.journal, lambda: self.now)

    def add_source(self, source: str, write_key: str) -> None:
        """Let a source in."""
        if self.catalog.get("write_key", key_print(write_key)) is None:
            definition = Definition(kind="write_key", id=key_print(write_key), content={"source": source})
            self.catalog.put(definition)

    def batch(self, *messages: Any, **changes: Any) -> Receipt:
        """Receive a batch."""
        return self.door.receive(a_batch(*messages, **changes), write_keys=[WRITE_KEY])

    def call(self, message: dict[str, Any], type: EventType = "track") -> Receipt:
        """Receive a single call."""
        return self.door.receive(message, type=type, write_keys=[WRITE_KEY])

    def events(self) -> list[Event]:
        """All stored events."""
        return [from_item(item) for item in self.database.all("events")]

    def quarantined(self) -> list[Quarantined]:
        """All quarantined events."""
        return [quarantined_from_item(item) for item in self.database.all("quarantine")]

    def count(self, *tables: TableName) -> int:
        """How many items there are."""
        return sum(len(self.database.all(table)) for table in tables)


def outcomes(receipt: Receipt) -> list[str]:
    """The outcome of each event, or the code of the reason."""
    return [verdict.code or verdict.outcome for verdict in receipt.verdicts]
