"""Memberships end on the second, with no further event, whatever became of the timer meanwhile."""

import pytest

from local.world.chaos import CrashError
from local.world.world import START, World
from regulars.domain.instants import DAY, SECOND
from regulars.domain.timers import MINUTE
from regulars.pipeline.tick import CURSOR
from regulars.stores.memberships import MembershipStore
from tests.builders import an_event, an_identify

BROWSING = {"where": {"event": "Product Viewed", "within": "10 seconds"}, "anonymous": True}
WEEK = {"where": {"event": "Product Viewed", "within": "7 days"}, "anonymous": True}


def seen(world: World) -> list[tuple[str, bool, int]]:
    """What was announced: segment, entered or left, seconds since the start."""
    return [(one.segment, one.entered, (one.since - START) // SECOND) for one in world.announced]


def test_a_person_leaves_a_ten_second_window_after_ten_seconds() -> None:
    world = World()
    world.define("segment", "browsing", BROWSING)
    world.store(an_event(at=START))

    world.advance(START + MINUTE)

    assert seen(world) == [("browsing", True, 0), ("browsing", False, 10)]


def test_each_event_moves_the_end_of_the_window() -> None:
    world = World()
    world.define("segment", "browsing", BROWSING)
    for second in range(0, 40, 4):
        world.advance(START + second * SECOND)
        world.store(an_event(second, at=START + second * SECOND))

    world.advance(START + 5 * MINUTE)

    assert seen(world) == [("browsing", True, 0), ("browsing", False, 46)]


def test_a_week_later_the_timer_table_hands_over_to_the_queue() -> None:
    world = World()
    world.define("segment", "week", WEEK)
    world.store(an_event(at=START))

    world.advance(START + 8 * DAY)

    assert seen(world) == [("week", True, 0), ("week", False, 7 * DAY // SECOND)]
    assert world.database.all("timers") == []


def test_a_run_that_is_cut_short_leaves_less_to_catch_up() -> None:
    world = World()
    world.ticker.tick()
    world.clock.advance_to(START + 9 * DAY)
    calls = iter(range(1_000))

    def stop(_operation: str, _table: str) -> None:
        if next(calls, None) is None:
            raise CrashError

    world.database.hook = stop
    with pytest.raises(CrashError):
        world.ticker.tick()
    world.database.hook = None

    assert START + 3 * 60 * MINUTE < world.catalog.cursor(CURSOR)[0] < START + 5 * 60 * MINUTE


def test_after_an_outage_tick_catches_up_from_its_cursor() -> None:
    world = World()
    world.define("segment", "week", WEEK)
    world.store(an_event(at=START))
    world.advance(START + MINUTE)
    world.clock.advance_to(START + 9 * DAY)  # nothing ran for days

    world.advance(START + 9 * DAY + 2 * MINUTE)

    assert [entered for _, entered, _ in seen(world)] == [True, False]


def test_first_runs_that_failed_leave_nobody_behind() -> None:
    world = World()
    hour = {"where": {"event": "Product Viewed", "within": "1 hours"}, "anonymous": True}
    world.define("segment", "hour", hour)
    world.store(an_event(at=START))
    world.settle()
    world.clock.advance_to(START + 120 * MINUTE)  # no tick has come through yet, and there is no cursor

    world.advance(START + 120 * MINUTE + 2 * MINUTE)

    assert [entered for _, entered, _ in seen(world)] == [True, False]


def test_a_merge_carries_a_membership_and_tells_nobody() -> None:
    world = World()
    world.define("segment", "week", WEEK)
    world.store(an_event(at=START))
    world.advance(START + MINUTE)

    world.store(an_identify(90, at=START + 90 * SECOND))
    world.advance(START + 5 * MINUTE)

    _, memberships = MembershipStore(world.database).of("p_user_id:u")
    assert (memberships["week"].member, memberships["week"].since) == (True, START)
    assert seen(world) == [("week", True, 0)]
    assert MembershipStore(world.database).of("p_anonymous_id:a")[1] == {}


def test_a_merge_that_ends_a_membership_is_announced_once() -> None:
    world = World()
    world.define("segment", "new", {"where": {"event": "Product Viewed", "count": {"equals": 1}}, "anonymous": True})
    world.store(an_event(1), an_event(2, links=("user_id:u",)))
    world.advance(START + MINUTE)

    world.store(an_identify(90))
    world.advance(START + 5 * MINUTE)

    left = [one for one in world.announced if not one.entered]
    assert [(one.profile_id, one.number) for one in left] == [("p_user_id:u", 2)]


def test_a_definition_that_comes_later_counts_the_history_of_who_acts_again() -> None:
    world = World()
    world.define("segment", "other", {"where": {"event": "Order Completed"}, "anonymous": True})
    world.store(an_event(1), an_event(2))
    world.settle()
    world.define(
        "segment", "twice", {"where": {"event": "Product Viewed", "count": {"at_least": 3}}, "anonymous": True}
    )

    world.store(an_event(3))
    world.settle()

    assert [one.segment for one in world.announced] == ["twice"]


def test_a_definition_that_comes_later_counts_what_nobody_kept_until_then() -> None:
    world = World()
    world.define("segment", "buyers", {"where": {"event": "Order Completed"}, "anonymous": True})
    world.store(an_event(1), an_event(2))
    world.settle()
    world.define("segment", "viewers", {"where": {"event": "Product Viewed"}, "anonymous": True})

    world.store(an_event(3, name="Order Completed"))
    world.settle()

    assert sorted(one.segment for one in world.announced) == ["buyers", "viewers"]


def test_a_definition_that_comes_later_is_asked_whatever_happens_next() -> None:
    world = World()
    world.define("segment", "buyers", {"where": {"event": "Order Completed"}, "anonymous": True})
    world.store(an_event(1, type="identify", name=None, traits={"plan": "gold"}))
    world.settle()
    world.define("segment", "gold", {"where": {"trait": "plan", "equals": "gold"}, "anonymous": True})

    world.store(an_event(2, name="Order Completed"))
    world.settle()

    assert sorted(one.segment for one in world.announced) == ["buyers", "gold"]
