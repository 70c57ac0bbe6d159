"""`make dev` as a person uses it: it starts, says where it is, survives hard ends, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.platform.folders import ROOT
from tests.e2e.place import keep_templates, lay_out
from tests.e2e.processes import descendants, still_alive

pytestmark = [pytest.mark.e2e, pytest.mark.platform, pytest.mark.timeout(600)]
READY_WITHIN = 180.0
STOPPED_WITHIN = 30.0
PURCHASES = 100


class Dev:
    """One platform in a folder of its own, started as a terminal would."""

    def __init__(self, home: Path) -> None:
        self.home, self.sign = home, home / "local.json"
        self.said = home.with_name("said.txt")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        begin = time.monotonic()
        self.sign.unlink(missing_ok=True)
        with self.said.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local.platform.dev"],
                cwd=ROOT,
                env=os.environ | {"REGULARS_HOME": str(self.home), "PORT": ""},
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while not self.sign.exists():
            assert self.process.poll() is None, self.said.read_text()
            assert time.monotonic() - begin < READY_WITHIN, self.said.read_text()
            time.sleep(0.2)
        return time.monotonic() - begin

    def seconds_of(self, step: str) -> float:
        """Return how long a step took, by what was said of it."""
        line = next(line for line in self.said.read_text().splitlines() if line.startswith(step))
        return float(line.split()[-2])

    def ready(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.sign.read_text())
        return found

    def interrupt(self) -> tuple[int, float]:
        assert self.process is not None
        begin = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(60), time.monotonic() - begin

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def left_over(self) -> list[str]:
        """Return the processes that work in this folder."""
        lines = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True)
        ours = [line for line in lines.stdout.splitlines() if str(self.home) in line]
        return ours + [line for line in lines.stdout.splitlines() if self._is_emulator(line)]

    def _is_emulator(self, line: str) -> bool:
        environment = Path("/proc", line.split()[0], "environ")
        try:
            return str(self.home).encode() in environment.read_bytes()
        except OSError:
            return False


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    place = tmp_path_factory.mktemp("dev")
    dev = Dev(lay_out(place, purchases=PURCHASES))
    dev.start()
    keep_templates(place)
    yield dev
    if dev.process and dev.process.poll() is None:
        dev.interrupt()


def test_the_sign_says_all_that_a_test_needs(dev: Dev) -> None:
    ready = dev.ready()

    assert ready.keys() == {"url", "write_key", "tokens", "aws_endpoint", "lake", "pid"}
    assert ready["tokens"].keys() == {"admin", "engineer", "marketer", "analyst", "service", "privacy"}
    assert httpx.get(f"{ready['url']}/_local/health").json() == {"status": "ok"}


def test_everything_that_was_imported_is_accounted_for(dev: Dev) -> None:
    counts = httpx.get(f"{dev.ready()['url']}/_local/settle?timeout=120", timeout=150).json()

    assert counts["settled"] is True
    assert counts["accepted"] == counts["applied"] == PURCHASES


def test_a_second_start_is_refused(dev: Dev) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "local.platform.dev"],
        cwd=ROOT,
        env=os.environ | {"REGULARS_HOME": str(dev.home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert second.returncode == 1
    assert f"runs already, at {dev.ready()['url']}" in second.stdout


def test_an_interrupt_saves_and_leaves_no_process(dev: Dev) -> None:
    before = httpx.get(f"{dev.ready()['url']}/_local/settle", timeout=90).json()
    code, seconds = dev.interrupt()

    assert (code, dev.sign.exists()) == (0, False)
    assert seconds < STOPPED_WITHIN
    assert dev.left_over() == []

    assert dev.start() - dev.seconds_of("synthesize") < 20
    assert httpx.get(f"{dev.ready()['url']}/_local/settle", timeout=90).json() == before


def test_a_hard_end_leaves_no_process_and_loses_nothing_however_soon_the_next_start_comes(dev: Dev) -> None:
    before = httpx.get(f"{dev.ready()['url']}/_local/settle", timeout=90).json()
    assert dev.process
    family = descendants(dev.process.pid)
    dev.kill()

    dev.start()
    assert still_alive(family) == {}
    assert "recover from a hard end" in dev.said.read_text()
    assert httpx.get(f"{dev.ready()['url']}/_local/settle", timeout=90).json() == before


def test_nobody_else_can_read_what_is_kept(dev: Dev) -> None:
    kept = [path for path in dev.home.rglob("*") if path.relative_to(dev.home).parts[0] not in {"cdk.out", "tmp"}]

    assert {"local.json", "keys.json", "people.json", "state"} <= {path.name for path in kept}
    assert dev.home.stat().st_mode & 0o077 == 0
    assert [path for path in kept if path.is_file() and path.stat().st_mode & 0o077] == []
