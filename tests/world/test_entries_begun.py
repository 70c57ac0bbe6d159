"""Entries that are written and not started yet: whatever becomes of the version meanwhile, nobody is left behind."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.world.journeys import Journeys
from local.world.world import World
from regulars.domain.instants import DAY, SECOND
from regulars.errors import UnavailableError
from tests.builders import an_event
from tests.world.passages import own_events, passages, send_once

MINUTE = 60 * SECOND
ORDERED: dict[str, Any] = {
    "enter": {"event": "Order Completed", "key": "order_id"},
    "steps": [{"wait": "1 day"}],
    "exit": [{"event": "Order Cancelled", "same": "order_id"}],
}
AFTER = {
    "pause": {"live": "paused"},
    "resume": {"paused": "live"},
    "drain": {"live": "draining", "paused": "draining"},
    "stop": {"live": "stopped", "paused": "stopped", "draining": "stopped"},
}


class Town:
    """People who order, a journey that is published, paused, drained and stopped, and starts that fail for a time."""

    def __init__(self, definition: dict[str, Any] = ORDERED) -> None:
        self.definition = definition
        self.world = World(tick_every=1_000 * DAY)
        self.on = Journeys(self.world, deliver=send_once(Counter()), look_every=1_000 * DAY)
        self.number, self.states = 0, dict[int, str]()
        self.starts, self.events = True, 0
        self._start = self.on.machines.start
        self.on.machines.start = self._maybe_start  # type: ignore[method-assign]  # it fails as it is told
        self.publish()

    def publish(self) -> None:
        """Publish the next version; people enter the one before no more."""
        for number, state in self.states.items():
            if state in ("live", "paused"):
                self._become(number, "draining")
        self.number += 1
        self.states[self.number] = "live"
        self.on.publish("j", self.definition, number=self.number)

    def do(self, deed: str) -> None:
        """Do something with the newest version, if that may be done with it."""
        if after := AFTER[deed].get(self.states[self.number]):
            self._become(self.number, after)

    def happens(self, name: str, person: str, **said: Any) -> None:
        """Let somebody do something now."""
        self.events += 1
        at = self.world.clock.now
        links = (f"user_id:{person}",)
        self.world.store(an_event(self.events, name=name, at=at, arrival=at, links=links, properties=said))

    def later(self, micros: int) -> None:
        """Let time pass."""
        self.world.advance(self.world.clock.now + micros)

    @property
    def endings(self) -> list[str | None]:
        """How all passages ended."""
        return [one.ending for one in passages(self.world)]

    def told(self, name: str) -> int:
        """How often something was told."""
        return sum(event.name == name for event in own_events(self.world))

    def _become(self, number: int, state: str) -> None:
        self.states[number] = state
        id = f"j#{number:06}"
        row = self.world.catalog.get("journey_version", id)
        assert row is not None
        self.world.define("journey_version", id, {**row.content, "state": state})
        self.world.define("workspace", "settings", {})

    def _maybe_start(self, machine: str, passage: str, input: Mapping[str, Any]) -> None:
        if not self.starts:
            raise UnavailableError("Step Functions takes no more now")
        self._start(machine, passage, input)


deeds = st.lists(
    st.tuples(
        st.sampled_from(["order", "order", "order", "cancel", "fail", "mend", "publish", *AFTER]), st.integers(0, 400)
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None)
@given(deeds)
def test_whoever_enters_goes_to_an_end_whatever_becomes_of_the_version(done: list[tuple[str, int]]) -> None:
    town = Town()
    for number, (what, seconds) in enumerate(done):
        person, order = f"jane{number % 3}aa", number % 4
        match what:
            case "order":
                town.happens("Order Completed", person, order_id=order)
            case "cancel":
                town.happens("Order Cancelled", person, order_id=order)
            case "fail" | "mend":
                town.starts = what == "mend"
            case "publish":
                town.publish()
            case _:
                town.do(what)
        town.later(seconds * SECOND)
    town.starts = True
    town.later(3 * DAY)

    assert None not in town.endings
    assert town.told("Journey Entered") == town.told("Journey Ended") == len(town.endings)


@pytest.mark.parametrize(
    ("deed", "ending"), [("pause", "finished"), ("drain", "finished"), ("publish", "finished"), ("stop", "stopped")]
)
def test_an_entry_that_was_not_started_goes_on_as_its_version_does(deed: str, ending: str) -> None:
    town = Town()
    town.starts = False
    town.happens("Order Completed", "janeaa", order_id="o-1")
    town.later(MINUTE)
    assert town.endings == [None]

    town.publish() if deed == "publish" else town.do(deed)
    town.starts = True
    town.later(2 * DAY)

    assert town.endings == [ending]
    assert (town.told("Journey Entered"), town.told("Journey Ended")) == (1, 1)


@pytest.mark.parametrize(("deed", "ending"), [("", "finished"), ("drain", "finished"), ("stop", "stopped")])
def test_a_dead_letter_that_comes_back_after_days_starts_who_was_let_in(deed: str, ending: str) -> None:
    town = Town()
    town.starts = False
    town.happens("Order Completed", "janeaa", order_id="o-1")
    town.later(MINUTE)
    message = {"owner": "user_id:janeaa", "moment": passages(town.world)[0].event.partition(" ")[2]}
    town.later(4 * DAY)
    if deed:
        town.do(deed)
    town.starts = True
    assert town.endings == [None]

    town.world.wanted_port.send([message])
    town.later(2 * DAY)

    assert town.endings == [ending]


def test_who_is_under_way_and_was_never_started_is_started_by_their_next_occasion() -> None:
    town = Town()
    town.starts = False
    town.happens("Order Completed", "janeaa", order_id="o-1")
    town.later(4 * DAY)
    town.starts = True
    assert (town.endings, len(town.on.machines.executions)) == ([None], 0)

    town.happens("Order Completed", "janeaa", order_id="o-1")
    town.later(MINUTE)

    assert (town.endings, len(town.on.machines.executions)) == (["finished"], 1)


def test_who_waits_at_a_version_that_was_stopped_enters_the_next_one() -> None:
    town = Town()
    town.starts = False
    town.happens("Order Completed", "janeaa", order_id="o-1")
    town.later(4 * DAY)
    town.do("stop")
    town.publish()
    town.starts = True

    town.happens("Order Completed", "janeaa", order_id="o-1")
    town.later(2 * DAY)

    assert sorted(map(str, town.endings)) == ["finished", "stopped"]


def test_who_left_the_segment_before_they_were_started_goes_on() -> None:
    town = Town({"enter": {"segment": "buyers"}, "steps": [{"wait": "1 day"}]})
    town.world.define("segment", "buyers", {"where": {"trait": "orders", "equals": 1}})
    town.publish()
    town.starts = False
    town.world.store(an_event(1, type="identify", name=None, links=("user_id:janeaa",), traits={"orders": 1}))
    town.later(MINUTE)
    assert town.endings == [None]

    town.do("drain")
    town.starts = True
    town.later(2 * DAY)

    assert town.endings == ["finished"]


def test_a_step_of_who_is_stopped_reads_one_version_and_ends_its_execution() -> None:
    town = Town()
    for _ in range(3):
        town.publish()
    town.happens("Order Completed", "janeaa", order_id="o-1")
    town.later(MINUTE)
    [passage] = passages(town.world)
    town.do("stop")
    town.on.rooms.start_batch()
    read: list[tuple[str, str]] = []
    town.world.database.hook = lambda operation, table: read.append((operation, table))

    for _ in range(2):  # the second time its row is ended
        town.on.rooms.passing.arrive(passage.instance, "wait_1")
    town.world.database.hook = None

    assert town.endings == ["stopped"]
    assert not any(run.runs for run in town.on.machines.executions.values())
    assert [operation for operation, table in read if table == "catalog"].count("query") == 0


def test_an_execution_whose_row_is_gone_is_ended_in_whichever_version() -> None:
    town = Town()
    town.happens("Order Completed", "janeaa", order_id="o-1")
    town.later(MINUTE)
    [passage] = passages(town.world)
    town.publish()
    town.on.rooms.start_batch()
    town.world.database.delete("journeys", passage.owner, f"passage#j#{passage.id}")

    town.on.rooms.passing.arrive(passage.instance, "wait_1")

    assert not any(run.runs for run in town.on.machines.executions.values())
