"""Tables that are lost beyond their backups come back from the lake: the same people, but for whom was erased."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from local.world.erasing import Erasing
from local.world.lake import archive
from local.world.memory import STREAMED, MemoryDatabase
from regulars.adapters.parquet import Parquet
from regulars.domain.instants import HOUR
from regulars.domain.lake import EVENTS
from regulars.domain.lake_rows import event_of, event_row
from regulars.errors import ErasedError
from regulars.pipeline.carrying import Carrier
from regulars.pipeline.erase_worker import EraseWorker
from regulars.pipeline.recovery import Recovery
from regulars.pipeline.refilling import Refiller
from regulars.stores.database import KEYS, Item, text
from regulars.stores.events import EventStore
from regulars.stores.identities import LINK
from tests.builders import an_event, an_identify
from tests.workspace import Workspace
from tests.world.erasures import erase, still_said

KEPT = frozenset({"vault", "catalog", "audit"})
SEGMENT = {"definition": {"where": {"event": "Given", "within": "30 days"}, "anonymous": True}}
PERSONAL = {"definition": {"where": {"trait": "plan", "is": "gold"}}}


class History:
    """A workspace in which much happens to few people."""

    def __init__(self, seed: int, *, shares: bool = False) -> None:
        self.random = Random(seed)
        self.shares = shares
        self.workspace = Workspace()
        self.world = self.workspace.world
        archive(self.world, self.workspace.lake, Parquet())
        self.erasing = Erasing(world=self.world, lake=self.workspace.lake, format=Parquet())
        self.workspace.put("/v1/segments/given", SEGMENT)
        self.workspace.put("/v1/segments/gold", PERSONAL)
        self.gone: list[str] = []

    def live(self, acts: int) -> None:
        """Let people send, and be merged by what they send."""
        for _ in range(acts):
            with suppress(ErasedError):
                self.workspace.send(self._call())
            if self.random.random() < 0.1:
                self.world.advance(self.world.clock.now + self.random.randrange(HOUR))

    def erase(self, user: str) -> None:
        """Erase somebody, with all that is tied to them."""
        before = set(self.world.database.partition_keys("events"))
        erase(self.workspace, self.erasing, self.workspace.owner("user_id", user))
        self.gone = sorted(before - set(self.world.database.partition_keys("events")))
        self.workspace.start()

    def correct(self, user: str) -> None:
        """Correct a trait of somebody."""
        body = {"traits": {"plan": "gold"}, "reason": "by letter"}
        assert self.workspace.ask("PATCH", f"/v1/profiles/user_id:{user}/traits", body=body).status in (200, 404)
        self.world.settle()

    def lose(self) -> None:
        """Lose every table but those that the lake cannot stand for."""
        database = self.world.database
        for table in KEYS:
            if table not in KEPT:
                for item in list(database.all(table)):
                    partition, sort = KEYS[table]
                    database.delete(table, text(item, partition), text(item, sort) if sort else None)
            if table in STREAMED:
                database.trim(table, 10**9)

    def refill(self) -> dict[str, int]:
        """Bring the events back, and let the pipeline run."""
        found = Refiller(self.world.database, self.workspace.lake, Parquet()).refill()
        self.world.settle()
        return dict(found)

    def state(self) -> dict[str, Any]:
        """What is known of everybody."""
        database = self.world.database
        homes: dict[str, set[str]] = defaultdict(set)
        for item in database.all("profiles"):
            if not item.get("merged_into") and not item.get("erased"):
                homes[text(item, "owners")] |= set(text(item, "owners").split())
        members = {
            (frozenset(self._owners(text(item, "profile_id"))), text(item, "item"))
            for item in database.all("memberships")
            if item.get("member")
        }
        return {
            "events": {(text(item, "owner"), text(item, "moment")): _event(item) for item in database.all("events")},
            "people": {frozenset(owners) for owners in homes.values()},
            "parts": {
                (text(item, "owner"), text(item, "part")): text(item, "state")
                for item in database.all("identities")
                if text(item, "part") != LINK and item.get("state")
            },
            "members": members,
        }

    def _owners(self, profile_id: str) -> list[str]:
        found = self.world.database.get("profiles", profile_id)
        return text(found, "owners").split() if found else [profile_id.removeprefix("p_")]

    def _call(self) -> dict[str, Any]:
        number = self.random.randrange(4)
        user = f"u{number}"
        device = f"d{self.random.randrange(6) if self.shares else self.random.randrange(2) * 4 + number}"
        names = self.random.choice([{"userId": user}, {"anonymousId": device}, {"userId": user, "anonymousId": device}])
        if self.random.random() < 0.5:
            return {"type": "track", "event": "Given", **names, "properties": {"comment": f"said-by-{user}"}}
        traits = {"email": f"u{number}@example.com", "plan": self.random.choice(["gold", "free"]), "firstName": user}
        return {"type": "identify", **names, "traits": traits if "userId" in names else {"plan": "free"}}


def _event(item: Item) -> Any:
    return {name: value for name, value in item.items() if name != "clear"}


@pytest.mark.parametrize("seed", range(2))
def test_what_is_refilled_is_what_was_lost(seed: int) -> None:
    history = History(seed)
    history.live(40)
    history.correct("u1")
    history.live(10)
    before = history.state()
    history.lose()

    found = history.refill()

    assert found == {"new": len(before["events"]), "known": 0, "erased": 0}
    assert history.state() == before
    assert history.refill()["new"] == 0
    assert history.state() == before


@pytest.mark.parametrize("seed", range(2))
def test_where_limits_decide_who_a_shared_device_is_everything_else_is_as_it_was(seed: int) -> None:
    history = History(seed, shares=True)
    history.live(50)
    before = history.state()
    history.lose()
    history.refill()

    after = history.state()
    assert (after["events"], after["parts"]) == (before["events"], before["parts"])
    assert sum(map(len, after["people"])) == len(set().union(*after["people"]))


@pytest.mark.parametrize("seed", range(2))
def test_whoever_was_erased_is_not_in_the_lake_and_late_files_bring_nobody_back(seed: int) -> None:
    history = History(seed)
    history.live(30)
    files = dict(history.workspace.lake.content)
    history.erase("u0")
    history.live(10)
    before = history.state()
    history.lose()
    history.workspace.lake.content |= files  # somebody put old files back

    found = history.refill()

    assert found["erased"] > 0
    assert history.state()["events"] == before["events"]
    assert history.state()["people"] == before["people"]
    lake = {place for place, _ in still_said(history.erasing, (), history.gone)}
    assert all(place.startswith(("events/", "identity/", "audit")) for place in lake)


@pytest.mark.parametrize("seed", range(2))
def test_what_is_restored_and_refilled_is_what_was_lost_but_the_erased(seed: int) -> None:
    history = History(seed)
    database, clock = history.world.database, history.world.clock
    history.live(25)
    at, backup = clock.now, {table: list(database.all(table)) for table in KEYS}
    history.live(15)
    history.erase("u0")
    history.live(10)
    before = history.state()
    history.lose()
    restored = MemoryDatabase(clock=clock)
    for table, items in backup.items():
        for item in items:
            restored.put(table, item)
    places = history.erasing.places

    recovery = Recovery(restored, database, history.erasing.copies, clock, map)
    recovery.close(at=at)
    recovery.replay(
        lambda copies: EraseWorker(restored, replace(places, copies=copies), history.world.journal, clock, map),
        has_time=lambda: True,
    )
    recovery.check_replayed()
    for table in KEYS:
        if table not in KEPT:
            Carrier(restored, database, map).carry(table)
    recovery.open()
    history.workspace.start()
    history.world.settle()
    history.refill()

    assert history.state() == before
    assert still_said(history.erasing, ("said-by-u0",), history.gone) == set()


def test_a_row_of_the_lake_is_the_whole_event() -> None:
    events = [
        an_event(1, links=("user_id:u", "email:e"), sealed=b"\x00\xff", properties={"a": [1, {"b": None}]}),
        an_identify(2, plan="gold"),
        an_event(3, links=("anonymous_id:a",)),
    ]

    assert [event_of(row) for row in Parquet().rows(EVENTS, Parquet().write(EVENTS, list(map(event_row, events))))] == (
        events
    )


def test_an_event_too_large_for_a_table_is_put_back_whole(tables: None) -> None:
    from regulars.adapters import clients

    del tables
    clients.database.cache_clear()
    clients.large.cache_clear()
    clients.s3.cache_clear()
    large = an_event(4, sealed=bytes(range(256)) * 2_000)
    lake = Workspace().lake
    lake.put("events/day=2026-01-01/1-a.parquet", Parquet().write(EVENTS, [event_row(large)]))

    assert Refiller(clients.database(), lake, Parquet()).refill()["new"] == 1
    assert EventStore(clients.database()).get(large.owner, large.moment) == large
