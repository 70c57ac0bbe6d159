"""An SDK as a test drives it: a program that calls in a process of its own, or a script in a web page."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ZOO = Path(__file__).parent / "zoo"


@dataclass(frozen=True, slots=True)
class Told:
    """What an SDK says became of its calls, by message id."""

    sent: Sequence[str]
    failed: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """An SDK of a server; `command` takes address, write key and number of calls, then `options`.

    One that is usual is tried whenever anything is; a patient one waits as long as `Retry-After` says.
    """

    name: str
    command: Sequence[str]
    options: Sequence[str] = ()
    number: int
    is_usual: bool = True
    is_patient: bool = True

    def send(self, url: str, write_key: str) -> Told:
        """Call until the SDK says that it is done."""
        if not shutil.which(self.command[0]):
            pytest.skip(f"needs {self.command[0]}")
        command = [*self.command, url, write_key, str(self.number), *self.options]
        done = subprocess.run(command, capture_output=True, cwd=ZOO, timeout=300, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return Told(**json.loads(done.stdout))


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """An SDK of web pages; `settings` go to the `send` of its page."""

    name: str
    page: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    number: int
    is_usual: bool = True
    is_patient: bool = True

    def call(self, url: str, write_key: str) -> str:
        """Write the call of the page's `send`."""
        return f"send({json.dumps({**self.settings, 'url': url, 'writeKey': write_key, 'number': self.number})})"


def _node(name: str) -> Sequence[str]:
    return ["node", f"programs/{name}.mjs"]


def _python(name: str) -> Sequence[str]:
    return [sys.executable, f"programs/{name}.py"]


def _segment(name: str, source: str, strategy: str) -> Script:
    batching = strategy == "batching"
    delivery = {"strategy": strategy, "config": {"size": 10, "timeout": 100} if batching else {}}
    options = {"integrations": {"Segment.io": {"deliveryStrategy": delivery}}}
    settings = {"from": source, "options": options}
    # A batch that is full anyway is sent at once, however long the one before was told to wait.
    return Script(
        name=name, page="segment", settings=settings, number=30, is_usual=source == "tag", is_patient=not batching
    )


SERVERS = [
    Program(name="segment-analytics-python", command=_python("segment_python"), options=["plain"], number=250),
    Program(name="segment-analytics-python, gzip", command=_python("segment_python"), options=["gzip"], number=250),
    # Another batch that goes well ends the wait of the one that was told to.
    Program(name="@segment/analytics-node", command=_node("segment_node"), number=90, is_patient=False),
]
BROWSERS = [
    _segment("our tag", "tag", "standard"),
    _segment("our tag, batching", "tag", "batching"),
    _segment("@segment/analytics-next", "package", "standard"),
    _segment("@segment/analytics-next, batching", "package", "batching"),
]
