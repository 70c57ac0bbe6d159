"""Entries that are asked for: under one key however they come, in time, and by what the journey says by then."""

from collections.abc import Mapping
from typing import Any

import pytest

from regulars.domain.instants import DAY, HOUR, SECOND
from regulars.domain.journey_deeds import JOURNEYS
from regulars.domain.passages import Passage
from regulars.errors import StaleCatalogError
from regulars.pipeline.journey_rooms import JourneyRooms, Ways
from regulars.pipeline.telling_journeys import Teller
from regulars.stores.events import from_item
from regulars.stores.journeys import JourneyStore
from tests.journey_life import a_workspace, publish
from tests.workspace import Workspace

CART = {"event": "Cart Left", "key": "cart.id", "api": True, "again": "never"}
WAIT = [{"wait": "1 day"}]
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAILY = {"schedule": {"segment": "vip", "at": "00:10", "days": _DAYS}}
PEOPLE = ("ann", "bob")


class Shop:
    """A workspace in which messages of journeys are worked off one by one."""

    def __init__(self) -> None:
        self.workspace: Workspace = a_workspace()
        self.world = self.workspace.world
        for person in PEOPLE:
            said = {"email": f"{person}@shop.example", "plan": "gold"}
            self.workspace.send({"type": "identify", "userId": person, "traits": said})

    def publish(self, enter: Mapping[str, Any], **changes: Any) -> None:
        """Publish a version."""
        assert publish(self.workspace, enter=enter, steps=WAIT, **changes).status == 200

    def with_members(self) -> None:
        """Let both be in a segment."""
        where = {"trait": "plan", "equals": "gold"}
        assert self.workspace.put("/v1/segments/vip", {"definition": {"where": where}}).status == 200
        self.world.settle()

    def do(self, deed: str) -> None:
        """Pause, resume, drain, stop."""
        assert self.workspace.ask("POST", f"/v1/journeys/greeting/{deed}", "marketer").status == 200

    def rooms(self) -> JourneyRooms:
        """Give the rooms of a batch that begins now."""
        space, clock = self.workspace, self.world.clock
        tell = Teller(self.world.database, space.sealer, clock).tell
        ways = Ways(machines=space.machines, wanted=space.wanted, tell=tell, journal=self.world.journal)
        rooms = JourneyRooms(self.world.database, space.sealer, map, ways=ways, clock=clock)
        rooms.start_batch()
        return rooms

    def work(self, *messages: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Work messages off; give those that were sent meanwhile."""
        before = len(self.workspace.wanted.sent)
        rooms = self.rooms()
        for message in messages:
            rooms.occasions.work(message)
        return list(self.workspace.wanted.sent[before:])

    def leaves(self, properties: Mapping[str, Any]) -> None:
        """Let Ann leave a cart."""
        said = {"type": "track", "userId": "ann", "event": "Cart Left", "properties": properties}
        [event] = self.workspace.send(said)
        self.work({"owner": event.owner, "moment": event.moment})

    def asks(self, **body: Any) -> None:
        """Ask that Ann be let in."""
        asked = self.workspace.ask(
            "POST", "/v1/journeys/greeting/entries", "service", body={"profile": "user_id:ann", **body}
        )
        assert asked.status == 200, asked.text
        self.work(self.workspace.wanted.sent[-1])

    def passages(self) -> list[Passage]:
        """All passages."""
        store = JourneyStore(self.world.database)
        return [one for person in PEOPLE for one in store.passages(self.workspace.owner("user_id", person))]

    def refused(self) -> list[tuple[int, str]]:
        """Whom nobody let in: versions, and why."""
        events = map(from_item, self.world.database.all("events"))
        told = [one.properties for one in events if one.source == JOURNEYS and one.name == "Journey Entry Refused"]
        return sorted((one["version"], one["reason"]) for one in told)

    def later(self, micros: int) -> None:
        """Let time pass."""
        self.world.clock.advance_to(self.world.clock.now + micros)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.mark.parametrize(
    ("said", "key"), [("c-1", "c-1"), (7, "7"), (7.0, "7"), (7.5, "7.5"), (True, "true"), ("é" * 100, "é" * 100)]
)
def test_one_key_enters_once_whether_by_an_event_or_by_a_request(shop: Shop, said: Any, key: str) -> None:
    shop.publish(CART)

    shop.leaves({"cart": {"id": said}})
    shop.asks(properties={"cart": {"id": said}})
    shop.asks(key=key)

    assert [one.key for one in shop.passages()] == [key]
    assert shop.workspace.get("/v1/profiles/user_id:ann/journeys").content["journeys"][0]["key"] == key


def test_keys_that_begin_alike_are_two(shop: Shop) -> None:
    shop.publish(CART)

    for end in "abb":
        shop.leaves({"cart": {"id": "x" * 100 + end}})

    assert len({one.key for one in shop.passages()}) == len(shop.passages()) == 2
    assert all(len(one.key) <= 100 for one in shop.passages())


@pytest.mark.parametrize("properties", [{}, {"cart": None}, {"cart": {"id": None}}, {"cart": {"id": {}}}])
def test_an_event_without_a_key_enters_nobody(shop: Shop, properties: Mapping[str, Any]) -> None:
    shop.publish(CART)

    shop.leaves(properties)

    assert (shop.passages(), shop.refused()) == ([], [(1, "no_key")])


def test_a_request_that_is_told_late_is_refused_and_one_that_was_begun_goes_on(shop: Shop) -> None:
    shop.publish({"api": True})
    shop.asks(key="a")
    message = shop.workspace.wanted.sent[-1]
    asked = shop.workspace.ask("POST", "/v1/journeys/greeting/entries", "service", body={"profile": "user_id:bob"})
    assert asked.status == 200
    late = shop.workspace.wanted.sent[-1]
    shop.later(3 * DAY + SECOND)

    shop.work(message, late)

    assert [one.key for one in shop.passages()] == ["a"]
    assert shop.refused() == [(1, "late")]


def test_a_move_and_members_that_are_told_late_are_refused(shop: Shop) -> None:
    shop.with_members()
    shop.publish({**DAILY, "api": True})
    at = shop.world.clock.now - 4 * DAY
    owner = shop.workspace.owner("user_id", "ann")
    move = {"journey": "greeting", "owner": owner, "key": "", "occasion": "move x", "at": at, "event": ""}
    member = {"journey": "greeting", "version": 1, "at": at, "occasion": f"schedule {at}", "segment": "vip"}

    shop.work({"enter": move}, {"enter": {**member, "profile": f"p_{owner}"}})
    pages = shop.work({"enrol": {"journey": "greeting", "version": 1, "at": at}})

    assert (shop.passages(), pages) == ([], [])
    assert shop.refused() == [(1, "late"), (1, "late")]


def _due(shop: Shop) -> list[Mapping[str, Any]]:
    """Let a schedule be due; give the page of its members."""
    shop.with_members()
    shop.publish(DAILY)
    shop.work({"minute": True})
    shop.later(DAY)
    [page] = shop.work({"minute": True})
    return [page]


def test_who_is_scheduled_while_a_version_is_replaced_enters_the_new_one_once(shop: Shop) -> None:
    page = _due(shop)
    entries = shop.work(*page)
    shop.work(entries[0])
    shop.publish(DAILY, priority=7)

    shop.work(*entries, *shop.work(*page))

    assert sorted(one.number for one in shop.passages()) == [1, 2]
    assert shop.refused() == []


@pytest.mark.parametrize(
    ("deed", "state"), [("pause", "paused"), ("drain", "draining"), ("stop", "stopped"), ("", "draining")]
)
def test_who_is_asked_for_while_nobody_enters_is_told_so(shop: Shop, deed: str, state: str) -> None:
    page = _due(shop)
    entries = shop.work(*page)
    if deed:
        shop.do(deed)
    else:
        shop.publish({"api": True})  # has no schedule any more

    shop.work(*entries)

    assert shop.passages() == []
    assert shop.refused() == [(1, state)] * 2
    assert shop.work(*page) == []


def test_members_at_the_start_whom_a_pause_kept_out_enter_by_publishing_again(shop: Shop) -> None:
    shop.with_members()
    shop.publish({"segment": "vip", "enrol": "current"})
    page = shop.workspace.wanted.sent[-1]
    shop.do("pause")
    assert shop.work(page) == []
    shop.do("resume")
    assert shop.passages() == []

    shop.publish({"segment": "vip", "enrol": "current"})
    shop.work(*shop.work(shop.workspace.wanted.sent[-1]))

    assert len(shop.passages()) == 2


def test_a_request_that_waited_while_its_journey_was_paused_is_refused(shop: Shop) -> None:
    shop.publish({"api": True})
    asked = shop.workspace.ask("POST", "/v1/journeys/greeting/entries", "service", body={"profile": "user_id:ann"})
    assert asked.status == 200
    shop.do("pause")

    shop.work(shop.workspace.wanted.sent[-1])

    assert (shop.passages(), shop.refused()) == ([], [(1, "paused")])


def test_what_was_published_during_a_batch_is_tried_again(shop: Shop) -> None:
    shop.with_members()
    rooms = shop.rooms()
    shop.publish({"segment": "vip", "enrol": "current", "api": True})
    page = shop.workspace.wanted.sent[-1]
    asked = {"journey": "greeting", "owner": shop.workspace.owner("user_id", "ann"), "key": "", "occasion": "move x"}

    for message in (page, {"enter": {**asked, "at": shop.world.clock.now, "event": ""}}):
        with pytest.raises(StaleCatalogError):
            rooms.occasions.work(message)

    shop.work(*shop.work(page))
    assert len(shop.passages()) == 2


def test_what_somebody_started_by_hand_is_nobodys_passage(shop: Shop) -> None:
    shop.later(HOUR)
    for given in ({}, {"input": "{}"}, {"input": "[]"}):
        event = {"detail-type": "Step Functions Execution Status Change", "detail": {"status": "ABORTED", **given}}
        assert shop.work(event) == []
