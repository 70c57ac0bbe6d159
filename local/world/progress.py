"""How far a shard is: the last record before which everything is done."""

from collections import deque
from collections.abc import Iterable


class Progress:
    """Lanes finish in any order; the checkpoint moves over what is finished without a gap."""

    def __init__(self, checkpoint: str | None = None) -> None:
        self.checkpoint = checkpoint
        self._open: deque[str] = deque()
        self._done: set[str] = set()

    def __len__(self) -> int:
        return len(self._open) - len(self._done)

    def begin(self, sequence_number: str) -> None:
        """Note a record that was read."""
        self._open.append(sequence_number)

    def finish(self, sequence_numbers: Iterable[str]) -> None:
        """Note records that are done with, and move the checkpoint."""
        self._done.update(sequence_numbers)
        while self._open and self._open[0] in self._done:
            self.checkpoint = self._open.popleft()
            self._done.discard(self.checkpoint)

    def open_sequence_numbers(self) -> frozenset[str]:
        """Return the records that were read and are not done with."""
        return frozenset(self._open) - self._done
