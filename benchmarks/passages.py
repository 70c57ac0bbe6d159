"""
What a passage takes in the tables: units of DynamoDB, counted in memory, beside all definitions of the catalog.

Somebody who agreed to everything enters by an event, and does nothing more; counted is what that takes more than the
same event without the journey. The shop's win-back is left out: who enters by a segment takes what segments do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.yaml_files import parse as read_yaml
from local.world.journeys import Journeys
from local.world.post import Post
from local.world.world import START, World
from regulars.domain.instants import DAY, SECOND
from regulars.stores.definitions import Kind
from tests.builders import an_event, an_identify
from tests.world.passages import own_events

CATALOG = Path("catalog")
ENTRIES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "abandoned_cart": ("Product Added", {"cart_id": "c-1", "product_id": "p-1", "name": "Quay Mug"}),
    "delivery_problem": ("Delivery Delayed", {"order_id": "o-1"}),
    "post_purchase": ("Order Completed", {"order_id": "o-1", "revenue": 16.0, "currency": "EUR"}),
    "welcome": ("Signed Up", {}),
}
TABLES = ("journeys", "events", "identities", "vault")
_ANN = "user_id:ann"
_TRAITS = {"email": "ann@shop.example", "phone": "+491701234567", "first_name": "Ann"}
_KINDS: Mapping[str, Kind] = {
    "computed-traits": "computed_trait",
    "segments": "segment",
    "templates": "template",
    "lists": "list",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Units of one passage, by table, how many messages went out on it, and how many events told of it."""

    journey: str
    messages: int
    told: int
    writes: Mapping[str, int]
    reads: Mapping[str, float]

    @property
    def cells(self) -> tuple[str, ...]:
        """The counts as a row of a table."""
        named = [self.writes.get(table, 0) for table in TABLES]
        sums = (sum(self.writes.values()), round(sum(self.reads.values())))
        return tuple(map(str, (self.messages, self.told, *named, *sums)))


def measure() -> list[Taken]:
    """Count for each ready journey that is entered by an event."""
    return [_measured(journey) for journey in ENTRIES]


def _measured(journey: str) -> Taken:
    without, _, _ = _gone(journey, is_live=False)
    found, told, messages = _gone(journey, is_live=True)
    writes = {table: units - without.database.bill.writes[table] for table, units in found.database.bill.writes.items()}
    before = without.database.bill.reads
    reads = {table: units - before.get(table, 0) for table, units in found.database.bill.reads.items()}
    return Taken(journey=journey, messages=messages, told=told, writes=_some(writes), reads=_some(reads))


def _some(units: Mapping[str, Any]) -> dict[str, Any]:
    return {table: units[table] for table in sorted(units) if units[table] > 0}


def _gone(journey: str, *, is_live: bool) -> tuple[World, int, int]:
    """Let Ann enter, and a month pass."""
    world = World(tick_every=DAY)
    posts: list[Post] = []

    def deliver(on: Journeys) -> Any:
        posts.append(Post(on.world, on.sealer))
        posts[0].callee.answers = {"coupons": {"coupon": "LESS10"}}
        return posts[0].deliveries().answer

    on = Journeys(world, deliver=deliver, look_every=DAY)
    _define(world)
    if is_live:
        on.publish(journey, {**_read(CATALOG / "journeys" / f"{journey}.yaml"), "holdout": 0})
    at = START + SECOND
    agreed = {"purpose": "newsletter", "channel": "email"}
    world.store(an_identify(1, links=(_ANN,), at=at, arrival=at, proven=True, **_TRAITS))
    world.store(_event(2, "Consent Given", at, agreed))
    world.advance(at + 60 * SECOND)
    world.database.bill.writes.clear()
    world.database.bill.reads.clear()
    name, properties = ENTRIES[journey]
    world.store(_event(3, name, at + 61 * SECOND, properties))
    world.advance(at + 30 * DAY)
    return world, len(own_events(world)), len(posts[0].channel.taken)


def _event(number: int, name: str, at: int, properties: Mapping[str, Any]) -> Any:
    return an_event(number, name=name, links=(_ANN,), at=at, arrival=at, proven=True, properties=dict(properties))


def _define(world: World) -> None:
    for folder, kind in _KINDS.items():
        for file in sorted((CATALOG / folder).glob("*.yaml")):
            world.define(kind, file.stem, _read(file))
    world.define("consent", "purposes", _read(CATALOG / "consent.yaml"))
    world.define("messaging", "policy", _read(CATALOG / "messaging.yaml"))
    world.define("webhook", "coupons", {"url": "https://shop.example/coupons"})
    world.define("webhook", "service_desk", {"url": "https://shop.example/desk"})


def _read(file: Path) -> dict[str, Any]:
    content = read_yaml(file.read_text())
    if not isinstance(content, dict):
        raise TypeError(f"{file} is no definition")
    return content
