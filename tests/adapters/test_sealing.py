"""What is sealed for an owner opens with the owner's key alone, and with no key once the key is lost."""

import threading
from collections import Counter
from typing import TYPE_CHECKING

import boto3
import pytest

from local.world.memory import MemoryDatabase
from local.world.wrapping import PlainWrapper
from regulars.adapters import sealing
from regulars.adapters.dynamodb import DynamoDatabase
from regulars.adapters.parallel import Parallel
from regulars.adapters.sealing import KmsSealer, KmsWrapper
from regulars.errors import ErasedError, InvalidEventError, UnavailableError
from regulars.stores.ledger import Ledger
from regulars.stores.vault import WORKSPACE, VaultStore

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

OWNER = "user_id:a"
OTHER = "user_id:b"


@pytest.fixture
def database() -> MemoryDatabase:
    """An empty workspace."""
    return MemoryDatabase()


def a_sealer(database: MemoryDatabase, *owners: str) -> KmsSealer:
    """A process of its own, with keys for some owners."""
    sealer = KmsSealer(database, PlainWrapper())
    sealer.prepare(owners)
    return sealer


def test_opens_what_it_sealed(database: MemoryDatabase) -> None:
    sealer = a_sealer(database, OWNER)

    assert sealer.open(OWNER, "event", sealer.seal(OWNER, "event", b"secret")) == b"secret"


def test_opens_what_another_process_sealed(database: MemoryDatabase) -> None:
    sealed = a_sealer(database, OWNER).seal(OWNER, "event", b"secret")

    assert a_sealer(database).open(OWNER, "event", sealed) == b"secret"


def test_seals_the_same_differently_each_time(database: MemoryDatabase) -> None:
    sealer = a_sealer(database, OWNER)

    assert sealer.seal(OWNER, "event", b"secret") != sealer.seal(OWNER, "event", b"secret")


@pytest.mark.parametrize(("owner", "field"), [(OTHER, "event"), (OWNER, "trait:email"), (OWNER, "")])
def test_opens_nothing_in_another_place(database: MemoryDatabase, owner: str, field: str) -> None:
    sealer = a_sealer(database, OWNER, OTHER)

    assert sealer.open(owner, field, sealer.seal(OWNER, "event", b"secret")) is None


@pytest.mark.parametrize("sealed", [b"", b"short", b"\0" * 40])
def test_opens_nothing_that_was_not_sealed(database: MemoryDatabase, sealed: bytes) -> None:
    assert a_sealer(database, OWNER).open(OWNER, "event", sealed) is None


def test_one_owner_s_key_opens_no_other_s_row(database: MemoryDatabase) -> None:
    sealed = a_sealer(database, OWNER, OTHER).seal(OWNER, "event", b"secret")
    stolen = VaultStore(database).get(OTHER)
    assert stolen
    database.put("vault", {"owner": OWNER, "wrapped": stolen})

    assert a_sealer(database).open(OWNER, "event", sealed) is None


def test_opens_nothing_once_the_key_is_lost(database: MemoryDatabase) -> None:
    sealed = a_sealer(database, OWNER).seal(OWNER, "event", b"secret")
    database.delete("vault", OWNER)

    assert a_sealer(database).open(OWNER, "event", sealed) is None


def test_forgets_the_key_of_an_erased_owner_in_time(database: MemoryDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    sealer = a_sealer(database, OWNER)
    sealed = sealer.seal(OWNER, "event", b"secret")
    database.put("vault", {"owner": OWNER})
    monkeypatch.setattr(sealing, "HELD_SECONDS", 0.0)

    assert sealer.open(OWNER, "event", sealed) is None


def test_seals_nothing_for_an_erased_owner(database: MemoryDatabase) -> None:
    database.put("vault", {"owner": OWNER})
    sealer = a_sealer(database, OWNER)

    with pytest.raises(InvalidEventError) as error:
        sealer.seal(OWNER, "event", b"secret")
    assert error.value.code == "suppressed"
    assert VaultStore(database).get(OWNER) == b""


def test_within_a_minute_everybody_knows_who_was_erased(
    database: MemoryDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealer = a_sealer(database, OWNER)
    sealer.prepare([], [OTHER])
    Ledger(database).mark(OWNER, at=1, request="q1")
    Ledger(database).mark(OTHER, at=1, request="q1")
    before = [sealer.is_erased(owner) for owner in (OWNER, OTHER)]
    assert sealing.HELD_SECONDS < 60
    monkeypatch.setattr(sealing, "HELD_SECONDS", 0.0)

    sealer.prepare([OWNER], [OTHER])

    assert (before, [sealer.is_erased(owner) for owner in (OWNER, OTHER)]) == ([False, False], [True, True])
    with pytest.raises(ErasedError):
        sealer.seal(OWNER, "event", b"secret")


def test_asks_once_for_whom_an_event_names_and_makes_no_key_for_them(database: MemoryDatabase) -> None:
    sealer = a_sealer(database, OWNER)
    database.bill.requests = Counter()
    for _ in range(5):
        sealer.prepare([OWNER], [OWNER, OTHER])

    assert database.bill.requests == {"get_many vault": 1}
    assert VaultStore(database).get(OTHER) is None


def test_two_first_events_at_once_make_one_key(database: MemoryDatabase) -> None:
    start = threading.Barrier(8)
    sealers = [KmsSealer(database, PlainWrapper()) for _ in range(8)]

    def prepare(sealer: KmsSealer) -> None:
        start.wait()
        sealer.prepare([OWNER, OTHER])

    threads = [threading.Thread(target=prepare, args=(sealer,)) for sealer in sealers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sealed = [sealer.seal(OWNER, "event", b"secret") for sealer in sealers]

    assert all(sealer.open(OWNER, "event", one) == b"secret" for sealer in sealers for one in sealed)


def test_asks_the_vault_once_for_an_owner(database: MemoryDatabase) -> None:
    a_sealer(database, OWNER)
    sealer = KmsSealer(database, PlainWrapper())
    database.bill.requests = Counter()
    for _ in range(5):
        sealer.prepare([OWNER, OWNER])
        sealer.seal(OWNER, "event", b"secret")

    assert database.bill.requests == {"get vault": 1, "get_many vault": 1}  # the first is the workspace's


def test_two_requests_full_of_new_owners_make_one_key_for_each(database: MemoryDatabase) -> None:
    owners = [f"user_id:{number}" for number in range(300)]
    sealers = [KmsSealer(database, PlainWrapper(), Parallel()) for _ in range(4)]
    start = threading.Barrier(len(sealers))

    def prepare(sealer: KmsSealer, order: list[str]) -> None:
        start.wait()
        sealer.prepare(order)

    orders = [owners, owners[::-1], owners[100:], owners[:200]]
    threads = [threading.Thread(target=prepare, args=pair) for pair in zip(sealers, orders, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    opened = [
        sealers[0].open(owner, "event", sealer.seal(owner, "event", owner.encode()))
        for sealer, order in zip(sealers, orders, strict=True)
        for owner in order
    ]

    assert opened == [owner.encode() for order in orders for owner in order]


def test_new_owners_cost_a_read_for_a_hundred_and_a_write_for_twenty_five(tables: None) -> None:
    del tables
    calls: Counter[str] = Counter()
    database = DynamoDatabase(meter=lambda operation, _consumed: calls.update([operation]))
    sealer = KmsSealer(database, PlainWrapper(), Parallel())
    assert sealer.hash_key
    calls.clear()
    sealer.prepare([f"user_id:{number}" for number in range(250)])

    assert calls == {"BatchGetItem": 3, "BatchExecuteStatement": 10}


def test_holds_a_limited_number_of_keys(database: MemoryDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "HELD_KEYS", 2)
    sealer = a_sealer(database, *(f"user_id:{number}" for number in range(5)))
    database.bill.requests = Counter()
    for number in (3, 4, 0):
        sealer.seal(f"user_id:{number}", "event", b"secret")

    assert database.bill.requests == {"get vault": 1}


class TestUnderKms:
    """The secret of a workspace, wrapped by KMS."""

    @pytest.fixture
    def kms(self, aws: None) -> "KMSClient":
        """KMS."""
        del aws
        return boto3.client("kms")

    @pytest.fixture
    def key(self, kms: "KMSClient") -> str:
        """A key of the workspace."""
        return kms.create_key()["KeyMetadata"]["Arn"]

    def test_every_process_has_the_same_secret(self, database: MemoryDatabase, kms: "KMSClient", key: str) -> None:
        first, second = (KmsSealer(database, KmsWrapper(lambda: kms, key)) for _ in range(2))
        first.prepare([OWNER])

        assert first.hash_key == second.hash_key
        assert len(first.hash_key) == 32
        assert second.open(OWNER, "event", first.seal(OWNER, "event", b"secret")) == b"secret"

    def test_the_vault_holds_no_secret_in_clear(self, database: MemoryDatabase, kms: "KMSClient", key: str) -> None:
        sealer = KmsSealer(database, KmsWrapper(lambda: kms, key))
        hash_key = sealer.hash_key

        assert hash_key not in (VaultStore(database).get(WORKSPACE) or b"")

    def test_a_loser_of_the_race_takes_the_secret_that_stands(
        self, database: MemoryDatabase, kms: "KMSClient", key: str
    ) -> None:
        raced = False

        def overtake(operation: str, table: str) -> None:
            nonlocal raced
            if (operation, table) == ("put", "vault") and not raced:
                raced = True
                assert KmsSealer(database, KmsWrapper(lambda: kms, key)).hash_key

        database.hook = overtake
        sealer = KmsSealer(database, KmsWrapper(lambda: kms, key))

        assert sealer.hash_key == KmsSealer(database, KmsWrapper(lambda: kms, key)).hash_key

    def test_without_the_key_nothing_is_stored(self, database: MemoryDatabase, kms: "KMSClient") -> None:
        sealer = KmsSealer(database, KmsWrapper(lambda: kms, "alias/none"))

        with pytest.raises(UnavailableError):
            sealer.prepare([OWNER])
        assert database.all("vault") == []
