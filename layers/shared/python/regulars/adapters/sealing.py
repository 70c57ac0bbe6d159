"""
Sealing: AES-GCM under a key of each owner, those under a key of the workspace, and that one under KMS.

The secret of the workspace has generations, of which the newest wraps; a wrapped key says under which it was wrapped.
"""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from regulars.adapters import clients, gets, inserts, settings
from regulars.adapters.parallel import Parallel
from regulars.errors import ErasedError, UnavailableError
from regulars.pipeline.ports import Many
from regulars.stores.database import Database
from regulars.stores.vault import WORKSPACE, Secret, VaultStore

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

HELD_KEYS = 10_000
HELD_SECONDS = 45.0  # how long a process may still seal for an erased owner, and open: within a minute nobody does
_KEY = 32
_NONCE = 12
_TAG = 16
_STAMP = 4
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

    def wrap(self, secret: bytes) -> bytes:
        """Wrap a secret that was made elsewhere, which no function may. Raises UnavailableError."""
        try:
            made = self.client().encrypt(KeyId=self.key, Plaintext=secret, EncryptionContext={"regulars": self.purpose})
        except (ClientError, BotoCoreError) as error:
            raise UnavailableError("the workspace's key could not be wrapped; try again in a moment") from error
        return made["CiphertextBlob"]


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The opened secret of a workspace, of one generation."""

    generation: int
    secret: bytes

    @property
    def hash_key(self) -> bytes:
        """The key for the hash of identifiers, the same in all generations."""
        return self.secret[:_KEY]

    def wrap(self, owner: str, key: bytes) -> bytes:
        """Wrap the key of an owner, and stamp it with the generation: the first one has no stamp."""
        nonce = os.urandom(_NONCE)
        stamp = self.generation.to_bytes(_STAMP, "big") if self.generation > 1 else b""
        return nonce + AESGCM(self.secret[_KEY:]).encrypt(nonce, key, self._bound(owner)) + stamp

    def unwrap(self, owner: str, wrapped: bytes) -> bytes:
        """Open the key of an owner. Raises InvalidTag, ValueError."""
        sealed = wrapped[_NONCE : _NONCE + _KEY + _TAG]
        return AESGCM(self.secret[_KEY:]).decrypt(wrapped[:_NONCE], sealed, self._bound(owner))

    def _bound(self, owner: str) -> bytes:
        return _bound(owner, "key" if self.generation == 1 else f"key {self.generation}")


def generation_of(wrapped: bytes) -> int:
    """Read under which generation a key was wrapped."""
    return int.from_bytes(wrapped[_NONCE + _KEY + _TAG :], "big") or 1


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
        self._newest: tuple[float, Wrapping | None] = (0.0, None)
        self._known = b""  # the newest generation as it is wrapped
        self._generations: dict[int, Wrapping] = {}
        self._lock = threading.RLock()

    @property
    def hash_key(self) -> bytes:
        """The workspace's key for the hash of identifiers."""
        return self._current().hash_key

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

    def _current(self) -> Wrapping:
        """Give the newest generation; it is asked for again when it was held for a while."""
        with self._lock:
            since, newest = self._newest
            if newest is None or time.monotonic() >= since + HELD_SECONDS:
                newest = self._read()
                self._newest = time.monotonic(), newest
            return newest

    def _read(self) -> Wrapping:
        secret = self._vault.secret()
        if secret is None:
            clear, wrapped = self._wrapper.generate(2 * _KEY)
            if self._vault.create(WORKSPACE, wrapped) == wrapped:
                return self._know(Wrapping(1, clear), wrapped)
            secret = self._vault.secret()
        if secret is None or secret.closed:
            raise UnavailableError("the workspace is closed until a recovery has ended: try again later")
        if secret.wrapped == self._known:
            return self._generations[secret.generation]
        return self._know(self._opened(secret), secret.wrapped)

    def _know(self, newest: Wrapping, wrapped: bytes) -> Wrapping:
        """Hold the newest generation, and no older one that was known: after a restore it may be another."""
        self._known, self._generations = wrapped, {newest.generation: newest}
        return newest

    def _opened(self, secret: Secret) -> Wrapping:
        return Wrapping(secret.generation, self._wrapper.unwrap(secret.wrapped))

    def _wrapping(self, generation: int) -> Wrapping:
        newest = self._current()
        with self._lock:
            if generation > newest.generation:  # it was turned a moment ago
                self._newest = 0.0, None
                newest = self._current()
            if generation not in self._generations:
                secret = self._vault.secret(generation)
                if secret is None:
                    raise UnavailableError(f"generation {generation} of the workspace's key is not there")
                self._generations[generation] = self._opened(secret)
            return self._generations[generation]

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
        return self._current().wrap(owner, os.urandom(_KEY))

    def _together(
        self, do: Callable[[Sequence[T]], dict[str, bytes]], each: Sequence[T], most: int
    ) -> dict[str, bytes]:
        """Do it for as many at a time as one request takes, and several requests at once."""
        chunks = [each[start:][:most] for start in range(0, len(each), most)]
        return {owner: key for keys in self._many(do, chunks) for owner, key in keys.items()}

    def _hold(self, owner: str, wrapped: bytes) -> AESGCM:
        key = AESGCM(self._wrapping(generation_of(wrapped)).unwrap(owner, wrapped))
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
