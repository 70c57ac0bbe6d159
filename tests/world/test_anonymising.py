"""An anonymisation leaves what an erasure leaves, and counts beside it: each day once, whatever dies on the way."""

import re
from random import Random
from typing import Any

import pytest

from local.world.erasing import Erasing
from local.world.lake import MemoryLake, archive
from local.world.world import World
from local.world.wrapping import PlainWrapper
from regulars.adapters.parquet import Parquet
from regulars.adapters.sealing import KmsSealer
from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from regulars.domain.privacy_requests import Kind
from regulars.pipeline.compact import Compactor
from regulars.pipeline.lake_retention import LakeRetainer
from regulars.pipeline.privacy_requests import Asked, PrivacyRequests
from regulars.stores.database import KEYS
from regulars.stores.privacy_requests import TIE, RequestStore
from tests.builders import START, an_event
from tests.lake import ask
from tests.world.erasures import Nobody, cells, is_ledger

LEAVING = [f"user_id:{number:x}" for number in range(1, 25)]
STAYING = [f"user_id:0{number:x}" for number in range(1, 6)]
REMAINS = "SELECT day, type, name, source, events, k FROM remains ORDER BY ALL"
# Of the 24 who go, 12 viewed twice a day on two days, each by another device the first time; 5 ordered.
LEFT = [
    ("2026-01-01", "track", "Product Viewed", "web", 20, 10),
    ("2026-01-02", "track", "Product Viewed", "web", 20, 10),
]
_FORMAT = Parquet()


class CrashError(Exception):
    """A worker died."""


class Shop:
    """People who go and people who stay, in tables and in the lake."""

    def __init__(self) -> None:
        self.world = World(batch=60)
        self.lake = MemoryLake()
        archive(self.world, self.lake, _FORMAT)
        self.erasing = Erasing(world=self.world, lake=self.lake, format=_FORMAT)
        events = [event for person in (*LEAVING, *STAYING) for event in _events(person)]
        for at in range(0, len(events), 60):
            self.world.store(*events[at : at + 60])
            self.world.settle()

    def take(self, kind: Kind, people: list[str] = LEAVING) -> str:
        """Take a request and verify it."""
        world = self.world
        requests = PrivacyRequests(
            world.database, Nobody(), KmsSealer(world.database, PlainWrapper()), world.clock, map
        )
        id = requests.begin(Asked(kind=kind, law="gdpr", reference="leavers", by="s-1"), people).id
        requests.verify(id, by="s-1", proof="document")
        return id

    def meet(self, kind: Kind, people: list[str] = LEAVING) -> str:
        """Take a request and finish it."""
        id = self.take(kind, people)
        self.erasing.finish(id)
        return id

    def certificate(self, id: str) -> Any:
        """The certificate of a request."""
        world = self.world
        sealer = KmsSealer(world.database, PlainWrapper())
        return PrivacyRequests(world.database, Nobody(), sealer, world.clock, map).certificate(id)

    def remains(self, now: int = START + 2 * DAY) -> list[tuple[Any, ...]]:
        """What those who read the lake see of who went."""
        return ask(self.lake.content, REMAINS, now)

    def counts(self) -> dict[str, bytes]:
        """The files of counts."""
        return {key: content for key, content in self.lake.content.items() if key.startswith("remains/")}

    def rest(self) -> dict[str, bytes]:
        """All other files."""
        return {key: content for key, content in self.lake.content.items() if not key.startswith("remains/")}


@pytest.fixture
def shop() -> Shop:
    """A shop on its third day."""
    return Shop()


def test_counts_of_many_remain_and_the_rest_is_erased(shop: Shop) -> None:
    id = shop.meet("anonymisation")

    assert shop.remains() == LEFT
    certificate = shop.certificate(id)
    assert certificate["counts"] == {"events": 40, "groups": 2, "k": 10}
    assert certificate["remains"]


def test_nobody_who_went_is_named_anywhere_but_in_the_ledger(shop: Shop) -> None:
    id = shop.meet("anonymisation")

    store = RequestStore(shop.world.database)
    gone = {one.owner for one in store.all_doomed(id)}
    named = re.compile(r"(?:user_id|anonymous_id):[0-9a-f]+")
    rows = [str(item) for table in KEYS for item in shop.world.database.all(table) if not is_ledger(table, item)]
    values = [value.decode() for key, content in shop.lake.content.items() for _, value in cells(key, content)]
    assert len(gone) == 48
    assert not gone & set(named.findall(" ".join([*rows, *values, *shop.lake.content])))
    assert store.ties(id) == {}
    assert not [item for item in shop.world.database.all("catalog") if item["kind"] == TIE]


def test_all_else_is_as_after_an_erasure(shop: Shop) -> None:
    other = Shop()
    anonymised, erased = shop.meet("anonymisation"), other.meet("erasure")

    assert shop.rest() == other.rest()
    assert other.counts() == {}
    one, two = (RequestStore(each.world.database).get(id) for each, id in ((shop, anonymised), (other, erased)))
    assert one
    assert two
    assert (one.found, one.erased, one.round) == (two.found, two.erased, two.round)
    assert other.certificate(erased)["counts"] is None
    assert list(shop.erasing.copies.objects) == list(other.erasing.copies.objects)


@pytest.mark.parametrize("seed", range(5))
def test_a_day_is_counted_once_whatever_dies(shop: Shop, seed: int) -> None:
    random = Random(seed)
    compactor = Compactor(shop.lake, _FORMAT, shop.world.journal, shop.world.clock)
    seen: dict[str, bytes] = {}

    def strike() -> None:
        for key, content in shop.counts().items():
            assert seen.setdefault(key, content) == content
        if random.random() < 0.1:
            raise CrashError

    id = shop.take("anonymisation")
    shop.lake.hook = strike
    while True:
        try:
            shop.erasing.finish(id, has_time=lambda: random.random() < 0.6)
            break
        except CrashError:
            if random.random() < 0.3:
                _quietly(compactor)
    shop.lake.hook = lambda: None

    assert shop.remains() == LEFT
    assert shop.certificate(id)["counts"] == {"events": 40, "groups": 2, "k": 10}


def test_a_copy_in_another_file_of_the_day_counts_once(shop: Shop) -> None:
    for key, content in shop.rest().items():
        if key.startswith("events/"):
            shop.lake.content[f"{key.rpartition('/')[0]}/again-{key.rpartition('/')[2]}"] = content
    shop.meet("anonymisation")

    assert shop.remains() == LEFT


def test_of_one_person_nothing_remains(shop: Shop) -> None:
    id = shop.meet("anonymisation", LEAVING[:1])

    assert shop.counts() == {}
    assert shop.certificate(id)["counts"] == {"events": 0, "groups": 0, "k": 10}


def test_a_person_of_many_identifiers_is_one_of_ten(shop: Shop) -> None:
    shop.meet("anonymisation", [*LEAVING[:9], *LEAVING[12:]])  # nine who viewed, by eighteen identifiers

    assert shop.remains() == []


def test_a_request_that_is_repeated_counts_nothing(shop: Shop) -> None:
    id = shop.meet("anonymisation")
    before = shop.counts()
    for key in before:
        shop.lake.remove([key])
    for event in _events(LEAVING[0]):
        shop.world.store(event)
    shop.world.settle()
    world = shop.world
    sealer = KmsSealer(world.database, PlainWrapper())
    PrivacyRequests(world.database, Nobody(), sealer, world.clock, map).repeat(id)
    shop.erasing.finish(id)

    assert shop.counts() == {}


def test_counts_outlive_compaction_and_end_with_their_day(shop: Shop) -> None:
    shop.meet("anonymisation")
    shop.world.clock.now = START + 40 * DAY
    assert Compactor(shop.lake, _FORMAT, shop.world.journal, shop.world.clock).compact()
    assert shop.remains() == LEFT
    assert shop.remains(START + 396 * DAY + SECOND) == LEFT[1:]

    shop.world.clock.now = START + 397 * DAY
    LakeRetainer(shop.world.database, shop.lake, _FORMAT, shop.world.journal, shop.world.clock).work(
        has_time=lambda: True
    )
    assert shop.counts() == {}


def _quietly(compactor: Compactor) -> None:
    for day in ("2026-01-01", "2026-01-02"):
        try:
            compactor.compact(day=day)
        except CrashError:
            continue


def _events(person: str) -> list[Event]:
    number = int(person.removeprefix("user_id:"), 16)
    device = person.replace("user_id:", "anonymous_id:")
    links = (person, device)
    events = [an_event(1, type="identify", name=None, links=links, message_id="known")]
    if number <= 12:
        for at in (START + 60 * SECOND, START + DAY + 60 * SECOND):
            events += [
                an_event(at=at, links=(device,), message_id="by the device"),
                an_event(at=at, links=(person,), message_id="signed in"),
            ]
    if number <= 5:
        events.append(an_event(9, name="Order Completed", links=(person,), message_id="an order"))
    return events
