"""Sealing: AES-GCM under a key of each owner, those under a key of the workspace, and that one under KMS."""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from regulars.adapters import clients, gets, inserts, settings
from regulars.adapters.parallel import Parallel
from regulars.errors import ErasedError, UnavailableError
from regulars.pipeline.ports import Many
from regulars.stores.database import Database
from regulars.stores.vault import WORKSPACE, VaultStore

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

HELD_KEYS = 10_000
HELD_SECONDS = 45.0  # how long a process may still seal for an erased owner, and open: within a minute nobody does
_KEY = 32
_NONCE = 12
T = TypeVar("T")


class Wrapper(Protocol):
    """Makes the secret of a workspace and opens it again."""

    def generate(self, length: int) -> tuple[bytes, bytes]:
        """Make a random secret: in clear, and wrapped."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """Open a wrapped secret."""


@dataclass(frozen=True, slots=True)
class KmsWrapper:
    """
    Wraps under a KMS key, and only for one purpose: the encryption context is part of every call.

    The client is made for the first call.
    """

    client: "Callable[[], KMSClient]"
    key: str
    purpose: str = WORKSPACE

    def generate(self, length: int) -> tuple[bytes, bytes]:
        """Make a random secret. Raises UnavailableError."""
        try:
            made = self.client().generate_data_key(
                KeyId=self.key, NumberOfBytes=length, EncryptionContext={"regulars": self.purpose}
            )
        except (ClientError, BotoCoreError) as error:
            raise UnavailableError("the workspace's key could not be made; try again in a moment") from error
        return made["Plaintext"], made["CiphertextBlob"]

    def unwrap(self, wrapped: bytes) -> bytes:
        """Open a wrapped secret. Raises UnavailableError."""
        try:
            opened = self.client().decrypt(
                KeyId=self.key, CiphertextBlob=wrapped, EncryptionContext={"regulars": self.purpose}
            )
        except (ClientError, BotoCoreError) as error:
            raise UnavailableError("the workspace's key could not be opened; try again in a moment") from error
        return opened["Plaintext"]


class KmsSealer:
    """
    Seals and opens for any owner; a new owner costs one small write and no call to KMS.

    Losing an owner's row in the vault is losing what was sealed for it. An empty row is the mark of an erased owner,
    for whom nothing is sealed again. Safe for threads.
    """

    def __init__(self, database: Database, wrapper: Wrapper, many: Many | None = None) -> None:
        self._vault = VaultStore(database)
        self._wrapper = wrapper
        self._many: Many = many or map
        self._keys: OrderedDict[str, tuple[float, AESGCM]] = OrderedDict()
        self._others: OrderedDict[str, tuple[float, bool]] = OrderedDict()  # who has no key, and whether they had one
        self._lock = threading.RLock()

    @property
    def hash_key(self) -> bytes:
        """The workspace's key for the hash of identifiers."""
        return self._secret[:_KEY]

    def prepare(self, owners: Sequence[str], named: Iterable[str] = ()) -> int:
        """
        Have a stored key for each owner, so that two first events at once cannot make two; say how many had none.

        `named` are others whom an event names: of them it is only read whether they were erased.
        """
        asked = [owner for owner in dict.fromkeys(owners) if self._held_key(owner) is None]
        others = [owner for owner in dict.fromkeys(named) if owner not in asked and self._is_unknown(owner)]
        found = self._together(self._vault.get_many, [*asked, *others], gets.MOST)
        new = [(owner, self._new_key(owner)) for owner in asked if owner not in found]
        found |= self._together(self._vault.create_many, new, inserts.MOST)
        for owner, wrapped in found.items():
            if wrapped:
                self._hold(owner, wrapped)
        self._note({owner: owner in found for owner in (*asked, *others) if not found.get(owner)})
        return len(new)

    def is_erased(self, owner: str) -> bool:
        """Say whether an owner was erased, of those who were prepared or named a moment ago."""
        return self._others.get(owner, (0.0, False))[1]

    def seal(self, owner: str, field: str, content: bytes) -> bytes:
        """
        Seal content for an owner who was prepared; the field is bound to it.

        Raises ErasedError for an erased owner.
        """
        key = self._key(owner)
        if key is None:
            raise ErasedError
        nonce = os.urandom(_NONCE)
        return nonce + key.encrypt(nonce, content, _bound(owner, field))

    def open(self, owner: str, field: str, sealed: bytes) -> bytes | None:
        """Open sealed content; None when the owner's key is gone, or it was sealed for another owner or field."""
        try:
            key = self._key(owner)
            return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(owner, field)) if key else None
        except (InvalidTag, ValueError):
            return None

    @cached_property
    def _secret(self) -> bytes:
        with self._lock:
            wrapped = self._vault.get(WORKSPACE)
            if wrapped:
                return self._wrapper.unwrap(wrapped)
            secret, wrapped = self._wrapper.generate(2 * _KEY)
            standing = self._vault.create(WORKSPACE, wrapped)
            return secret if standing == wrapped else self._wrapper.unwrap(standing)

    @cached_property
    def _wrapping(self) -> AESGCM:
        return AESGCM(self._secret[_KEY:])

    def _key(self, owner: str) -> AESGCM | None:
        if key := self._held_key(owner):
            return key
        wrapped = self._vault.get(owner)
        return self._hold(owner, wrapped) if wrapped else None

    def _held_key(self, owner: str) -> AESGCM | None:
        with self._lock:
            since, key = self._keys.get(owner, (0.0, None))
            return key if time.monotonic() < since + HELD_SECONDS else None

    def _is_unknown(self, owner: str) -> bool:
        if self._held_key(owner):
            return False
        with self._lock:
            since = self._others.get(owner, (-HELD_SECONDS, False))[0]
        return time.monotonic() >= since + HELD_SECONDS

    def _note(self, keyless: Mapping[str, bool]) -> None:
        with self._lock:
            for owner, is_erased in keyless.items():
                self._others.pop(owner, None)
                self._others[owner] = time.monotonic(), is_erased
            while len(self._others) > HELD_KEYS:
                self._others.popitem(last=False)

    def _new_key(self, owner: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._wrapping.encrypt(nonce, os.urandom(_KEY), _bound(owner, "key"))

    def _together(
        self, do: Callable[[Sequence[T]], dict[str, bytes]], each: Sequence[T], most: int
    ) -> dict[str, bytes]:
        """Do it for as many at a time as one request takes, and several requests at once."""
        chunks = [each[start:][:most] for start in range(0, len(each), most)]
        return {owner: key for keys in self._many(do, chunks) for owner, key in keys.items()}

    def _hold(self, owner: str, wrapped: bytes) -> AESGCM:
        key = AESGCM(self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _bound(owner, "key")))
        with self._lock:
            self._others.pop(owner, None)
            self._keys.pop(owner, None)
            self._keys[owner] = time.monotonic(), key
            while len(self._keys) > HELD_KEYS:
                self._keys.popitem(last=False)
        return key


@cache
def sealer() -> KmsSealer:
    """Give the sealer of this deployment."""
    return KmsSealer(clients.database(), KmsWrapper(clients.kms, settings.workspace_cmk()), Parallel())


def _bound(owner: str, field: str) -> bytes:
    return f"{owner}\0{field}".encode()
