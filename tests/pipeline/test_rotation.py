"""The key of a workspace is turned while all goes on: what was sealed opens as long as its owner is not erased."""

import time
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.world.clock import SimulatedClock
from local.world.memory import MemoryDatabase
from local.world.world import START
from local.world.wrapping import PlainWrapper
from regulars.adapters.rewrapping import Rewrapper
from regulars.adapters.sealing import KmsSealer, generation_of
from regulars.domain.instants import DAY, SECOND
from regulars.errors import ConflictError, ErasedError, NotFoundError, UnavailableError
from regulars.pipeline.rotation import KEPT, PAGE, SETTLED, Rotation
from regulars.stores.database import TableName, binary, text
from regulars.stores.ledger import Ledger
from regulars.stores.vault import VaultStore, is_secret

OWNERS = [f"user_id:{letter}" for letter in "abcd"]


class Trial:
    """A vault, processes that hold what they read for as long as real ones do, and a clock for all of them."""

    def __init__(self) -> None:
        self.clock = SimulatedClock(START)
        self.database = MemoryDatabase(clock=self.clock)
        self.processes = [KmsSealer(self.database, PlainWrapper()) for _ in range(3)]
        self.sealed: list[tuple[str, bytes]] = []
        self.erased: set[str] = set()

    @property
    def rotation(self) -> Rotation:
        """A run of the command."""
        return Rotation(self.database, Rewrapper(PlainWrapper()), self.clock, map)

    def seal(self, process: int, owner: str) -> None:
        """Seal something for an owner, new or known."""
        sealer = self.processes[process]
        try:
            sealer.prepare([owner])
            self.sealed.append((owner, sealer.seal(owner, "event", owner.encode())))
        except ErasedError:
            assert owner in self.erased

    def erase(self, owner: str) -> None:
        """Erase an owner."""
        Ledger(self.database).mark(owner, at=self.clock.now, request="q1")
        self.erased.add(owner)

    def begin(self) -> None:
        """Turn the key."""
        if VaultStore(self.database).secret():
            self.rotation.begin()

    def work(self, times: int) -> None:
        """Run the command several times."""
        for _ in range(times if VaultStore(self.database).secret() else 0):
            self.rotation.work()

    def wait(self, micros: int) -> None:
        """Let time pass."""
        self.clock.advance_to(self.clock.now + micros)

    def restart(self, process: int) -> None:
        """Let a process forget all that it has read."""
        self.processes[process] = KmsSealer(self.database, PlainWrapper())

    def crash(self, calls: int) -> None:
        """Die in the midst of a pass."""
        left = calls

        def strike(_operation: str, _table: TableName) -> None:
            nonlocal left
            left -= 1
            if not left:
                raise UnavailableError("it died")

        self.database.hook = strike
        with suppress(UnavailableError, NotFoundError):
            self.rotation.begin()
            self.rotation.work()
        self.database.hook = None

    def overtake(self, owner: str) -> None:
        """Erase somebody between the read and the write of a pass."""
        self.begin()

        def erase(operation: str, table: TableName) -> None:
            if (operation, table) == ("put", "vault"):
                self.database.hook = None
                self.erase(owner)

        self.database.hook = erase
        with suppress(ConflictError):
            self.work(1)
        self.database.hook = None

    def finish(self) -> None:
        """Rotate to the end."""
        for _ in range(4):
            self.clock.advance_to(self.clock.now + max(SETTLED, KEPT))
            self.rotation.work()

    def check(self) -> None:
        """Whatever was sealed opens exactly if its owner is not erased, by a process that knows nothing yet."""
        fresh = KmsSealer(self.database, PlainWrapper())
        for owner, sealed in self.sealed:
            opened = fresh.open(owner, "event", sealed)
            assert opened == (None if owner in self.erased else owner.encode())
        assert all(VaultStore(self.database).get(owner) == b"" for owner in self.erased)

    @property
    def generations(self) -> set[int]:
        """Under which generations keys stand."""
        rows = [item for item in self.database.all("vault") if not is_secret(text(item, "owner"))]
        return {generation_of(binary(item, "wrapped")) for item in rows if item["wrapped"]}


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch) -> Trial:
    """Time for what processes hold, too."""
    made = Trial()
    monkeypatch.setattr(time, "monotonic", lambda: made.clock.now / SECOND)
    return made


owners = st.sampled_from(OWNERS)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("seal"), st.integers(0, 2), owners),
        st.tuples(st.just("erase"), owners),
        st.tuples(st.just("begin")),
        st.tuples(st.just("work"), st.integers(1, 4)),
        st.tuples(st.just("crash"), st.integers(1, 12)),
        st.tuples(st.just("overtake"), owners),
        st.tuples(st.just("wait"), st.sampled_from([SECOND, 30 * SECOND, 60 * SECOND, SETTLED, DAY, KEPT])),
        st.tuples(st.just("restart"), st.integers(0, 2)),
    ),
    max_size=30,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_whatever_happens_while_it_turns_everything_opens_but_what_is_erased(
    monkeypatch: pytest.MonkeyPatch, acts: list[tuple[object, ...]]
) -> None:
    trial = Trial()
    monkeypatch.setattr(time, "monotonic", lambda: trial.clock.now / SECOND)
    for act in acts:
        getattr(trial, str(act[0]))(*act[1:])
        trial.check()
    keys = {sealer.hash_key for sealer in trial.processes}

    trial.rotation.begin() if trial.sealed else None
    trial.finish()

    trial.check()
    assert len(keys) == 1
    newest = VaultStore(trial.database).secret()
    assert newest is not None
    assert trial.generations <= {newest.generation}
    assert VaultStore(trial.database).older(newest.generation) == []


def test_it_says_how_far_it_is_and_ends_the_old_key_after_a_week(trial: Trial) -> None:
    for owner in OWNERS:
        trial.seal(0, owner)
    before = trial.rotation.work()
    assert trial.rotation.begin()
    assert not trial.rotation.begin()

    first = trial.rotation.work()
    trial.clock.advance_to(START + SETTLED)
    second = trial.rotation.work()
    trial.clock.advance_to(START + SETTLED + KEPT)
    third = trial.rotation.work()

    assert (before.state, before.generation) == ("whole", 1)
    assert (first.state, first.rewrapped, first.next) == ("settling", 4, START + SETTLED)
    assert (second.state, second.rewrapped, second.next) == ("keeping", 0, START + SETTLED + KEPT)
    assert (third.state, third.generation, third.next) == ("whole", 2, 0)
    assert VaultStore(trial.database).secret(1) is None
    trial.check()


def test_new_owners_have_the_new_key_at_once_and_within_a_minute_of_everybody(trial: Trial) -> None:
    trial.seal(0, OWNERS[0])
    trial.rotation.begin()

    trial.seal(1, OWNERS[1])
    trial.clock.advance_to(trial.clock.now + 60 * SECOND)
    trial.seal(0, OWNERS[2])

    stored = {owner: generation_of(VaultStore(trial.database).get(owner) or b"") for owner in OWNERS[:3]}
    assert stored == {OWNERS[0]: 1, OWNERS[1]: 2, OWNERS[2]: 2}
    trial.check()


def test_a_pass_costs_a_write_for_each_key_and_no_call_of_kms(trial: Trial) -> None:
    vault = VaultStore(trial.database)
    sealer = trial.processes[0]
    sealer.prepare([f"user_id:{number}" for number in range(2 * PAGE)])
    trial.rotation.begin()
    trial.database.bill.requests.clear()

    done = trial.rotation.work()

    assert done.rewrapped == 2 * PAGE
    assert trial.database.bill.requests["put vault"] == 2 * PAGE
    assert trial.database.bill.requests["scan vault"] == 3
    assert vault.get("user_id:0")


def test_a_process_that_still_holds_the_old_key_makes_nothing_that_is_lost(trial: Trial) -> None:
    trial.seal(0, OWNERS[0])
    trial.begin()
    trial.work(4)

    trial.seal(0, OWNERS[1])

    trial.check()
    trial.finish()
    trial.check()


def test_what_an_old_copy_of_the_vault_holds_opens_while_the_old_key_is_kept(trial: Trial) -> None:
    trial.seal(0, OWNERS[0])
    [row] = [item for item in trial.database.all("vault") if item["owner"] == OWNERS[0]]
    trial.rotation.begin()
    trial.rotation.work()

    trial.database.put("vault", row)

    trial.check()


def test_a_key_that_does_not_open_is_left_and_keeps_the_old_one(trial: Trial) -> None:
    trial.seal(0, OWNERS[0])
    trial.database.put("vault", {"owner": OWNERS[1], "wrapped": b"x" * 60, "v": 1})
    trial.rotation.begin()
    trial.rotation.work()
    trial.clock.advance_to(START + SETTLED + KEPT)

    done = trial.rotation.work()

    assert (done.unreadable, done.state) == (1, "rewrapping")
    assert VaultStore(trial.database).get(OWNERS[1]) == b"x" * 60


def test_nothing_is_turned_that_is_closed_or_not_there(trial: Trial) -> None:
    with pytest.raises(NotFoundError):
        trial.rotation.begin()
    trial.seal(0, OWNERS[0])
    vault = VaultStore(trial.database)
    secret = vault.secret()
    assert secret
    vault.save_secret(replace(secret, closed=1))

    with pytest.raises(UnavailableError, match="closed"):
        trial.rotation.begin()
