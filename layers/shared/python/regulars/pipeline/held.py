"""What a process may go on using for a while before it reads it again."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from regulars.pipeline.ports import Clock

K = TypeVar("K")
V = TypeVar("V")


class Held(Generic[K, V]):
    """Keeps what was found, each for a time, the newest thousand; what was not found is asked for every time."""

    def __init__(self, load: Callable[[K], V | None], clock: Clock, *, for_: int, most: int = 1_000) -> None:
        self._load = load
        self._clock = clock
        self._for = for_
        self._most = most
        self._found: OrderedDict[K, tuple[int, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Give what is held, or load it."""
        now = self._clock()
        held = self._found.get(key)
        if held and now < held[0] + self._for:
            return held[1]
        self._found.pop(key, None)
        value = self._load(key)
        if value is not None:
            self._found[key] = now, value
            if len(self._found) > self._most:
                self._found.popitem(last=False)
        return value
