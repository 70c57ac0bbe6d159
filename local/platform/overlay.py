"""The emulator as this platform runs it: ministack at one exact version, with its gaps cured.

Started as a program (`python -m local.platform.overlay`) in a process of its own. Each cure
replaces something inside the emulator, so each first checks that it finds what it was written for.
"""

import asyncio
import os
import resource
import signal
import threading
import time
from importlib.metadata import version
from pathlib import Path

from local.platform import one_emulator

EXPECTED_VERSION = "1.5.33"


class OverlayError(Exception):
    """The emulator is not the one that the overlay was written for."""


def check_version() -> None:
    """Refuse any other version of the emulator.

    Raises:
        OverlayError: another version is installed.
    """
    found = version("ministack")
    if found != EXPECTED_VERSION:
        raise OverlayError(
            f"the overlay was written for ministack {EXPECTED_VERSION} and found {found}: "
            "run tests/local/test_overlay.py against the new version, then move EXPECTED_VERSION"
        )


def replaced(text: str, old: str, new: str) -> str:
    """Return the text with one part replaced.

    Raises:
        OverlayError: the part is not there exactly once.
    """
    if text.count(old) != 1:
        raise OverlayError(f"the emulator has changed; it no longer contains: {old.strip()[:80]}")
    return text.replace(old, new)


def end_with_parent(parent: int) -> None:
    """Stop (and save) as soon as the process that started this one is gone, however it ended."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


def main() -> None:
    """Cure the emulator and run it until it is told to stop."""
    check_version()
    held = one_emulator.hold(Path(os.environ["REGULARS_LOCK"]), os.getpid())
    from local.platform import (
        overlay_bodies,
        overlay_machines,
        overlay_mail,
        overlay_saving,
        overlay_server,
        overlay_streams,
        overlay_workers,
    )

    overlay_bodies.apply()
    overlay_machines.apply()
    overlay_mail.apply()
    overlay_workers.apply()
    overlay_streams.apply()
    end_with_parent(int(os.environ.get("REGULARS_PARENT", os.getppid())))
    from ministack.app import _build_persistence_save_dict, app
    from ministack.core.persistence import save_all

    _allow_many_files()
    saver = overlay_saving.Saver(
        lambda: save_all(_build_persistence_save_dict()),
        Path(os.environ["REGULARS_SAVED"]),
        every=float(os.environ["REGULARS_SAVE_EVERY"]),
    )
    asyncio.run(overlay_server.serve(app, saver, os.environ["BIND_HOST"], int(os.environ["GATEWAY_PORT"])))
    held.close()


def _allow_many_files() -> None:
    """Raise the number of files that may be open as far as the system lets us: each worker holds several."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main()
