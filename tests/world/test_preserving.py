"""What belongs to people who are held is not deleted by time, however long, and goes in time once they are not."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.domain.instants import DAY, SECOND
from regulars.domain.preserving import LEAST, STEP, ends, freed, preserved
from regulars.domain.retention import SLACK
from regulars.pipeline.preserving import EACH_DAY, Preserver
from regulars.stores.database import Item, number
from tests.world.test_legal_holds import Trial

PERIOD = 30 * DAY


class Kept(Trial):
    """A world whose events are kept for 30 days, and deleted by DynamoDB at the very second."""

    def __init__(self) -> None:
        super().__init__()
        self.stamp()
        self.preserver = Preserver(self.database, self.workspace.world.journal, self.workspace.world.clock)

    def stamp(self) -> None:
        """Stamp what was not moved, as the door would."""
        for item in self.items():
            if "kept" not in item:
                self.database.put("events", {**item, "expires": (number(item, "arrival") + PERIOD + SLACK) // SECOND})

    def items(self) -> Sequence[Item]:
        """All events as they lie there."""
        return list(self.database.all("events"))

    def passes(self, id: str = EACH_DAY) -> None:
        """Make a pass."""
        assert self.preserver.work(id, has_time=lambda: True)

    def wait(self, days: int) -> None:
        """Let days pass, each ten with a pass, and DynamoDB delete."""
        clock, end = self.workspace.world.clock, self.workspace.world.clock.now + days * DAY
        while clock.now < end:
            clock.advance_to(min(end, clock.now + 10 * DAY))
            for item in self.items():
                if number(item, "expires") * SECOND <= clock.now:
                    self.database.delete("events", str(item["owner"]), str(item["moment"]))
            self.passes()

    def owners(self) -> set[str]:
        """Whose events are there."""
        return {str(item["owner"]) for item in self.items()}


@pytest.fixture
def kept() -> Kept:
    """Three people whose events are kept for 30 days."""
    return Kept()


def test_events_of_who_is_held_stay_for_years_and_go_after_the_hold(kept: Kept) -> None:
    hold = kept.hold(kept.device("ann"))
    before = {(item["owner"], item["moment"]): ends(item) for item in kept.items()}
    kept.wait(800)

    assert kept.owners() == {kept.user("ann")}
    assert all(before[item["owner"], item["moment"]] == ends(item) for item in kept.items())
    kept.holds.release(hold, by="s-1")
    kept.passes(hold)
    kept.wait(20)
    assert kept.owners() == {kept.user("ann")}  # there is time to seal what was not sealed yet
    kept.wait(2)
    assert kept.owners() == set()


def test_a_hold_in_the_last_minute_is_in_time(kept: Kept) -> None:
    clock = kept.workspace.world.clock
    clock.advance_to(min(number(item, "expires") for item in kept.items()) * SECOND - 60 * SECOND)
    kept.passes()
    hold = kept.hold(kept.user("ann"))
    kept.passes(hold)
    kept.wait(3)

    assert kept.owners() == {kept.user("ann")}


def test_what_was_never_moved_is_as_it_was_after_a_hold(kept: Kept) -> None:
    before = kept.items()
    hold = kept.hold(kept.user("ann"))
    kept.passes(hold)
    kept.holds.release(hold, by="s-1")
    kept.passes(hold)

    assert [{**item, "v": 0} for item in kept.items()] == [{**item, "v": 0} for item in before]
    assert kept.workspace.world.journal.counts["events_preserved"] == 1


def test_a_pass_that_ran_out_of_time_goes_on(kept: Kept) -> None:
    kept.workspace.send(*({"type": "track", "event": "Viewed", "userId": f"u-{nth}"} for nth in range(60)))
    kept.stamp()
    hold = kept.hold(*(kept.workspace.owner("user_id", f"u-{nth}") for nth in range(60)))

    assert not kept.preserver.work(hold, has_time=lambda: False)
    assert kept.preserver.work(hold, has_time=lambda: False)
    assert kept.workspace.world.journal.counts["events_preserved"] == 60


def test_the_clock_makes_one_pass_a_day(kept: Kept) -> None:
    kept.passes()
    kept.hold(kept.user("ann"))
    kept.passes()

    assert kept.workspace.world.journal.counts.get("events_preserved", 0) == 0
    kept.wait(1)
    assert kept.workspace.world.journal.counts["events_preserved"] == 1


DAYS = st.integers(0, 1_000).map(lambda days: days * DAY)


@given(expires=DAYS, steps=st.lists(st.tuples(DAYS, st.booleans()), max_size=8))
def test_the_end_of_a_period_never_moves_and_nobody_held_is_near_deletion(
    expires: int, steps: list[tuple[int, bool]]
) -> None:
    item: Any = {"expires": (expires + SLACK) // SECOND}
    now = 0
    for later, is_held in steps:
        now += later
        item = (preserved(item, now) if is_held else freed(item, now)) or item

        assert ends(item) == expires
        left = item["expires"] * SECOND - now
        if is_held:
            assert left > LEAST
        elif "kept" in item:
            assert left <= SLACK  # and it was given all of that when it was let go
        else:
            assert item["expires"] * SECOND == expires + SLACK
        assert left <= max(STEP, expires + SLACK - now)


@settings(max_examples=10, deadline=None)
@given(deeds=st.lists(st.sampled_from(["hold", "kiosk", "release", "tie", "part", "wait"]), min_size=2, max_size=6))
def test_whatever_is_held_merged_split_or_released_only_who_is_not_held_is_deleted(deeds: list[str]) -> None:
    """The plain oracle: the day since when each owner is not held; 51 days after their event it is deleted."""
    kept = Kept()
    kept.workspace.send({"type": "track", "event": "Viewed", "anonymousId": "kiosk"})
    kept.stamp()
    kiosk = kept.workspace.owner("anonymous_id", "kiosk")
    holds: list[str] = []
    for deed in deeds:
        if deed in ("hold", "kiosk"):
            holds.append(kept.hold(kept.user("ann") if deed == "hold" else kiosk))
            kept.passes(holds[-1])
        elif deed == "release" and holds:
            kept.holds.release(holds[0], by="s-1")
            kept.passes(holds.pop(0))
        elif deed == "tie":
            kept.workspace.send({"type": "track", "event": "Viewed", "userId": "ann", "anonymousId": "kiosk"})
            kept.stamp()
        elif deed == "part" and kiosk in kept.holding().person(kept.user("ann")) and len(kept.owners()) > 1:
            kept.workspace.take_apart("user_id:ann", kiosk)
        elif deed == "wait":
            there, holding = kept.owners(), kept.holding()
            kept.wait(60)
            assert {owner for owner in there if holding.is_held(owner)} == kept.owners()
    kept.passes(EACH_DAY)
    assert all(number(item, "expires") * SECOND > kept.workspace.world.clock.now for item in kept.items())
