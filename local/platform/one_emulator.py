"""One emulator at a time works on the state of a checkout: the last one saves before the next one reads."""

import fcntl
import time
from pathlib import Path
from typing import IO

from local.platform.console import step
from local.platform.errors import PlatformError

LOOK = 0.1


def hold(file: Path, pid: int) -> IO[str]:
    """Note which process works on the state; the system takes the note back, however that ends.

    Raises:
        BlockingIOError: another process works on it.
    """
    held = file.open("a+")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise
    held.truncate(0)
    held.write(str(pid))
    held.flush()
    return held


def wait_for_the_last(file: Path, within: float) -> None:
    """Wait until the emulator of the last run, whose platform was killed, has saved and ended by itself.

    Raises:
        PlatformError: it has not, in time.
    """
    if not is_held(file):
        return
    deadline = time.monotonic() + within
    with step("let the last run save"):
        while is_held(file):
            if time.monotonic() > deadline:
                raise PlatformError(
                    f"the emulator of the last run still works on the state, as process {file.read_text()}",
                    cure=f"wait until it has saved, or kill {file.read_text()}; then: make dev",
                )
            time.sleep(LOOK)


def is_held(file: Path) -> bool:
    """Tell whether an emulator works on the state."""
    if not file.exists():
        return False
    with file.open() as probe:
        try:
            fcntl.flock(probe, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
