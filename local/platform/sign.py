"""The sign that a platform is ready, and the lock that keeps a second one out."""

import fcntl
import json
import os
from typing import IO, Any

from local.platform.errors import PlatformError
from local.platform.folders import Folders


class Lock:
    """Held from start to end by the one platform of a checkout; the system frees it, however that ends."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Take the lock.

        Raises:
            PlatformError: another process holds it.
        """
        file = self._folders.lock.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise PlatformError(
                f"a platform of this checkout runs already{self._where()}",
                cure="use it, or stop it with Ctrl-C; another checkout may run beside it",
            ) from error
        self._file = file

    def _where(self) -> str:
        sign = self._folders.sign
        return f", at {json.loads(sign.read_text())['url']}" if sign.exists() else ", and is starting"

    def release(self) -> None:
        """Let the next one in."""
        if self._file:
            self._file.close()


def is_held(folders: Folders) -> bool:
    """Tell whether a platform of this checkout lives, however long it takes to start or stop."""
    if not folders.lock.exists():
        return False
    with folders.lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def show(folders: Folders, ready: dict[str, Any]) -> None:
    """Write the sign in one move, so that whoever sees it sees all of it."""
    draft = folders.sign.with_suffix(".tmp")
    draft.touch(mode=0o600)  # it holds tokens
    draft.write_text(json.dumps(ready | {"pid": os.getpid()}, indent=2))
    draft.replace(folders.sign)


def remove(folders: Folders) -> None:
    """Take the sign away."""
    folders.sign.unlink(missing_ok=True)
