"""What was begun and has not ended."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class UnderWay:
    """Counts what is under way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count one from its beginning to its end, however it ends."""
        self._add(1)
        try:
            yield
        finally:
            self._add(-1)

    def _add(self, number: int) -> None:
        with self._lock:
            self.count += number
