"""Uploads of one list at the same time, of which some die: what counts is the order in which they began."""

from collections import defaultdict
from contextlib import suppress
from random import Random

import pytest

from local.world.chaos import CrashError
from local.world.clock import SimulatedClock
from local.world.memory import MemoryDatabase
from local.world.world import START
from local.world.wrapping import PlainWrapper
from regulars.adapters.sealing import KmsSealer
from regulars.domain.identifiers import Identifier, owner_key
from regulars.domain.lists import LISTS, Mode, Upload
from regulars.domain.reserved_events import JOINED
from regulars.errors import ConflictingEditError
from regulars.pipeline.lists import Lists
from regulars.stores.catalog import CatalogStore
from regulars.stores.definitions import Definition
from regulars.stores.events import from_item
from tests.world.schedule import Schedule

PEOPLE = [f"p{n}@shop.example" for n in range(8)]
MODES: tuple[Mode, ...] = ("add", "remove", "replace")


class Uploader:
    """Uploads one file in chunks; started again after a crash it goes on with the upload that it began."""

    def __init__(self, lists: Lists, random: Random) -> None:
        self.lists = lists
        self.mode = random.choice(MODES)
        self.rows = random.sample(PEOPLE, random.randrange(len(PEOPLE)))
        self.upload: Upload | None = None
        self.sent = 0
        self.superseded = False

    def __call__(self) -> None:
        """Upload all of it, unless a later file has replaced the list meanwhile."""
        self.upload = self.upload or self.lists.begin("vip", self.mode, "email", "s-1")
        try:
            while self.sent < len(self.rows):
                self.lists.add("vip", self.upload.id, self.rows[self.sent :][:2])
                self.sent += 2
        except ConflictingEditError as error:
            self.superseded = "replaces the list" in str(error)
            if self.superseded:
                return
            raise
        place: tuple[int, str] | None = (0, "")
        while place:
            place = self.lists.end("vip", self.upload.id, after=place).next

    @property
    def at(self) -> int:
        """The instant at which it counts."""
        assert self.upload
        return self.upload.at


def expected(uploaders: list[Uploader]) -> set[str]:
    """Do the same with sets, one upload after the other."""
    members: set[str] = set()
    for one in sorted(uploaders, key=lambda one: one.at):
        if one.superseded:
            assert any(other.mode == "replace" and other.at > one.at for other in uploaders)
            continue
        named = set(one.rows)
        members = {"add": members | named, "remove": members - named, "replace": named}[one.mode]
    return members


def by_events(database: MemoryDatabase) -> set[str]:
    """Say who is in the list by what was told alone: the newest event of each identifier."""
    newest: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for event in map(from_item, database.all("events")):
        assert event.source == LISTS
        newest[event.owner].append((event.at, event.name != JOINED))  # of two at once, who left is out
    return {owner for owner, told in newest.items() if not max(told)[1]}


@pytest.mark.parametrize("seed", range(120))
def test_uploads_at_once_end_as_one_after_the_other(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.pipeline.lists.AT_ONCE", 2)  # so that a sweep has many steps
    random = Random(seed)
    schedule = Schedule(seed, crash=random.choice([0.0, 0.02, 0.1]))
    clock = SimulatedClock(START)
    database = MemoryDatabase(schedule.hook, clock)
    CatalogStore(database).put(Definition(kind="list", id="vip", content={}))
    lists = Lists(database, KmsSealer(database, PlainWrapper()), map, clock)
    uploaders = [Uploader(lists, random) for _ in range(random.randint(2, 5))]

    schedule.run(uploaders)

    key = KmsSealer(database, PlainWrapper()).hash_key
    owners = {owner_key(Identifier("email", each), key) for each in expected(uploaders)}
    places, _ = lists.members("vip", after=None, limit=1_000)
    assert by_events(database) == owners
    assert {place.owner for place in places} == owners


class Dying:
    """Lets a process die at its n-th call to the database."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    def __call__(self, _operation: str, _table: str) -> None:
        """Count a call down."""
        self.left -= 1
        if self.left == 0:
            raise CrashError


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("calls", range(1, 40))
def test_a_replacement_finds_everybody_whom_an_upload_left_that_died(mode: Mode, calls: int) -> None:
    dying, clock = Dying(0), SimulatedClock(START)
    database = MemoryDatabase(dying, clock)
    CatalogStore(database).put(Definition(kind="list", id="vip", content={}))
    lists = Lists(database, KmsSealer(database, PlainWrapper()), map, clock)
    lists.add("vip", lists.begin("vip", "add", "email", "s-1").id, PEOPLE[:3])
    upload = lists.begin("vip", mode, "email", "s-1")
    dying.left = calls
    with suppress(CrashError):
        lists.add("vip", upload.id, PEOPLE[2:5])
        lists.end("vip", upload.id, after=None)
    dying.left = 0

    last = lists.begin("vip", "replace", "email", "s-1")
    place: tuple[int, str] | None = (0, "")
    while place:
        place = lists.end("vip", last.id, after=place).next

    assert by_events(database) == set()
    assert lists.members("vip", after=None, limit=1_000)[0] == []
