"""Steps that the `regulars` command does: applying the catalog, importing the sample."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local.platform.clients import Clients
from local.platform.errors import PlatformError
from local.platform.folders import Folders

REGULARS = Path(sys.executable).with_name("regulars")
SOME_REFUSED = 3
CURE = "mend what its log names; where state and keys.json do not fit together: FRESH=1 make dev"


class Commands:
    """Runs the command with an admin's token, and remembers in the emulator what is done."""

    def __init__(self, clients: Clients, folders: Folders, url: str, token: str) -> None:
        self._memory = clients.of("ssm")
        self._folders = folders
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        # Not as arguments: those can be read by everybody on the machine.
        self._environment = clean | {"REGULARS_URL": url, "REGULARS_TOKEN": token}

    def run(self, name: str, *arguments: str) -> int:
        """Run one command; return its exit code, 0 or that of rows that were refused.

        Raises:
            PlatformError: it failed.
        """
        log = self._folders.logs / f"{name}.log"
        with log.open("wb") as file:
            ended = subprocess.run(
                [str(REGULARS), name, *arguments],
                cwd=self._folders.place,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if ended.returncode not in {0, SOME_REFUSED}:
            raise PlatformError(f"`regulars {name}` failed", cure=CURE, log=log)
        return ended.returncode

    def is_done(self, name: str, digest: str) -> bool:
        """Tell whether a step was done for this digest, in the state that the emulator now has."""
        try:
            found: Any = self._memory.get_parameter(Name=f"/regulars/done/{name}")
        except ClientError:
            return False
        return bool(found["Parameter"]["Value"] == digest)

    def remember(self, name: str, digest: str) -> None:
        """Note that a step was done."""
        self._memory.put_parameter(Name=f"/regulars/done/{name}", Value=digest, Type="String", Overwrite=True)


def digest_of(paths: Sequence[Path]) -> str:
    """Return what changes when one of these files does."""
    digest = hashlib.blake2b()
    for path in sorted(paths):
        digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()
