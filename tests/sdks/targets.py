"""What an SDK's calls end in: the door over memory, served here, or a platform that runs."""

from collections import Counter
from pathlib import Path
from typing import Protocol

from local.world.memory import MemoryDatabase
from regulars.adapters.http import serve
from regulars.adapters.ingest_api import IngestApi
from regulars.adapters.observability import log_failure
from regulars.stores.definitions import Definition
from tests.asset import load
from tests.e2e.platform import Platform
from tests.messages import WRITE_KEY
from tests.pipeline.front_door import FrontDoor
from tests.sdks.gateway import Gateway
from tests.sdks.menagerie import SERVERS

ASKING = "wk_asking"  # the key of a source that needs consent


class Target(Protocol):
    """Somewhere to send to, that can be asked what it has stored."""

    url: str
    write_key: str

    def stored(self) -> Counter[str]:
        """Count the stored events by message id."""

    def accepted(self) -> int:
        """Count the events that were accepted, as the platform itself counts them."""


class MemoryTarget:
    """The door over memory, behind HTTP."""

    def __init__(self, asset: Path) -> None:
        self._front_door = FrontDoor(MemoryDatabase())
        for key in {sdk.key for sdk in SERVERS if sdk.key}:
            self._front_door.add_source("web", key)
        self._front_door.add_source("asking", ASKING)
        content = {"name": "Asking", "consent": {"ads": {"categories": ["C0004"]}}}
        self._front_door.catalog.put(Definition(kind="source", id="asking", content=content))
        api = IngestApi(self._front_door.door)
        self._gateway = Gateway(lambda event, _: serve(event, api.answer, _report), load(asset))
        self.url = self._gateway.url
        self.write_key = WRITE_KEY

    def stored(self) -> Counter[str]:
        """Count the stored events by message id."""
        return Counter(event.message_id for event in self._front_door.events())

    def accepted(self) -> int:
        """Count the accepted events."""
        return self._front_door.journal.counts["events_accepted"]

    def suppressed(self) -> int:
        """Count the events to which somebody did not agree."""
        return self._front_door.journal.counts["events_suppressed"]

    def close(self) -> None:
        """Stop serving."""
        self._gateway.close()


def _report(error: Exception) -> None:
    log_failure("a request could not be served", error)


class PlatformTarget:
    """A platform that runs."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._before = platform.settle()
        self.url = platform.url
        self.write_key = platform.write_key

    def stored(self) -> Counter[str]:
        """Count the stored events by message id."""
        dynamodb = self._platform.aws("dynamodb")
        (table,) = [name for name in dynamodb.list_tables()["TableNames"] if "events" in name.lower()]
        pages = dynamodb.get_paginator("scan").paginate(TableName=table, ProjectionExpression="moment")
        moments = (item["moment"]["S"] for page in pages for item in page["Items"])
        return Counter(moment.split("#", 2)[2] for moment in moments)

    def accepted(self) -> int:
        """Count the events that were accepted since this began; each of them is applied."""
        counts = self._platform.settle()
        since = {name: count - self._before[name] for name, count in counts.items()}
        assert counts["pending"] == 0
        assert since["accepted"] == since["applied"], since
        return since["accepted"]
