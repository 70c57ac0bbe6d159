"""Something happened: whoever waits for work looks at once, and otherwise only now and then."""

import threading


class Pulse:
    """Counts what happens, and wakes who waits for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.beats = 0

    def beat(self) -> None:
        """Say that something happened."""
        with self._changed:
            self.beats += 1
            self._changed.notify_all()

    def wait(self, seen: int, seconds: float) -> int:
        """Wait until there were more beats than seen, at most so long; return how many there were."""
        with self._changed:
            self._changed.wait_for(lambda: self.beats != seen, timeout=seconds)
            return self.beats
