"""What moves a person on a live journey: entries, holds, merges, ends; once each, in whatever order it is told."""

from collections import Counter
from typing import Any

import pytest

from local.world.chaos import CrashError
from local.world.journeys import Journeys
from local.world.world import World
from regulars.domain.instants import DAY, SECOND
from regulars.domain.passages import Passage
from regulars.pipeline.restricting import Restricter
from tests.builders import START, an_event
from tests.world.passages import own_events, passages, send_once, told

HOUR = 3_600 * SECOND
JANE, PHONE = "user_id:jane", "anonymous_id:phone"
HOLD = {
    "hold": {
        "at_most": "2 hours",
        "until": [{"event": "Order Completed", "steps": [{"wait": "1 hour"}]}],
        "otherwise": [{"wait": "3 hours"}],
    }
}
CART: dict[str, Any] = {"enter": {"event": "Product Added", "key": "cart_id"}}


class Town:
    """A world with journeys."""

    def __init__(self) -> None:
        self.world = World(tick_every=90 * DAY)
        self.sent: Counter[tuple[str, str]] = Counter()
        self.on = Journeys(self.world, deliver=send_once(self.sent), look_every=90 * DAY)
        self._number = 0

    def publish(self, *steps: Any, id: str = "j", enter: Any = None, **more: Any) -> None:
        """Let people go through steps."""
        self.on.publish(
            id, {"purpose": "orders", **CART, **({"enter": enter} if enter else {}), "steps": [*steps], **more}
        )

    def say(self, name: str, *, by: tuple[str, ...] = (JANE,), cart: str = "c", settle: bool = True) -> None:
        """Let something happen now."""
        self._number += 1
        now = self.world.clock.now + self._number
        properties = {"cart_id": cart}
        self.world.clock.advance_to(now)
        self.world.store(an_event(self._number, name=name, at=now, arrival=now, links=by, properties=properties))
        if settle:
            self.world.settle()

    def wait(self, length: int) -> None:
        """Let time pass."""
        self.world.advance(self.world.clock.now + length)

    @property
    def rows(self) -> list[Passage]:
        """The passages, the oldest first."""
        return sorted(passages(self.world), key=lambda one: one.at)

    @property
    def ways(self) -> list[list[str]]:
        """What came of the places of each passage."""
        found = sorted(told(self.world).values(), key=lambda one: one.at)
        return [[f"{place} {came}" for _, place, came in one.steps] for one in found if one.at]


@pytest.fixture
def town() -> Town:
    return Town()


def test_what_came_before_somebody_held_lets_them_go_at_once(town: Town) -> None:
    town.publish(HOLD)
    town.say("Product Added", settle=False)
    town.say("Order Completed")
    town.wait(4 * HOUR)

    assert town.ways == [["hold_1 0", "wait_1 time"]]


def test_a_hold_that_is_over_is_not_let_go_by_what_comes_then(town: Town) -> None:
    town.publish(HOLD)
    town.say("Product Added")
    town.wait(2 * HOUR + SECOND)
    town.say("Order Completed")
    town.wait(6 * HOUR)

    assert town.ways == [["hold_1 time", "wait_2 time"]]


def test_who_lets_go_of_a_hold_and_dies_does_so_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.publish(HOLD)
    town.say("Product Added")
    release, calls = town.on.machines.release, Counter[str]()

    def dies_first(token: str, answer: Any) -> bool:
        calls[token] += 1
        if calls[token] == 1:
            raise CrashError
        return release(token, answer)

    monkeypatch.setattr(town.on.machines, "release", dies_first)
    town.say("Order Completed")
    town.wait(3 * HOUR)

    assert town.ways == [["hold_1 0", "wait_1 time"]]


def test_the_machine_is_right_where_its_time_was_over_before_it_heard_of_a_release(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.publish(HOLD)
    town.say("Product Added")
    monkeypatch.setattr(town.on.machines, "release", lambda _token, _answer: False)
    town.say("Order Completed")
    town.wait(9 * HOUR)

    assert town.ways == [["hold_1 time", "wait_2 time"]]
    assert [one.ending for one in town.rows] == ["finished"]


def test_of_one_cart_of_two_who_become_one_the_older_passage_goes_on(town: Town) -> None:
    town.publish({"wait": "1 day"}, {"send": {"channel": "email", "template": "hello"}})
    town.say("Product Added", by=(PHONE,))
    town.wait(HOUR)
    town.say("Product Added", by=(JANE,))
    town.say("Linked", by=(JANE, PHONE))
    town.wait(3 * DAY)

    assert [(one.owner, one.ending) for one in town.rows] == [(PHONE, "finished"), (JANE, "merged")]
    assert len(town.sent) == 1


def test_an_entry_that_dies_after_its_row_starts_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.publish(HOLD)
    start, calls = town.on.machines.start, Counter[str]()

    def dies_first(machine: str, passage: str, input: Any) -> None:
        calls[passage] += 1
        if calls[passage] == 1:
            raise CrashError
        start(machine, passage, input)

    monkeypatch.setattr(town.on.machines, "start", dies_first)
    town.say("Product Added")
    assert len(town.rows) == 1
    town.wait(9 * HOUR)

    assert [one.ending for one in town.rows] == ["finished"]
    assert len(town.on.machines.executions) == 1


def test_two_entries_at_once_do_not_both_pass_the_rules(town: Town) -> None:
    town.publish(HOLD, enter={**CART["enter"], "at_once": 1})
    now, database = town.world.clock.now, town.world.database
    events = [
        an_event(
            each, name="Product Added", at=now + each, arrival=now + each, links=(JANE,), properties={"cart_id": each}
        )
        for each in (1, 2)
    ]
    town.world.store(*events)
    rooms, others = town.on.rooms, iter(events[1:])
    rooms.start_batch()

    def comes_between(operation: str, table: str) -> None:
        if (operation, table) == ("transact", "journeys") and (other := next(others, None)):
            rooms.occasions.work({"owner": JANE, "moment": other.moment})

    database.hook = comes_between
    rooms.occasions.work({"owner": JANE, "moment": events[0].moment})
    database.hook = None

    assert [one.key for one in town.rows] == ["2"]


def test_a_row_that_is_gone_stops_its_execution(town: Town) -> None:
    town.publish({"wait": "1 day"}, {"wait": "1 day"})
    town.say("Product Added")
    [row] = town.rows
    town.world.database.delete("journeys", row.owner, f"passage#j#{row.id}")
    before = len(own_events(town.world))
    town.wait(3 * DAY)

    assert [run.status for run in town.on.machines.executions.values()] == ["ABORTED"]
    assert town.rows == []
    assert len(own_events(town.world)) == before


def test_a_version_that_was_stopped_moves_nobody_on(town: Town) -> None:
    town.publish({"wait": "1 day"}, {"send": {"channel": "email", "template": "hello"}})
    town.say("Product Added")
    town.on.publish("j", {**CART, "purpose": "orders", "steps": [{"wait": "1 day"}, _SEND]}, state="stopped")
    town.wait(3 * DAY)

    [row] = town.rows
    assert row.ending == "stopped"
    assert not town.sent
    item = town.world.database.get("journeys", row.owner, f"passage#j#{row.id}")
    assert item is not None
    assert item["expires"] == (row.ended or 0) // SECOND + 90 * 86_400


def test_who_is_restricted_enters_nothing(town: Town) -> None:
    town.publish(HOLD)
    town.say("Product Viewed")
    Restricter(town.world.database, map).restrict(JANE)
    town.say("Product Added")

    assert town.rows == []
    assert [event.properties["reason"] for event in own_events(town.world)] == ["restricted"]


def test_who_moves_enters_the_other_journey_once(town: Town) -> None:
    town.publish({"wait": "1 hour"}, id="next", enter={"api": True})
    town.publish({"wait": "1 hour"}, {"move": "next"})
    town.say("Product Added")
    town.wait(4 * HOUR)

    assert [(one.journey, one.ending) for one in town.rows] == [("j", "moved"), ("next", "finished")]


def test_what_a_journey_sets_and_joins_is_so(town: Town) -> None:
    town.world.define("list", "vip", {"name": "Vip"})
    town.world.define("segment", "both", {"where": {"all": [{"trait": "plan", "equals": "pro"}, {"list": "vip"}]}})
    town.publish({"update": {"plan": "pro"}}, {"join": "vip"})
    town.say("Product Added")
    town.wait(HOUR)

    assert [(one.segment, one.entered) for one in town.world.announced] == [("both", True)]


def test_members_enter_when_the_schedule_says_so_and_at_the_start(town: Town) -> None:
    town.world.define("segment", "buyers", {"where": {"event": "Order Completed"}})
    for person in range(3):
        town.say("Order Completed", by=(f"user_id:{person}aa",))
    town.on._look_every = 60 * SECOND  # the rule of each minute
    town.publish({"wait": "1 hour"}, enter={"schedule": {"segment": "buyers", "at": "03:00", "days": ["friday"]}})
    town.publish({"wait": "1 hour"}, id="start", enter={"segment": "buyers", "enrol": "current"})
    for _ in range(2):
        town.world.wanted_port.send([{"enrol": {"journey": "start", "version": 1}}])
    town.wait(DAY + 4 * HOUR)

    assert Counter(one.journey for one in town.rows) == {"j": 3, "start": 3}
    assert {one.at for one in town.rows if one.journey == "j"} == {START + DAY + 3 * HOUR}


def test_an_event_that_comes_days_late_lets_nobody_in(town: Town) -> None:
    town.publish(HOLD)
    town.world.clock.advance_to(START + 10 * DAY)
    late = [
        an_event(1, name="Product Added", at=START + day * DAY, links=(JANE,), properties={"cart_id": str(day)})
        for day in (6, 8)
    ]
    town.world.store(*late)
    town.world.settle()

    assert [one.key for one in town.rows] == ["8"]


def test_an_execution_that_fails_ends_its_passage(town: Town) -> None:
    town.publish(HOLD)
    town.say("Product Added")
    [run] = town.on.machines.executions.values()
    town.on.machines._end(run, "FAILED", "States.Runtime")
    town.world.settle()

    assert [one.ending for one in town.rows] == ["failed"]
    assert town.world.journal.counts["passages_failed"] == 1


_SEND = {"send": {"channel": "email", "template": "hello"}}
