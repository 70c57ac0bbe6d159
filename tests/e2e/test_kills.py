"""Whatever is killed, and however often a file comes: everything is counted, and nothing twice."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.canaries import find_all
from tests.e2e.platform import Platform, Started
from tests.e2e.processes import find, kill
from tests.e2e.purchases import Totals, write
from tests.e2e.walk import files

pytestmark = [pytest.mark.e2e, pytest.mark.platform, pytest.mark.timeout(900)]

WORKERS = ("resolveidentity", "evaluatesegments", "ingest")
ENOUGH = 15
# The command with a pause after each step, so that a fast machine does not get through before it is killed.
SLOWLY = """
import time
from cli.importing.checkpoint import Checkpoint
from cli.main import app
write = Checkpoint.write
Checkpoint.write = lambda self, progress: (write(self, progress), time.sleep(5))
app()
"""
CANARY = {"e-mail": "killed.canary@canary-mail.example"}


@dataclass(slots=True)
class Survivor:
    """A platform that had its workers killed while a file came in."""

    platform: Platform
    totals: Totals
    killed: int
    again: dict[str, Any]
    counts: dict[str, int]


class Killer(threading.Thread):
    """Kills the workers of one function after the other as kill -9 does, in the middle of whatever they do."""

    def __init__(self, started: Started) -> None:
        super().__init__(daemon=True)
        self._platform, self._over, self.killed = started, threading.Event(), 0

    def run(self) -> None:
        """Kill until told to stop, or enough."""
        while not self._over.wait(0.7) and self.killed < ENOUGH:
            for pid in find(self._platform.pid, WORKERS[self.killed % len(WORKERS)]):
                with suppress(ProcessLookupError):
                    kill(pid, signal.SIGKILL)
                    self.killed += 1

    def stop(self) -> None:
        """Let live."""
        self._over.set()
        self.join()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """A platform that only these tests use: they are not kind to it."""
    started = Started(tmp_path_factory.mktemp("killed"))
    yield started
    started.kill()


@pytest.fixture(scope="module")
def survivor(started: Started) -> Survivor:
    """Import a thousand purchases while all that can be killed is killed."""
    platform = started.start()
    file = started.place / "thousand.csv"
    totals = write(file, 1_000)
    _kill_the_importer(started, file)
    killer = Killer(started)
    killer.start()
    _import_until_it_is_through(started, file)
    time.sleep(3)
    killer.stop()
    again = _run(started, file)
    platform.send("identify", userId="killed-canary", traits={"email": CANARY["e-mail"]})
    counts = platform.settle(within=300)
    return Survivor(platform, totals, killer.killed, json.loads(again.stdout), counts)


def _command(file: Path) -> list[str | Path]:
    return [Path(sys.executable).with_name("regulars"), "--json", "import", file, "--mapping", "purchases"]


def _run(started: Started, file: Path) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(_command(file), cwd=started.place, capture_output=True, check=False)


def _import_until_it_is_through(started: Started, file: Path) -> None:
    """Repeat the command, as somebody would whom it told that it could not be finished."""
    for _ in range(ENOUGH):
        if _run(started, file).returncode == 0:
            return
    raise AssertionError("the import was never through")


def _kill_the_importer(started: Started, file: Path) -> None:
    """Kill it once it has sent something and not everything."""
    before = set(_checkpoints(started))
    command = [sys.executable, "-c", SLOWLY, *_command(file)[1:]]
    importer = subprocess.Popen(command, cwd=started.place, stdout=subprocess.DEVNULL)
    while importer.poll() is None and not set(_checkpoints(started)) - before:
        time.sleep(0.01)
    importer.kill()
    importer.wait()
    assert importer.returncode == -signal.SIGKILL, "it was through before it could be killed"


def _checkpoints(started: Started) -> list[Path]:
    return list((started.place / ".regulars" / "imports").glob("*.json"))


def test_the_same_file_again_is_all_duplicates(survivor: Survivor) -> None:
    assert survivor.killed >= len(WORKERS)
    assert survivor.again["duplicates"] == 1_000
    assert survivor.again["accepted"] == 0


def test_everything_accepted_is_applied(survivor: Survivor) -> None:
    assert survivor.counts["pending"] == 0
    assert survivor.counts["deferred"] == 0
    assert survivor.counts["accepted"] == survivor.counts["applied"] + survivor.counts["quarantined"]


def test_every_customer_has_every_purchase_once(survivor: Survivor) -> None:
    def kept(customer: str) -> tuple[int, Decimal]:
        orders = (survivor.platform.profile("user_id", f"cdnow-{customer}") or {})["orders"]
        return orders["count"], Decimal(str(orders["revenue"]))

    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(survivor.totals, pool.map(kept, survivor.totals), strict=True))
    wrong = {customer: found[customer] for customer in found if found[customer] != survivor.totals[customer]}

    assert wrong == {}
    assert sum(orders for orders, _ in survivor.totals.values()) == 1_000


def test_stops_clean_and_keeps_nothing_that_can_be_read(survivor: Survivor, started: Started) -> None:
    seconds = started.stop()

    assert seconds < 30
    assert not (survivor.platform.home / "running").exists()
    assert find_all(CANARY, files(survivor.platform.home)) == []
