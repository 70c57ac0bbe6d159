"""Turning the secret of a workspace, and wrapping the keys of owners anew: done by people, by no function."""

import os
from typing import Protocol

from cryptography.exceptions import InvalidTag

from regulars.adapters.sealing import Wrapper, Wrapping, generation_of
from regulars.stores.vault import Secret

_KEY = 32


class Turner(Wrapper, Protocol):
    """A wrapper that takes a secret which was made elsewhere, too."""

    def wrap(self, secret: bytes) -> bytes:
        """Wrap a secret."""


class Rewrapper:
    """Opens generations of a workspace's secret, and carries keys from one to another."""

    def __init__(self, wrapper: Turner) -> None:
        self._wrapper = wrapper
        self._opened: dict[int, Wrapping] = {}

    def next(self, secret: Secret, *, now: int) -> Secret:
        """Make the next generation: another key that wraps, and the same key for the hash of identifiers."""
        clear = self._open(secret).hash_key + os.urandom(_KEY)
        return Secret(wrapped=self._wrapper.wrap(clear), generation=secret.generation + 1, turned=now)

    def generation(self, wrapped: bytes) -> int:
        """Read under which generation a key was wrapped."""
        return generation_of(wrapped)

    def rewrap(self, owner: str, wrapped: bytes, old: Secret, new: Secret) -> bytes | None:
        """Wrap a key anew; None where it does not open, which leaves it as it is."""
        try:
            key = self._open(old).unwrap(owner, wrapped)
        except (InvalidTag, ValueError):
            return None
        return self._open(new).wrap(owner, key)

    def _open(self, secret: Secret) -> Wrapping:
        if secret.generation not in self._opened:
            self._opened[secret.generation] = Wrapping(secret.generation, self._wrapper.unwrap(secret.wrapped))
        return self._opened[secret.generation]
