"""Retention over months, in memory: what has ended is hidden, sealed and deleted; who no longer comes goes whole."""

from typing import Any

import pytest

from local.world.retaining import Retaining, expire
from regulars.domain.instants import DAY, HOUR, SECOND
from regulars.errors import ConflictError
from regulars.pipeline.forgetting import LIFE
from regulars.stores.database import Item, TableName
from regulars.stores.departures import SLOT, DepartureStore
from regulars.stores.events import EventStore
from regulars.stores.identities import IdentityStore
from regulars.stores.sweeps import SweepStore
from regulars.stores.vault import LEAVING, VaultStore
from tests.workspace import Workspace

TABLES: tuple[TableName, ...] = ("events", "identities", "profiles", "memberships", "timers", "vault", "tallies")
VIEWERS = {"where": {"event": "Product Viewed", "count": {"at_least": 2}}, "anonymous": True}


class Trial:
    """A workspace with a segment of those who ever viewed two products, and sweeps."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        self.world = self.workspace.world
        self.world._tick_every = 1 << 62  # no timer matters here, and years have many minutes
        self.workspace.put("/v1/segments/viewers", {"definition": VIEWERS})
        self.retaining = Retaining(world=self.world)
        self.viewer, self.device = self.workspace.owner("user_id", "ann"), self.workspace.owner("anonymous_id", "d")

    def view(self, **who: str) -> None:
        """Let somebody view a product."""
        self.workspace.send({"type": "track", "event": "Product Viewed", "properties": {}, **who})

    def wait(self, length: int) -> None:
        """Let so much time pass."""
        self.world.clock.advance_to(self.world.clock.now + length)
        self.world.settle()

    def sweep(self) -> None:
        self.retaining.sweep()
        self.world.settle()

    def weeks(self, number: int) -> None:
        """Let weeks pass, with a sweep in each, and let what has expired be deleted."""
        for _ in range(number):
            self.wait(7 * DAY)
            self.sweep()
            expire(self.world.database, self.world.clock.now)
            self.world.settle()

    def count(self, owner: str) -> int:
        part = IdentityStore(self.world.database).part(owner, "event#Product Viewed")
        return part.state.count if part else 0

    def rows(self, owner: str) -> list[tuple[TableName, Item]]:
        """All rows that name an identifier, but the catalog."""
        return [(table, item) for table in TABLES for item in _all(self.world.database, table) if owner in repr(item)]

    def members(self) -> list[str]:
        return [one["profile_id"] for one in self.workspace.get("/v1/segments/viewers/members").content["members"]]


def _all(database: Any, table: TableName) -> list[Item]:
    return list(database.all(table))


@pytest.fixture
def trial() -> Trial:
    """Somebody known and a device that nobody knows."""
    made = Trial()
    made.workspace.put("/v1/retention", {"definition": {"default": "60 days", "profiles": "10 years"}})
    return made


def test_what_is_past_its_period_is_hidden_before_it_is_deleted(trial: Trial) -> None:
    trial.view(userId="ann")
    trial.wait(59 * DAY)
    assert len(trial.workspace.get("/v1/profiles/user_id:ann/events").content["events"]) == 1

    trial.wait(DAY)
    assert trial.workspace.get("/v1/profiles/user_id:ann/events").content["events"] == []
    assert len(EventStore(trial.world.database).of(trial.viewer)) == 1


def test_sums_live_on_when_their_events_are_deleted(trial: Trial) -> None:
    trial.view(userId="ann")
    trial.weeks(20)
    assert EventStore(trial.world.database).of(trial.viewer) == []

    trial.view(userId="ann")
    assert trial.count(trial.viewer) == 2
    assert trial.members() == [f"p_{trial.viewer}"]


def test_a_rebuild_begins_with_what_was_sealed(trial: Trial) -> None:
    trial.view(userId="ann")
    trial.view(userId="ann")
    trial.weeks(20)
    for dry in (True, False):
        answer = trial.workspace.ask("POST", "/v1/profiles/user_id:ann/rebuild", "engineer", body={"dry_run": dry})
        assert answer.status == 200
        assert answer.content["changed"] == 0

    assert trial.count(trial.viewer) == 2


def test_a_merge_adds_what_was_sealed_of_both(trial: Trial) -> None:
    trial.view(userId="ann")
    trial.workspace.put("/v1/retention", {"definition": {"default": "60 days", "anonymous": "10 years"}})
    trial.view(anonymousId="d")
    trial.weeks(20)
    trial.workspace.send({"type": "identify", "userId": "ann", "anonymousId": "d"})

    assert trial.members() != []
    assert trial.count(trial.viewer) + trial.count(trial.device) == 2


def test_a_week_goes_by_between_two_sweeps(trial: Trial) -> None:
    store = SweepStore(trial.world.database)
    trial.sweep()
    began = store.get()
    trial.wait(6 * DAY)
    trial.sweep()
    assert store.get() == began

    trial.wait(DAY)
    trial.sweep()
    assert store.get().started == trial.world.clock.now
    assert trial.world.journal.counts["retention_sweeps"] == 2


def test_a_sweep_that_is_cut_short_goes_on(trial: Trial) -> None:
    trial.view(userId="ann")
    trial.wait(61 * DAY)
    assert not trial.retaining.worker().work(has_time=lambda: False)
    turns = iter([True, False])
    assert not trial.retaining.worker().work(has_time=lambda: next(turns))
    assert SweepStore(trial.world.database).get().stage == "people"

    trial.sweep()
    assert SweepStore(trial.world.database).get().last == {"forgotten": 0, "large": 0, "sealed": 1}


def test_other_rules_reach_what_is_stored(trial: Trial) -> None:
    trial.view(userId="ann")
    trial.workspace.put("/v1/retention", {"definition": {"events": {"Product Viewed": "7 days"}}})
    trial.sweep()
    [event] = EventStore(trial.world.database).of(trial.viewer)

    assert event.kept_until == (event.arrival + 7 * DAY) // SECOND * SECOND
    assert trial.count(trial.viewer) == 1


def test_what_ends_within_a_day_keeps_its_end(trial: Trial) -> None:
    trial.view(userId="ann")
    trial.wait(59 * DAY + HOUR)
    trial.workspace.put("/v1/retention", {"definition": {}})
    trial.sweep()
    [event] = EventStore(trial.world.database).of(trial.viewer)

    assert event.kept_until == (event.arrival + 60 * DAY) // SECOND * SECOND


def test_a_device_without_a_second_signal_goes_whole(trial: Trial) -> None:
    trial.view(anonymousId="d")
    trial.view(anonymousId="d")
    trial.view(anonymousId="stays")
    assert trial.members() != []
    trial.wait(20 * DAY)
    trial.view(anonymousId="stays")
    trial.weeks(2)

    assert trial.members() == [f"p_{trial.workspace.owner('anonymous_id', 'stays')}"]
    assert [table for table, _ in trial.rows(trial.device)] == ["vault", "tallies"]
    trial.wait(LIFE)
    trial.sweep()
    assert trial.rows(trial.device) == []
    assert trial.world.journal.counts["retention_forgotten"] == 1


def test_the_world_is_told_that_whoever_is_forgotten_left(trial: Trial) -> None:
    trial.view(anonymousId="d")
    trial.view(anonymousId="d")
    trial.weeks(6)

    told = [each for each in trial.world.announced if each.profile_id == f"p_{trial.device}"]
    assert [(each.entered, each.number, each.reason) for each in told] == [(True, 1, "event"), (False, 2, "retention")]


def test_who_comes_back_begins_anew(trial: Trial) -> None:
    trial.view(anonymousId="d")
    trial.weeks(6)
    trial.view(anonymousId="d")

    assert trial.count(trial.device) == 1
    assert trial.members() == []


def test_somebody_known_goes_when_nothing_has_arrived_for_long(trial: Trial) -> None:
    trial.workspace.put("/v1/retention", {"definition": {}})
    traits = {"email": "ann@shop.example"}
    trial.workspace.send({"type": "identify", "userId": "ann", "anonymousId": "d", "traits": traits})
    trial.view(userId="ann", anonymousId="d")
    trial.weeks(56)
    assert trial.count(trial.viewer) == 1

    trial.weeks(2)
    trial.wait(LIFE)
    trial.sweep()
    assert trial.rows(trial.viewer) == []
    assert trial.rows(trial.device) == []
    assert trial.workspace.get("/v1/profiles/user_id:ann").status == 404


def test_whoever_was_split_from_somebody_forgets_them(trial: Trial) -> None:
    trial.workspace.put("/v1/retention", {"definition": {"profiles": "60 days"}})
    trial.view(userId="ann", anonymousId="d")
    trial.workspace.take_apart("user_id:ann", trial.device)
    for _ in range(3):
        trial.wait(25 * DAY)
        trial.view(anonymousId="d")
    assert [table for table, _ in trial.rows(trial.viewer) if table == "profiles"] != []

    trial.sweep()
    trial.wait(LIFE)
    trial.sweep()
    assert trial.rows(trial.viewer) == []
    assert trial.count(trial.device) == 3


def test_who_is_held_stays(trial: Trial) -> None:
    trial.view(anonymousId="d")
    trial.retaining = Retaining(world=trial.world, held=lambda owners: trial.device in owners)
    trial.weeks(8)

    assert trial.count(trial.device) == 1


def test_who_is_restricted_stays(trial: Trial) -> None:
    from regulars.pipeline.restricting import Restricter

    trial.view(anonymousId="d")
    Restricter(trial.world.database, map).restrict(trial.device)
    trial.weeks(8)

    assert "restricted" in {part.name for part in IdentityStore(trial.world.database).read(trial.device).parts}


def test_an_event_that_comes_between_is_counted_and_alone(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    trial.view(anonymousId="d")
    trial.wait(31 * DAY)
    database, came = trial.world.database, list[bool]()
    transact = database.transact

    def then_somebody_comes(writes: Any) -> None:
        transact(writes)
        if not came:
            came.append(True)
            trial.view(anonymousId="d")  # after the person is gone, and before their events are

    monkeypatch.setattr(database, "transact", then_somebody_comes)
    trial.sweep()

    assert len(EventStore(database).of(trial.device)) == 1
    assert trial.count(trial.device) == 1
    trial.wait(LIFE)
    trial.sweep()
    assert VaultStore(database).get(trial.device) is not None


def test_who_comes_before_the_step_stays_whole(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    trial.view(anonymousId="d")
    trial.wait(31 * DAY)
    database, came = trial.world.database, list[bool]()
    transact = database.transact

    def somebody_comes_first(writes: Any) -> None:
        if not came:
            came.append(True)
            trial.view(anonymousId="d")
        transact(writes)

    monkeypatch.setattr(database, "transact", somebody_comes_first)
    trial.sweep()

    assert trial.count(trial.device) == 2
    assert DepartureStore(database).all() == []


@pytest.mark.parametrize("table", ["events", "memberships", "vault", "identities"])
def test_whoever_dies_of_it_is_gone_on_for(trial: Trial, monkeypatch: pytest.MonkeyPatch, table: TableName) -> None:
    trial.view(anonymousId="d")
    trial.view(anonymousId="d")
    trial.wait(31 * DAY)
    database = trial.world.database
    _fail_once(database, table, monkeypatch)
    with pytest.raises(RuntimeError):
        trial.sweep()
    trial.world.settle()
    trial.sweep()
    trial.wait(LIFE)
    trial.sweep()

    assert trial.rows(trial.device) == []
    assert _all(database, "tallies") == [] or SLOT not in repr(_all(database, "tallies"))


def _fail_once(database: Any, table: TableName, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first write of a table fail that a departure makes."""
    failed: list[str] = []
    begin = database._begin  # the one place that all operations pass

    def fail(operation: str, name: TableName) -> None:
        begin(operation, name)
        is_on = any(item["slot"] == SLOT for item in _all(database, "tallies"))
        if is_on and name == table and operation in ("put", "delete", "query") and not failed:
            failed.append(operation)
            raise RuntimeError("the process died")

    monkeypatch.setattr(database, "_begin", fail)


def test_one_who_cannot_be_forgotten_does_not_keep_the_others(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    trial.view(anonymousId="d")
    trial.view(anonymousId="other")
    trial.wait(31 * DAY)
    trial.sweep()
    trial.wait(LIFE)
    other, remove = trial.workspace.owner("anonymous_id", "other"), VaultStore.remove_marked

    def fail(store: VaultStore, owner: str) -> None:
        if owner == trial.device:
            raise ConflictError("the key kept changing")
        remove(store, owner)

    monkeypatch.setattr(VaultStore, "remove_marked", fail)
    retaining = Retaining(world=trial.world, report=lambda _whom, _error: None)
    retaining.sweep()

    assert trial.rows(other) == []
    assert trial.rows(trial.device) != []
    assert trial.world.journal.counts["retention_failed"] == 1


def test_a_key_that_somebody_asks_for_again_stays(trial: Trial) -> None:
    trial.view(anonymousId="d")
    trial.weeks(5)
    vault = VaultStore(trial.world.database)
    key = trial.world.database.get("vault", trial.device)
    assert key is not None
    assert LEAVING in key
    assert vault.get(trial.device) is None

    assert vault.get_many([trial.device]) != {}
    trial.wait(LIFE)
    trial.sweep()
    assert vault.get(trial.device) is not None
