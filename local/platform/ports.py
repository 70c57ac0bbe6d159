"""Which port the front takes: the one that is asked for, else that of the last run, else a free one."""

import os
import socket

from local.platform.emulator import HOST, free_port
from local.platform.errors import PlatformError
from local.platform.folders import Folders

CURE = "PORT=0 make dev takes a free one"


def choose(folders: Folders) -> int:
    """Return the port, which is free now; script tags and SDK settings of the last run then still fit.

    Raises:
        PlatformError: PORT is not a port, or somebody listens on it.
    """
    asked = os.environ.get("PORT", "")
    if asked and not asked.isdecimal():
        raise PlatformError(f"PORT is a number, not {asked!r}", cure=CURE)
    if not asked:
        last = _last(folders)
        return last if last and _refusal(last) is None else free_port()
    port = int(asked) or free_port()
    if refusal := _refusal(port):
        raise taken(port, refusal)
    return port


def taken(port: int, why: Exception) -> PlatformError:
    """Return what to raise when a port cannot be listened on."""
    return PlatformError(f"port {port} is taken: {why}", cure=CURE)


def remember(folders: Folders, port: int) -> None:
    """Keep the port for the next start."""
    folders.port.write_text(str(port))


def _last(folders: Folders) -> int:
    text = folders.port.read_text().strip() if folders.port.exists() else ""
    return int(text) if text.isdecimal() else 0


def _refusal(port: int) -> Exception | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the front does: closed a moment ago is free
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            return error
    return None
