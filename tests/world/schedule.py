"""Workers that take turns at every call to the database, in an order that a seed decides and repeats."""

from collections.abc import Callable, Sequence
from random import Random

from greenlet import getcurrent, greenlet

from local.world.chaos import CrashError

_BURSTS = (1, 1, 2, 5, 20)  # calls in a row: races need one who sleeps while another does a whole job


class Schedule:
    """Runs jobs as if at the same time; `crash` is how often a call dies instead of being made."""

    def __init__(self, seed: int, *, crash: float = 0.0) -> None:
        self._random = Random(seed)
        self._crash = crash
        self._main = getcurrent()

    def hook(self, _operation: str, _table: str) -> None:
        """Let somebody else go first, or die."""
        if getcurrent() is self._main:
            return
        self._main.switch()
        if self._random.random() < self._crash:
            raise CrashError

    def run(self, jobs: Sequence[Callable[[], None]]) -> None:
        """Run all jobs to their end; one that dies is started again, as a stream does."""
        waiting = [greenlet(_again(job)) for job in jobs]
        while waiting:
            worker = self._random.choice(waiting)
            for _ in range(self._random.choice(_BURSTS)):
                worker.switch()
                if worker.dead:
                    waiting.remove(worker)
                    break


def _again(job: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        while True:
            try:
                return job()
            except CrashError:
                continue

    return run
