"""The emulator's state on disk: saved every half minute while it changes, and wholly at the end.

A child made by `fork` writes what the emulator held at that moment, so that no request waits for it.
"""

import contextlib
import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from local.platform import saved
from local.platform.saved import Saved

LONGEST = 60  # seconds that a child may take
NICE = 10
SPARED = 10  # times as long as a save took, at least, until the next
READS = ("Get", "List", "Describe", "Query", "Scan", "BatchGet", "TransactGet", "Receive")
MOST_FILES = 65_536
INVOKE = "/invocations"


def changes(method: str, path: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a request may change what is to be saved; a poll for work does not."""
    operation = headers.get("X-Amz-Target", "").rpartition(".")[2]
    if operation:
        return not operation.startswith(READS)
    return method not in {"GET", "HEAD", "OPTIONS"} and not path.endswith(INVOKE)


class Saver:
    """Saves now and then what changed; ends before the emulator itself saves."""

    def __init__(self, save: Callable[[], None], note: Path, *, every: float) -> None:
        self._save, self._note, self._every = save, note, every
        self._changes = 0
        self._child = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="saver")

    def start(self) -> None:
        """Start; from now on an end without `end` and `finish` loses something."""
        if before := saved.read(self._note):
            Saved(at=before.at, whole=False).write(self._note)
        self._thread.start()

    def changed(self) -> None:
        """Take note of a change."""
        self._changes += 1

    def end(self) -> None:
        """Save no more; what a child is writing is given up, and no file of it is half there."""
        self._ended.set()
        if self._child:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def finish(self) -> None:
        """Note that everything was saved."""
        Saved(at=time.time(), whole=True).write(self._note)

    def _run(self) -> None:
        known, pause = 0, self._every
        while not self._ended.wait(pause):
            if self._changes == known:
                continue
            now, begin = self._changes, time.monotonic()
            if self._save_in_child():
                known = now
            pause = max(self._every, SPARED * (time.monotonic() - begin))

    def _save_in_child(self) -> bool:
        moment = time.time()
        child = os.fork()
        if child == 0:
            _save_and_exit(self._save)
        self._child = child
        _, status = os.waitpid(child, 0)
        self._child = 0
        if status == 0:
            Saved(at=moment, whole=False).write(self._note)
        elif not self._ended.is_set():
            print(f"saving meanwhile failed: {status}", file=sys.stderr)
        return status == 0


def _save_and_exit(save: Callable[[], None]) -> NoReturn:
    """Save in the child and end it; it shares no connection with its parent, and never returns."""
    code = 1
    try:
        signal.alarm(LONGEST)  # a lock that was held at the fork would be waited for in vain
        os.closerange(3, min(os.sysconf("SC_OPEN_MAX"), MOST_FILES))
        os.nice(NICE)
        gc.disable()
        save()
        code = 0
    except BaseException:  # noqa: BLE001 (the child must not go on as a second emulator)
        traceback.print_exc()
    finally:
        os._exit(code)
