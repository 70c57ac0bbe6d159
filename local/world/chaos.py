"""What may go wrong around a function and is nobody's fault: seeded, so that it can be repeated."""

from collections.abc import Sequence
from random import Random
from typing import Protocol, TypeVar

T = TypeVar("T")


class CrashError(Exception):
    """The function did its work and died before it could say so."""


class Chaos(Protocol):
    """Decides, call by call, what goes wrong."""

    def crashes(self) -> bool:
        """Tell whether the answer to this invocation is lost, after its effects."""

    def redelivers(self) -> bool:
        """Tell whether this batch comes again although it succeeded."""

    def rewinds(self) -> bool:
        """Tell whether the shard is taken up again from its checkpoint, as after a lost lease."""

    def order(self, lanes: Sequence[T]) -> Sequence[T]:
        """Return the lanes in the order in which they run next."""


class Calm:
    """Nothing goes wrong."""

    def crashes(self) -> bool:
        return False

    def redelivers(self) -> bool:
        return False

    def rewinds(self) -> bool:
        return False

    def order(self, lanes: Sequence[T]) -> Sequence[T]:
        return lanes


class SeededChaos:
    """Everything goes wrong now and then, the same way for the same seed."""

    def __init__(self, seed: int, *, crash: float = 0.05, redeliver: float = 0.05, rewind: float = 0.01) -> None:
        self._random = Random(seed)
        self._crash, self._redeliver, self._rewind = crash, redeliver, rewind

    def crashes(self) -> bool:
        return self._random.random() < self._crash

    def redelivers(self) -> bool:
        return self._random.random() < self._redeliver

    def rewinds(self) -> bool:
        return self._random.random() < self._rewind

    def order(self, lanes: Sequence[T]) -> Sequence[T]:
        return self._random.sample(list(lanes), len(lanes))
