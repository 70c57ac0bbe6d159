"""The local platform as a test meets it: one of its own, or one that runs already."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import boto3
import httpx

from tests.e2e.place import ROOT, keep_templates, lay_out
from tests.e2e.processes import descendants, still_alive

START_WITHIN = 240
STOP_WITHIN = 60


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform that runs: `home` is its `.regulars`, `ready` what it says of itself there."""

    home: Path
    ready: dict[str, Any]

    @property
    def url(self) -> str:
        """Where it is."""
        return str(self.ready["url"])

    @property
    def write_key(self) -> str:
        """The key of the source `web`."""
        return str(self.ready["write_key"])

    def send(self, call: str, **message: Any) -> httpx.Response:
        """Send one call as an SDK does."""
        return httpx.post(f"{self.url}/v1/{call}", json=message, auth=(self.write_key, ""), timeout=35)

    def settle(self, within: float = 60) -> dict[str, int]:
        """Wait until all that was accepted is applied, and say where every event is."""
        answer = httpx.get(f"{self.url}/_local/settle", params={"timeout": within}, timeout=within + 60)
        counts: dict[str, int] = answer.raise_for_status().json()
        assert counts["settled"], counts
        return counts

    def ask(self, path: str, *, role: str = "service") -> httpx.Response:
        """Ask the Profile API or the Admin API something."""
        headers = {"authorization": f"Bearer {self.ready['tokens'][role]}"}
        return httpx.get(self.url + path, headers=headers, timeout=35)

    def profile(self, kind: str, value: str) -> dict[str, Any] | None:
        """Read a profile by one of its identifiers; None if nobody is known by it."""
        answer = self.ask(f"/v1/profiles/{quote(f'{kind}:{value}', safe='')}")
        return None if answer.status_code == 404 else cast("dict[str, Any]", answer.raise_for_status().json())

    def events(self, kind: str, value: str) -> list[dict[str, Any]]:
        """Read the events of a person, newest first."""
        answer = self.ask(f"/v1/profiles/{quote(f'{kind}:{value}', safe='')}/events?limit=500")
        events: list[dict[str, Any]] = answer.raise_for_status().json()["events"]
        return events

    def aws(self, service: str) -> Any:
        """Make a client of the emulated AWS."""
        return boto3.session.Session(
            aws_access_key_id="000000000000", aws_secret_access_key="local", region_name="eu-west-1"
        ).client(cast("Any", service), endpoint_url=self.ready["aws_endpoint"])


class Started:
    """A platform of a test's own, in a folder of its own with our catalog, and nothing in it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._home = lay_out(place)
        self._output = place / "said.txt"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process that holds all others."""
        assert self._process
        return self._process.pid

    def start(self) -> Platform:
        """Run what `make dev` runs, until it says that it is ready."""
        home = self._home
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.platform.dev"],
                cwd=ROOT,
                env=os.environ | {"REGULARS_HOME": str(home), "PORT": ""},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_WITHIN
        while not (home / "local.json").exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"the platform did not start:\n{self._output.read_text()}")
            time.sleep(0.1)
        keep_templates(self.place)
        return Platform(home, json.loads((home / "local.json").read_text()))

    def stop(self) -> float:
        """End it as Ctrl-C does; fail if it takes too long or leaves a process behind; say how long it took."""
        assert self._process
        family = descendants(self._process.pid)
        begin = time.monotonic()
        self._process.send_signal(signal.SIGINT)
        try:
            code = self._process.wait(STOP_WITHIN)
        finally:
            self.kill()
        while (left := still_alive(family)) and time.monotonic() < begin + STOP_WITHIN:
            time.sleep(0.1)  # who was killed is gone in a moment
        assert not left, f"left behind: {left}"
        assert code == 0, self._output.read_text()
        return time.monotonic() - begin

    def kill(self) -> None:
        """End it at once, whatever it does, and all that it started."""
        if self._process and self._process.poll() is None:
            family = descendants(self._process.pid)
            self._process.kill()
            self._process.wait()
            for pid in still_alive(family):
                os.kill(pid, signal.SIGKILL)


def running() -> Platform | None:
    """Find the platform that $REGULARS_LOCAL names by its `local.json`."""
    named = os.environ.get("REGULARS_LOCAL")
    return Platform(Path(named).parent, json.loads(Path(named).read_text())) if named else None
