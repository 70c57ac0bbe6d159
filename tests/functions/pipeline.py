"""The functions between the door and the bus, over the fake AWS, each started cold."""

import importlib
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from local.world.world import START
from regulars.adapters import clients
from regulars.domain.events import Event
from regulars.domain.instants import SECOND
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Item, TableName, text
from regulars.stores.definitions import Definition
from regulars.stores.events import EventStore
from tests import lambda_events

NAMES = ("resolve_identity", "evaluate_segments", "tick", "announce")
NOW = START + 3_600 * SECOND
BUYERS = {"name": "Buyers", "where": {"event": "Order Completed", "within": "1 day"}}


class Pipeline:
    """Calls functions as Lambda does, and looks at what they did."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.database = clients.database()
        self.now = NOW
        self._read: dict[str, int] = {}
        self._queue = clients.sqs().create_queue(QueueName="evaluations")["QueueUrl"]
        self._bus = _listen_to_the_bus()
        monkeypatch.setenv("EVALUATIONS_QUEUE", self._queue)
        modules = {name: importlib.import_module(f"functions.{name}.handler") for name in NAMES}
        for module in modules.values():
            _start_cold(module)
            if hasattr(module, "now"):
                monkeypatch.setattr(module, "now", lambda: self.now)
        self._handlers: dict[str, Callable[[Any, Any], Any]] = {name: modules[name].handler for name in NAMES}

    def call(self, function: str, event: lambda_events.Event) -> Any:
        """Invoke a function."""
        return self._handlers[function](event, None)

    def define(self, id: str, content: Any) -> None:
        """Make a segment live."""
        store = CatalogStore(self.database)
        standing = store.get("segment", id)
        store.put(Definition(kind="segment", id=id, content=content, version=standing.version if standing else 0))

    def store(self, *events: Event) -> None:
        """Store events as the door does."""
        EventStore(self.database).insert(events)

    def news(self, table: TableName) -> lambda_events.Event:
        """What the stream of a table tells since this was last asked."""
        records = lambda_events.everything(table)["Records"]
        seen = self._read.get(table, 0)
        self._read[table] = len(records)
        return {"Records": records[seen:]}

    def run(self) -> None:
        """Let everything stored so far travel to the bus."""
        for function, table in (
            ("resolve_identity", "events"),
            ("evaluate_segments", "identities"),
            ("evaluate_segments", "profiles"),
            ("announce", "memberships"),
        ):
            event = self.news(table)  # type: ignore[arg-type]  # these are names of tables
            if event["Records"]:
                assert self.call(function, event) == {"batchItemFailures": []}

    def items(self, table: TableName, partition: str) -> dict[str, Item]:
        """The items of a partition, by sort key."""
        items = self.database.query(table, partition)
        return {text(item, "part") or text(item, "item"): item for item in items}

    def members(self, segment: str = "buyers") -> dict[str, bool]:
        """Who has a row of a segment, and whether they are in."""
        rows = boto3.client("dynamodb").scan(TableName="memberships")["Items"]
        mine = [row for row in rows if row["item"]["S"] == f"segment#{segment}"]
        return {row["profile_id"]["S"]: row["member"]["N"] == "1" for row in mine}

    def queued(self) -> list[dict[str, Any]]:
        """The messages in the queue of evaluations, delayed ones too."""
        attributes = clients.sqs().get_queue_attributes(QueueUrl=self._queue, AttributeNames=["All"])["Attributes"]
        waiting = int(attributes["ApproximateNumberOfMessagesDelayed"])
        received = clients.sqs().receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in received] + [{}] * waiting

    def published(self) -> list[tuple[str, dict[str, Any]]]:
        """What was published since this was last asked: the detail type and the detail."""
        received = []
        while messages := clients.sqs().receive_message(QueueUrl=self._bus, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                received.append(json.loads(message["Body"]))
                clients.sqs().delete_message(QueueUrl=self._bus, ReceiptHandle=message["ReceiptHandle"])
        return [(event["detail-type"], event["detail"]) for event in received]


def _listen_to_the_bus() -> str:
    url = clients.sqs().create_queue(QueueName="listener")["QueueUrl"]
    arn = clients.sqs().get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    clients.event_bridge().put_rule(Name="all", EventPattern='{"source": ["regulars"]}')
    clients.event_bridge().put_targets(Rule="all", Targets=[{"Id": "listener", "Arn": arn}])
    return url


def _start_cold(module: object) -> None:
    for value in vars(module).values():
        if hasattr(value, "cache_clear"):
            value.cache_clear()
