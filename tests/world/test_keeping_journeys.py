"""What is kept of journeys ends: by its own end, with who no longer comes, and never while somebody is held."""

from dataclasses import replace

import pytest

from local.world.erasing import Stopped
from local.world.retaining import Retaining, expire
from regulars.domain.instants import DAY, SECOND
from regulars.domain.journey_deeds import JOURNEYS
from regulars.domain.passage_keeps import LEAST
from regulars.pipeline.holding import who_is_held
from regulars.pipeline.preserving import EACH_DAY, Preserver
from regulars.stores.database import Item, number
from regulars.stores.events import from_item
from regulars.stores.identities import LINK
from regulars.stores.journeys import JourneyStore, lock_entries, put_passage
from tests.builders import an_event
from tests.world.on_journeys import JOURNEY, MACHINE, OnTheWay, a_passage, publish
from tests.world.test_legal_holds import Trial

ONCE = {**JOURNEY, "enter": {"event": "Signed Up", "again": "never"}}


class Kept(Trial):
    """People on journeys, and sweeps."""

    def __init__(self) -> None:
        super().__init__()
        self.world = self.workspace.world
        self.world._tick_every = 1 << 62  # no timer matters here, and years have many minutes
        self.retaining = Retaining(world=self.world, held=who_is_held(self.database, self.world.clock))
        self.preserver = Preserver(self.database, self.world.journal, self.world.clock)
        publish(self.world)
        self.way = OnTheWay(self.database, self.world.clock.now)

    def days(self, number: int) -> None:
        """Let days pass, with what each week and each day brings, and let DynamoDB delete."""
        for _ in range(number):
            self.world.clock.advance_to(self.world.clock.now + DAY)
            self.preserver.work(EACH_DAY, has_time=lambda: True)
            self.retaining.sweep()
            expire(self.database, self.world.clock.now)

    @property
    def stopped(self) -> list[tuple[str, str]]:
        """What was stopped."""
        assert isinstance(self.retaining.machines, Stopped)
        return self.retaining.machines.executions

    def write(self, *items: Item) -> None:
        """Put rows there."""
        for item in items:
            self.database.put("journeys", item, was=0)

    def end(self, owner: str, item: str) -> int | None:
        """When a row is deleted, in days from the start; None where it has no end."""
        row = self.database.get("journeys", owner, item) or {}
        return (number(row, "expires") * SECOND - self.way.now) // DAY if "expires" in row else None


@pytest.fixture
def kept() -> Kept:
    """Three people with devices."""
    return Kept()


def test_who_is_forgotten_leaves_nothing_and_goes_nowhere(kept: Kept) -> None:
    ann = kept.user("ann")
    kept.way.go(ann, ann)
    kept.way.suppress(ann)
    kept.days(400)

    assert kept.way.rows(ann) == ["suppressed#email"]
    assert set(kept.stopped) == {(MACHINE, "a")}


def test_who_comes_back_while_they_are_forgotten_keeps_what_is_new(kept: Kept) -> None:
    ann, sweeps = kept.user("ann"), 396 // 7 * 7
    kept.days(sweeps)
    OnTheWay(kept.database, kept.world.clock.now).go(ann, ann)
    struck: list[str] = []

    def strike(operation: str, table: str) -> None:
        if struck or (operation, table) != ("delete", "events"):
            return
        if kept.database.get("identities", ann, LINK) is None:
            struck.append(operation)
            now = kept.world.clock.now
            kept.world.store(replace(an_event(1, links=(ann,)), owner=ann, at=now, arrival=now))
            kept.database.transact(
                [put_passage(a_passage(ann, "new", at=now)), lock_entries(ann, "welcome", 1, at=now)]
            )

    kept.database.hook = strike
    kept.days(8)
    kept.database.hook = None

    assert struck
    assert kept.way.rows(ann) == ["entries#welcome", "passage#welcome#new"]
    assert kept.stopped == [(MACHINE, "a")]


def test_rows_of_nobody_go_with_the_next_sweep(kept: Kept) -> None:
    ghost = "user_id:ghost"
    kept.way.go(ghost, ghost)
    kept.way.suppress(ghost)
    kept.days(1)
    assert "passage#welcome#a" in kept.way.rows(ghost)  # perhaps their first event is on its way

    kept.days(9)

    assert kept.way.rows(ghost) == ["suppressed#email"]
    assert kept.stopped == [(MACHINE, "a")]


def test_a_passage_that_ended_without_an_end_gets_the_one_of_its_journey(kept: Kept) -> None:
    ann = kept.user("ann")
    publish(kept.world, "once", ONCE)
    publish(kept.world, "old", ONCE, state="archived")
    for journey in ("welcome", "once", "old", "unheard_of"):
        kept.write(put_passage(a_passage(ann, journey=journey, at=kept.way.now, ended=kept.way.now)).item)
    kept.write(put_passage(a_passage(ann, "going", at=kept.way.now)).item)
    kept.days(8)

    found = {journey: kept.end(ann, f"passage#{journey}#a") for journey in ("welcome", "once", "old", "unheard_of")}
    assert found == {"welcome": LEAST // DAY, "once": None, "old": LEAST // DAY, "unheard_of": None}
    assert kept.end(ann, "passage#welcome#going") is None


def test_who_is_under_way_after_a_year_or_in_a_version_that_is_over_has_ended(kept: Kept) -> None:
    ann, now = kept.user("ann"), kept.way.now
    for journey, state in (("stopped", "stopped"), ("archived", "archived"), ("paused", "paused")):
        publish(kept.world, journey, JOURNEY, state=state)
        kept.write(put_passage(a_passage(ann, journey=journey, at=now)).item)
    for id, days in (("old", 367), ("year", 350)):
        kept.write(put_passage(a_passage(ann, id, at=now - days * DAY)).item)
    kept.write(put_passage(a_passage(ann, "begun", at=now - 400 * DAY, place="")).item)
    kept.days(8)

    rows = {
        one.id if one.journey == "welcome" else one.journey: one for one in JourneyStore(kept.database).passages(ann)
    }
    assert {name: row.ending for name, row in rows.items()} == {
        "stopped": "stopped",
        "archived": "stopped",
        "paused": None,
        "old": "too_long",
        "year": None,
        "begun": "too_long",
    }
    assert rows["old"].ended == rows["old"].at + 365 * DAY
    assert sorted(passage for _, passage in kept.stopped) == ["a", "a", "begun", "old"]
    told = [event for event in map(from_item, kept.database.all("events")) if event.source == JOURNEYS]
    assert sorted((event.name, event.properties["passage"]) for event in told) == [
        ("Journey Ended", "a"),
        ("Journey Ended", "a"),
        ("Journey Ended", "begun"),
        ("Journey Ended", "old"),
        ("Journey Entered", "begun"),
    ]


def test_of_who_is_held_nothing_ends_by_the_sweep(kept: Kept) -> None:
    ann, now = kept.user("ann"), kept.way.now
    kept.retaining = replace(kept.retaining, held=lambda _owners: True)
    kept.write(put_passage(a_passage(ann, at=now - 400 * DAY)).item)
    kept.days(8)

    assert [one.ending for one in JourneyStore(kept.database).passages(ann)] == [None]


def test_a_journey_that_is_archived_lets_go_of_who_went_through_it_once(kept: Kept) -> None:
    ann = kept.user("ann")
    publish(kept.world, "once", ONCE)
    kept.write(put_passage(a_passage(ann, journey="once", at=kept.way.now, ended=kept.way.now)).item)
    kept.days(100)
    assert kept.way.rows(ann) == ["passage#once#a"]

    publish(kept.world, "once", ONCE, state="archived")
    kept.days(8)

    assert kept.way.rows(ann) == []


def test_what_caps_counted_is_let_go_but_locks_and_lots_stay(kept: Kept) -> None:
    ann = kept.user("ann")
    kept.way.go(ann, ann)
    kept.days(100)

    here = ["draw#tips", "entries#welcome", f"inbox#{kept.way.now:020}#i", "passage#welcome#a", "sends"]
    assert kept.way.rows(ann) == here
    sends = kept.database.get("journeys", ann, "sends") or {}
    assert (sends["sent"], sends["v"]) == ("[]", 2)  # it is a lock, and counts on


def test_of_who_is_held_all_stays_for_years_and_goes_after_the_hold(kept: Kept) -> None:
    ann = kept.user("ann")
    hold = kept.hold(kept.device("ann"))
    kept.way.go(ann, ann)
    before = kept.way.rows(ann)
    kept.days(500)
    assert kept.way.rows(ann) == before
    assert kept.stopped == []

    kept.holds.release(hold, by="s-1")
    kept.days(30)

    assert kept.way.rows(ann) == []


def test_a_hold_moves_no_end_for_good(kept: Kept) -> None:
    ann = kept.user("ann")
    kept.way.go(ann, ann)
    hold = kept.hold(ann)
    kept.days(3)
    assert kept.end(ann, "send#a#tip") == 181  # moved on as soon as fewer than 90 days were left
    kept.holds.release(hold, by="s-1")
    kept.days(2)

    assert kept.end(ann, "send#a#tip") == 90
    assert "kept" not in (kept.database.get("journeys", ann, "send#a#tip") or {})
