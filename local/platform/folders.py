"""Where the local platform keeps what: all of it under `.regulars/` of this checkout."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

LARGEST_LOG = 20 * 2**20
PRIVATE = 0o700
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders and files of one checkout's platform."""

    home: Path

    @property
    def place(self) -> Path:
        """The folder that `catalog/` lies in, beside all this."""
        return self.home.parent

    @property
    def state(self) -> Path:
        """What the emulator keeps between two runs."""
        return self.home / "state"

    @property
    def temporary(self) -> Path:
        """What the emulator unpacks."""
        return self.home / "tmp"

    @property
    def logs(self) -> Path:
        """One file a program, and one a function."""
        return self.home / "logs"

    @property
    def assembly(self) -> Path:
        """The synthesized templates and assets."""
        return self.home / "cdk.out"

    @property
    def sign(self) -> Path:
        """The sign that the platform is ready, and how to reach it."""
        return self.home / "local.json"

    @property
    def running(self) -> Path:
        """Stands while a platform runs; found at a start, it tells of a hard end."""
        return self.home / "running"

    @property
    def saved(self) -> Path:
        """Tells until when the emulator's state is saved."""
        return self.home / "saved"

    @property
    def port(self) -> Path:
        """The port of the last run."""
        return self.home / "port"

    @property
    def lock(self) -> Path:
        """Held by the platform that runs."""
        return self.home / "lock"

    @property
    def emulator_lock(self) -> Path:
        """Held by the emulator that works on the state, which outlives its platform by as long as it saves."""
        return self.home / "emulator.lock"

    def make_home(self) -> None:
        """Make the folder of all this; it holds tokens, passwords and keys, so it is for its owner only."""
        self.home.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        self.home.chmod(PRIVATE)

    def make(self, *, fresh: bool) -> None:
        """Make what is missing; `fresh` empties what an earlier run kept."""
        if fresh:
            self._empty()
        self.make_home()
        for folder in (self.state, self.temporary, self.logs):
            folder.mkdir(exist_ok=True)
        for log in self.logs.glob("*.log"):
            if log.stat().st_size > LARGEST_LOG:
                log.unlink()
        for left in self.temporary.glob("ministack-lambda-*"):
            shutil.rmtree(left, ignore_errors=True)

    def _empty(self) -> None:
        for old in (self.state, self.temporary, self.logs):
            shutil.rmtree(old, ignore_errors=True)
        for file in (*self.home.glob("*.json"), self.running, self.saved):
            file.unlink(missing_ok=True)


def of_this_checkout() -> Folders:
    """Return the folders of the checkout that this file lies in; REGULARS_HOME names others."""
    return Folders(Path(os.environ.get("REGULARS_HOME") or ROOT / ".regulars"))
