"""An SDK as a test drives it: a program that calls in a process of its own, or a script in a web page."""

import json
import os
import shutil
import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ZOO = Path(__file__).parent / "zoo"
PYTHON_SDKS = ROOT / "build" / "sdks"


@dataclass(frozen=True, slots=True)
class Told:
    """What an SDK says became of its calls, by message id."""

    sent: Sequence[str]
    failed: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sdk:
    """
    What is known of an SDK in one of its modes.

    It is tried over its `usual` networks whenever any is; a patient one waits as long as `Retry-After` says; one that
    does not try again is spared networks that refuse. `key` has a form of its own, which no platform mints.
    """

    name: str
    package: str
    number: int
    usual: Collection[str] = ()
    is_patient: bool = False
    tries_again: bool = True
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program(Sdk):
    """An SDK of a server; `command` takes address, write key and number of calls, then `options`."""

    command: Sequence[str]
    options: Sequence[str] = ()
    folder: str = ""

    def send(self, url: str, write_key: str) -> Told:
        """Call until the SDK says that it is done."""
        if not shutil.which(self.command[0]):
            pytest.skip(f"needs {self.command[0]}")
        command = [*self.command, url, write_key, str(self.number), *self.options]
        done = subprocess.run(command, capture_output=True, cwd=ZOO, env=self._environment(), timeout=300, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return Told(**json.loads(done.stdout))

    def _environment(self) -> Mapping[str, str]:
        """Let a package of Python be found that cannot live beside the others."""
        if not self.folder:
            return os.environ
        assert (PYTHON_SDKS / self.folder).is_dir(), "the SDKs are not there; cure: make sdks"
        return os.environ | {"PYTHONPATH": str(PYTHON_SDKS / self.folder)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Script(Sdk):
    """An SDK of web pages; `settings` go to the `send` of its page."""

    page: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def call(self, url: str, write_key: str) -> str:
        """Write the call of the page's `send`."""
        return f"send({json.dumps({**self.settings, 'url': url, 'writeKey': write_key, 'number': self.number})})"
