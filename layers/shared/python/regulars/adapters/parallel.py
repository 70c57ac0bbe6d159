"""Do several reads at once, never more than the connections there are."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

PARALLEL_READS = 12
_FEW = 2  # so few are read sooner than a thread is woken
T = TypeVar("T")
R = TypeVar("R")


class Parallel:
    """Does the same for each of many, in order, at most twelve at a time."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(PARALLEL_READS, thread_name_prefix="read")

    def __call__(self, do: Callable[[T], R], each: Iterable[T], /) -> Iterable[R]:
        """Give the results in the order of what they were asked for."""
        items = list(each)
        return map(do, items) if len(items) <= _FEW else self._pool.map(do, items)
