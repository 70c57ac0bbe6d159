"""
The drill: tables are lost, restored to before an erasure, replayed, carried back and opened; nobody erased returns.

An old copy of a person who was erased cannot be read with any key that is left; everybody else's can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from local.world.erasing import Erasing
from local.world.lake import archive
from local.world.memory import STREAMED, MemoryDatabase
from local.world.wrapping import PlainWrapper
from regulars.adapters.parquet import Parquet
from regulars.adapters.rewrapping import Rewrapper
from regulars.adapters.sealing import KmsSealer, Wrapping
from regulars.domain.instants import SECOND
from regulars.domain.ledger_copies import replay as to_replay
from regulars.errors import ConflictingEditError, NotFoundError, UnavailableError
from regulars.pipeline.carrying import Carrier
from regulars.pipeline.erase_worker import EraseWorker
from regulars.pipeline.ledger_copies import LedgerCopies
from regulars.pipeline.legal_holds import Case, LegalHolds
from regulars.pipeline.rebuild import Rebuilder
from regulars.pipeline.recovery import Recovery, Replayed
from regulars.pipeline.rotation import Rotation
from regulars.stores.database import KEYS, Item, TableName, binary, text
from regulars.stores.events import from_item
from regulars.stores.legal_holds import LegalHoldStore
from regulars.stores.vault import VaultStore, is_secret
from tests.workspace import Workspace
from tests.world.erasures import Nobody, erase, requests_of, still_said

GONE = ("g0n3-user", "g0n3@example.com", "g0n3-free-text", "g0n3-clear")
Backup = Mapping[TableName, Sequence[Item]]


class Drill:
    """A workspace with a lake, somebody who is erased after a backup was taken, and somebody who stays."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        self.world = self.workspace.world
        archive(self.world, self.workspace.lake, Parquet())
        self.erasing = Erasing(world=self.world, lake=self.workspace.lake, format=Parquet())
        self.workspace.put("/v1/segments/given", {"definition": {"where": {"event": "Given"}, "anonymous": True}})
        for name in ("g0n3", "kept"):
            self.workspace.send(
                {"type": "track", "event": "Given", "anonymousId": f"{name}-device", "properties": {"sku": "s"}},
                {
                    "type": "identify",
                    "userId": f"{name}-user",
                    "anonymousId": f"{name}-device",
                    "traits": {"email": f"{name}@example.com", "plan": f"{name}-clear"},
                },
                {
                    "type": "track",
                    "event": "Given",
                    "userId": f"{name}-user",
                    "properties": {"comment": f"{name}-free-text", "sku": f"{name}-clear"},
                },
            )
        self.at = self.world.clock.now
        self.backup: Backup = {table: list(self.world.database.all(table)) for table in KEYS}
        self.before = self.profile("kept-user")
        self.restored = MemoryDatabase(clock=self.world.clock)

    def profile(self, user: str) -> Any:
        """What is known of somebody."""
        answer = self.workspace.get(f"/v1/profiles/user_id:{user}")
        return answer.content if answer.status == 200 else answer.status

    @property
    def gone(self) -> list[str]:
        """The identifiers of whom is erased."""
        named = (("user_id", "g0n3-user"), ("email", "g0n3@example.com"), ("anonymous_id", "g0n3-device"))
        return [self.workspace.owner(*each) for each in named]

    def lose(self, *tables: TableName) -> None:
        """Lose tables, with their streams."""
        database = self.world.database
        for table in tables or KEYS:
            for item in list(database.all(table)):
                partition, sort = KEYS[table]
                database.delete(table, text(item, partition), text(item, sort) if sort else None)
            if table in STREAMED:
                database.trim(table, 10**9)

    def restore(self, *tables: TableName) -> None:
        """Bring tables of the backup into being, under other names."""
        for table in tables or KEYS:
            for item in self.backup[table]:
                self.restored.put(table, item)

    @property
    def recovery(self) -> Recovery:
        """Whoever is called at night."""
        return Recovery(self.restored, self.world.database, self.erasing.copies, self.world.clock, map)

    def worker(self, copies: LedgerCopies) -> EraseWorker:
        """Make a worker over what was restored."""
        places = replace(self.erasing.places, lake=self.workspace.lake, format=Parquet(), copies=copies)
        return EraseWorker(self.restored, places, self.world.journal, self.world.clock, map)

    def replay(self) -> Replayed:
        """Replay the ledger to its end."""
        while not (replayed := self.recovery.replay(self.worker, has_time=lambda: True)).done:
            pass
        return replayed

    def carry(self) -> None:
        """Carry all tables back."""
        self.recovery.check_replayed()
        for table in KEYS:
            Carrier(self.restored, self.world.database, map).carry(table)


@pytest.fixture
def drill() -> Drill:
    """Two people, and a backup of them."""
    return Drill()


def keys_of(items: Sequence[Item]) -> dict[str, bytes]:
    """Open each key in a vault."""
    [secret] = [binary(item, "wrapped") for item in items if text(item, "owner") == "workspace"]
    wrapping = Wrapping(1, PlainWrapper().unwrap(secret))
    return {
        text(item, "owner"): wrapping.unwrap(text(item, "owner"), wrapped)
        for item in items
        if (wrapped := binary(item, "wrapped")) and not is_secret(text(item, "owner"))
    }


def sealed_in(backup: Backup, owners: Sequence[str]) -> list[tuple[str, bytes]]:
    """Find what is sealed in the events of a backup."""
    events = [from_item(item) for item in backup["events"]]
    return [(event.owner, event.sealed) for event in events if event.owner in owners and event.sealed]


def opens(owner: str, sealed: bytes, key: bytes) -> bool:
    """Try a key on the ciphertext of an event."""
    try:
        AESGCM(key).decrypt(sealed[:12], sealed[12:], f"{owner}\0event".encode())
    except InvalidTag:
        return False
    return True


def test_a_backup_of_an_erased_person_opens_with_no_key_that_is_left_and_others_do(drill: Drill) -> None:
    kept = [drill.workspace.owner("user_id", "kept-user")]
    old = sealed_in(drill.backup, drill.gone)
    assert old
    assert all(opens(owner, sealed, keys_of(drill.backup["vault"])[owner]) for owner, sealed in old)
    erase(drill.workspace, drill.erasing, drill.gone[0])

    left = keys_of(drill.world.database.all("vault"))

    assert not any(opens(owner, sealed, key) for owner, sealed in old for key in left.values())
    assert all(opens(owner, sealed, left[owner]) for owner, sealed in sealed_in(drill.backup, kept))
    assert not set(left) & set(drill.gone)


def test_after_a_drill_everything_is_back_but_who_was_erased(drill: Drill) -> None:
    erase(drill.workspace, drill.erasing, drill.gone[0])
    drill.lose()
    drill.restore()

    drill.recovery.close(at=drill.at)
    replayed = drill.replay()
    drill.carry()
    drill.recovery.open()
    drill.workspace.start()
    drill.world.settle()

    assert (replayed.erased, replayed.lifted) == (3, 0)
    assert still_said(drill.erasing, GONE, drill.gone) == set()
    assert drill.profile("kept-user") == drill.before
    assert drill.profile("g0n3-user") == 404
    mender = Rebuilder(drill.world.database, drill.world.journal, drill.world.clock)
    mender.start_batch()
    rebuilt = mender.owners(drill.world.database.partition_keys("events"))
    assert (rebuilt.parts > 0, rebuilt.changed, rebuilt.linked) == (True, 0, 0)
    assert drill.recovery.closed() is None


def test_the_restored_copy_never_reaches_a_live_table_with_somebody_erased(drill: Drill) -> None:
    erase(drill.workspace, drill.erasing, drill.gone[0])
    drill.lose()
    drill.restore()
    drill.recovery.close(at=drill.at)

    with pytest.raises(ConflictingEditError, match="not replayed"):
        drill.recovery.check_replayed()
    with pytest.raises(ConflictingEditError, match="were erased"):
        drill.recovery.open()
    drill.replay()
    drill.carry()

    assert still_said(drill.erasing, GONE, drill.gone) == set()


def test_while_it_is_closed_nothing_is_hashed_sealed_or_opened_and_no_new_secret_is_made(drill: Drill) -> None:
    drill.lose("vault")
    drill.recovery.close(at=drill.at)
    drill.workspace.start()

    assert drill.workspace.get("/v1/profiles/user_id:kept-user").status == 503
    with pytest.raises(UnavailableError):
        drill.workspace.send({"type": "track", "event": "Given", "userId": "kept-user"})
    assert [item["wrapped"] for item in drill.world.database.all("vault")] == [b""]


def test_whoever_holds_the_secret_forgets_it_within_a_minute(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    from regulars.adapters import sealing

    sealer = drill.workspace.sealer
    assert sealer.hash_key
    drill.recovery.close(at=drill.at)
    assert sealing.HELD_SECONDS < 60
    monkeypatch.setattr(sealing, "HELD_SECONDS", 0.0)

    with pytest.raises(UnavailableError, match="closed"):
        _ = sealer.hash_key


def test_it_opens_with_the_secret_that_it_had(drill: Drill) -> None:
    database = drill.world.database
    before = VaultStore(database).secret()
    drill.recovery.close(at=drill.at)
    assert drill.recovery.close(at=drill.at).closed
    with pytest.raises(ConflictingEditError, match="closed for a restore to"):
        drill.recovery.close(at=drill.at + 1)

    drill.recovery.open()

    after = VaultStore(database).secret()
    assert before is not None
    assert after is not None
    assert after.wrapped == before.wrapped
    with pytest.raises(NotFoundError):
        drill.recovery.open()


def test_a_secret_that_was_made_in_an_emptied_vault_gives_way_to_the_restored_one(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    from regulars.adapters import sealing

    drill.lose()
    database = drill.world.database
    monkeypatch.setattr(PlainWrapper, "generate", lambda _self, length: (bytes(length), bytes(length)))
    held = KmsSealer(database, PlainWrapper())
    assert held.hash_key == bytes(32)
    drill.restore()
    drill.recovery.close(at=drill.at)
    drill.replay()
    drill.carry()
    drill.recovery.open()
    monkeypatch.setattr(sealing, "HELD_SECONDS", 0.0)
    drill.workspace.start()

    assert held.hash_key == drill.workspace.sealer.hash_key != bytes(32)
    assert drill.profile("kept-user") == drill.before


def test_a_vault_of_before_a_rotation_opens_under_the_key_of_now(drill: Drill) -> None:
    database = drill.world.database
    rotation = Rotation(database, Rewrapper(PlainWrapper()), drill.world.clock, map)
    rotation.begin()
    rotation.work()
    drill.restore("vault")
    for table in KEYS:
        if table != "vault":
            for item in database.all(table):
                drill.restored.put(table, item)

    drill.recovery.close(at=drill.at)
    drill.replay()
    drill.carry()
    drill.recovery.open()
    drill.workspace.start()

    secret = VaultStore(database).secret()
    assert secret is not None
    assert secret.generation == 2
    assert drill.profile("kept-user") == drill.before
    assert rotation.work().rewrapped > 0
    assert drill.profile("kept-user") == drill.before


def test_only_one_lost_table_is_restored_beside_the_others(drill: Drill) -> None:
    erase(drill.workspace, drill.erasing, drill.gone[0])
    drill.lose("events")
    for table in KEYS:
        for item in drill.backup[table] if table == "events" else drill.world.database.all(table):
            drill.restored.put(table, item)

    drill.recovery.close(at=drill.at)
    drill.replay()
    Carrier(drill.restored, drill.world.database, map).carry("events")
    drill.carry()
    drill.recovery.open()
    drill.workspace.start()

    assert still_said(drill.erasing, GONE, drill.gone) == set()
    assert drill.profile("kept-user") == drill.before


def test_a_table_that_is_restored_later_is_replayed_before_it_is_carried(drill: Drill) -> None:
    erase(drill.workspace, drill.erasing, drill.gone[0])
    drill.lose()
    drill.restore()
    drill.recovery.close(at=drill.at)
    first = drill.replay().request
    database, copies, clock = drill.world.database, drill.erasing.copies, drill.world.clock
    later = Recovery(drill.restored, database, copies, clock, map, ["events", "identities"])

    with pytest.raises(ConflictingEditError, match="not replayed"):
        later.check_replayed()
    drill.restore("events")
    second = later.replay(drill.worker, has_time=lambda: True)

    later.check_replayed()
    assert (second.done, second.request != first) == (True, True)
    assert not [item for item in drill.restored.all("events") if item["owner"] in drill.gone]


def test_whoever_was_lifted_since_begins_anew_once_more(drill: Drill) -> None:
    erase(drill.workspace, drill.erasing, drill.gone[0])
    erase(drill.workspace, drill.erasing, *drill.gone, kind="lift")
    drill.lose()
    drill.restore()

    drill.recovery.close(at=drill.at)
    replayed = drill.replay()
    drill.carry()
    drill.recovery.open()
    drill.workspace.start()

    assert (replayed.erased, replayed.lifted) == (3, 3)
    assert still_said(drill.erasing, GONE, drill.gone) == set()
    drill.workspace.send({"type": "track", "event": "Given", "userId": "g0n3-user"})
    drill.erasing.finish(replayed.request)
    assert drill.profile("g0n3-user")["traits"] == {}


def test_legal_holds_of_after_the_backup_stay_and_those_that_ended_do_not_keep_anybody(drill: Drill) -> None:
    old = a_hold(drill, "g0n3-user")
    drill.backup = {table: list(drill.world.database.all(table)) for table in KEYS}
    drill.at = drill.world.clock.now
    holds(drill).release(old, by="s-1")
    erase(drill.workspace, drill.erasing, drill.gone[0])
    new = a_hold(drill, "kept-user")
    drill.lose(*(table for table in KEYS if table != "catalog"))
    drill.restore()

    drill.recovery.close(at=drill.at)
    drill.replay()
    drill.carry()
    drill.recovery.open()

    assert still_said(drill.erasing, GONE, ()) == set()
    assert drill.profile("g0n3-user") == 404
    standing = LegalHoldStore(drill.world.database).standing(drill.world.clock.now)
    assert [hold.id for hold in standing] == [new]


def a_hold(drill: Drill, user: str) -> str:
    """Hold somebody for a case."""
    return holds(drill).place(Case(reference="case-9", by="s-1", until=0), [drill.workspace.owner("user_id", user)]).id


def holds(drill: Drill) -> LegalHolds:
    """Who keeps holds."""
    return LegalHolds(drill.world.database, Nobody(), drill.world.clock, map)


def test_whoever_was_lifted_before_the_backup_keeps_what_came_since() -> None:
    drill = Drill()
    erase(drill.workspace, drill.erasing, drill.gone[0])
    erase(drill.workspace, drill.erasing, *drill.gone, kind="lift")
    drill.workspace.start()
    drill.workspace.send({"type": "track", "event": "Given", "userId": "g0n3-user"})
    drill.at = drill.world.clock.now
    drill.backup = {table: list(drill.world.database.all(table)) for table in KEYS}
    drill.lose()
    drill.restore()

    drill.recovery.close(at=drill.at)
    drill.replay()
    drill.carry()
    drill.recovery.open()
    drill.workspace.start()

    assert drill.profile("g0n3-user")["identifiers"]


def test_a_request_of_before_there_were_copies_is_found_in_the_catalog(drill: Drill) -> None:
    erase(drill.workspace, drill.erasing, drill.gone[0])
    drill.erasing.copies.objects.clear()
    drill.lose(*(table for table in KEYS if table != "catalog"))
    drill.restore()

    drill.recovery.close(at=drill.at)
    drill.replay()
    drill.carry()
    drill.recovery.open()

    assert still_said(drill.erasing, GONE, drill.gone) == set()


def test_the_replay_goes_on_with_its_later_rounds_once_it_is_open(drill: Drill) -> None:
    erase(drill.workspace, drill.erasing, drill.gone[0])
    drill.lose()
    drill.restore()
    drill.recovery.close(at=drill.at)
    id = drill.replay().request
    drill.carry()
    drill.recovery.open()
    drill.workspace.start()

    requests_of(drill.workspace).resume(id)
    drill.erasing.finish(id)

    assert requests_of(drill.workspace).get(id).state == "done"
    assert still_said(drill.erasing, GONE, drill.gone) == set()


@pytest.mark.parametrize("seed", range(4))
def test_a_drill_that_is_interrupted_everywhere_is_done_again_step_by_step(drill: Drill, seed: int) -> None:
    erase(drill.workspace, drill.erasing, drill.gone[0])
    drill.lose()
    drill.restore()
    random = Random(seed)

    def strike(_operation: str, _table: TableName) -> None:
        if random.random() < 0.02:
            raise UnavailableError("it is dark")

    drill.restored.hook = drill.world.database.hook = strike
    steps = (
        lambda: drill.recovery.close(at=drill.at),
        drill.replay,
        drill.carry,
        drill.recovery.open,
    )
    for step in steps:
        for _ in range(200):
            try:
                step()
            except UnavailableError:
                continue
            break
    drill.restored.hook = drill.world.database.hook = None
    drill.workspace.start()

    assert drill.recovery.closed() is None
    assert still_said(drill.erasing, GONE, drill.gone) == set()
    assert drill.profile("kept-user") == drill.before


def test_copies_of_the_ledger_hold_keyed_hashes_only(drill: Drill) -> None:
    erase(drill.workspace, drill.erasing, drill.gone[0])

    said = " ".join(drill.erasing.copies.objects.values())
    names = {one.owner for one in to_replay(drill.erasing.copies.all(), at=0).erase}
    assert names == set(drill.gone)
    assert "case-1" not in said
    assert not [canary for canary in (*GONE, "g0n3") if canary in said]


@pytest.mark.parametrize("seed", range(5))
def test_whatever_was_erased_and_lifted_before_and_after_the_backup_only_who_stands_erased_is_gone(seed: int) -> None:
    history = _History(seed)
    for _ in range(14):
        history.act()
    if history.backup is None:
        history.back_up()
    history.restore()

    for user, before in history.profiles.items():
        now = history.profile(user)
        if history.is_erased[user]:
            assert now == 404
            assert still_said(history.erasing, [f"{user}-secret"], [history.owner(user)]) == set()
        elif user not in history.touched:
            assert now == before


class _History:
    """Three people who send, are erased and lifted, and a backup somewhere on the way."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.workspace = Workspace()
        self.world = self.workspace.world
        archive(self.world, self.workspace.lake, Parquet())
        self.erasing = Erasing(world=self.world, lake=self.workspace.lake, format=Parquet())
        self.users = [f"p3rs0n-{number}" for number in range(3)]
        self.is_erased = dict.fromkeys(self.users, False)
        self.touched: set[str] = set()  # erased or lifted after the backup
        self.backup: Backup | None = None
        self.at = 0
        self.profiles: dict[str, Any] = {}
        for user in self.users:
            self.send(user)

    def owner(self, user: str) -> str:
        return self.workspace.owner("user_id", user)

    def profile(self, user: str) -> Any:
        answer = self.workspace.get(f"/v1/profiles/user_id:{user}")
        return answer.content if answer.status == 200 else answer.status

    def act(self) -> None:
        """Do something to somebody, or take the backup."""
        user, verb = self.random.choice(self.users), self.random.choice(["send", "send", "change", "back_up"])
        if verb == "back_up":
            if self.backup is None:
                self.back_up()
        elif verb == "change":
            erase(self.workspace, self.erasing, self.owner(user), kind="lift" if self.is_erased[user] else "erasure")
            self.is_erased[user] = not self.is_erased[user]
            self.workspace.start()
            if self.backup is not None:
                self.touched.add(user)
        elif not self.is_erased[user]:
            self.send(user)
        self.world.advance(self.world.clock.now + SECOND)

    def send(self, user: str) -> None:
        traits = {"firstName": f"{user}-secret", "plan": self.random.choice(["gold", "free"])}
        self.workspace.send({"type": "identify", "userId": user, "traits": traits})

    def back_up(self) -> None:
        self.at = self.world.clock.now
        self.backup = {table: list(self.world.database.all(table)) for table in KEYS}
        self.profiles = {user: self.profile(user) for user in self.users}

    def restore(self) -> None:
        """Lose everything, and do all steps."""
        drill = Drill.__new__(Drill)
        drill.workspace, drill.world, drill.erasing = self.workspace, self.world, self.erasing
        drill.at, drill.backup = self.at, self.backup or {}
        drill.restored = MemoryDatabase(clock=self.world.clock)
        drill.lose()
        drill.restore()
        drill.recovery.close(at=drill.at)
        drill.replay()
        drill.carry()
        drill.recovery.open()
        self.workspace.start()
        self.world.settle()
