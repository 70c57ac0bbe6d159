"""The sweep and a legal hold: nothing of who is held is deleted or forgotten, and no sum is lost when they go."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.world.retaining import Retaining
from regulars.pipeline.holding import who_is_held
from regulars.pipeline.legal_holds import Case, LegalHolds
from regulars.pipeline.preserving import EACH_DAY, Preserver
from regulars.stores.events import EventStore
from tests.world.test_retaining import Trial

RULES = {"default": "60 days", "profiles": "90 days"}


class Held(Trial):
    """A world of somebody and a device, with sweeps that hear of holds."""

    def __init__(self) -> None:
        super().__init__()
        self.workspace.put("/v1/retention", {"definition": RULES})
        database, clock = self.world.database, self.world.clock
        self.retaining = Retaining(world=self.world, held=who_is_held(database, clock))
        self.holds = LegalHolds(database, self.workspace.workers, clock, map)
        self.preserver = Preserver(database, self.world.journal, clock)

    def sweep(self) -> None:
        """Sweep, after the pass of the day."""
        assert self.preserver.work(EACH_DAY, has_time=lambda: True)
        super().sweep()

    def hold(self, *owners: str) -> str:
        """Place a hold."""
        id = self.holds.place(Case(reference="case-9", until=0, by="s-1"), owners).id
        assert self.preserver.work(id, has_time=lambda: True)
        return id

    def release(self, id: str) -> None:
        """Release a hold."""
        self.holds.release(id, by="s-1")
        assert self.preserver.work(id, has_time=lambda: True)

    def stored(self, owner: str) -> int:
        """How many events of an identifier lie there."""
        return len(EventStore(self.world.database).of(owner))


@pytest.fixture
def trial() -> Held:
    """Somebody known and a device that nobody knows."""
    return Held()


def test_nobody_held_is_forgotten_and_once_released_they_are(trial: Held) -> None:
    trial.view(userId="ann")
    hold = trial.hold(trial.viewer)
    trial.weeks(30)
    kept = {table for table, _ in trial.rows(trial.viewer)}
    trial.release(hold)
    trial.weeks(8)

    assert {"events", "identities", "vault"} <= kept
    assert trial.rows(trial.viewer) == []


def test_what_is_held_past_its_period_is_seen_by_no_reader(trial: Held) -> None:
    trial.view(userId="ann")
    trial.hold(trial.viewer)
    trial.weeks(30)

    assert trial.stored(trial.viewer) == 1
    assert trial.workspace.get("/v1/profiles/user_id:ann/events").content["events"] == []


def test_new_rules_do_not_take_who_is_held(trial: Held) -> None:
    trial.view(userId="ann")
    trial.hold(trial.viewer)
    trial.weeks(1)
    trial.workspace.put("/v1/retention", {"definition": {"default": "7 days", "profiles": "30 days"}})
    trial.weeks(20)

    assert trial.stored(trial.viewer) == 1


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from(["view", "device", "tie", "hold", "hold device", "release", "weeks"]), max_size=8))
def test_sums_are_as_without_holds_whenever_who_is_held_merged_or_let_go(deeds: list[str]) -> None:
    """The oracle: a count that is never forgotten, because `ann` comes each time after weeks have passed."""
    trial, holds, counts = Held(), list[str](), {"ann": 1, "device": 0}
    trial.workspace.put("/v1/retention", {"definition": {**RULES, "profiles": "10 years", "anonymous": "10 years"}})
    trial.view(userId="ann")
    for deed in deeds:
        match deed:
            case "view":
                trial.view(userId="ann")
                counts["ann"] += 1
            case "device":
                trial.view(anonymousId="d")
                counts["device"] += 1
            case "tie":
                trial.view(userId="ann", anonymousId="d")
                counts["ann"] += 1
            case "hold" | "hold device":
                holds.append(trial.hold(trial.viewer if deed == "hold" else trial.device))
            case "release" if holds:
                trial.release(holds.pop())
            case "weeks":
                before = {owner: trial.stored(owner) for owner in (trial.viewer, trial.device)}
                held = [owner for owner in before if who_is_held(trial.world.database, trial.world.clock)([owner])]
                trial.weeks(13)
                assert [before[owner] for owner in held] == [trial.stored(owner) for owner in held]
                trial.view(userId="ann")
                counts["ann"] += 1
        assert (trial.count(trial.viewer), trial.count(trial.device)) == (counts["ann"], counts["device"])
