"""Whatever the network does, each message that an SDK reports as sent is stored once."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.platform import ROOT, Started, running
from tests.sdks.proxy import ChaosProxy, Trouble
from tests.sdks.targets import MemoryTarget, PlatformTarget, Target

pytestmark = pytest.mark.e2e

DRIVERS = Path(__file__).parent / "drivers"
PYTHON = [sys.executable, str(DRIVERS / "segment_python.py")]
SDKS: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "segment-analytics-python": (PYTHON, ["250", "plain"]),
    "segment-analytics-python, gzip": (PYTHON, ["250", "gzip"]),
    "@segment/analytics-node": (["node", str(DRIVERS / "segment_node.mjs")], ["90"]),
}
NETWORKS: Mapping[str, tuple[Sequence[Trouble], Trouble]] = {
    "calm": ([], "none"),
    "every request twice": ([], "twice"),
    "every request ten times": ([], "ten times"),
    "an answer lost": (["lost answer"], "none"),
    "busy, then broken": (["busy", "broken"], "none"),
    "stored, and called broken": (["stored but broken"], "none"),
    "all at once": (["lost answer", "ten times", "busy", "broken", "lost answer"], "twice"),
}


@pytest.fixture(scope="module", params=["memory", "platform"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The door over memory, and a platform: the one that $REGULARS_LOCAL names, else one of our own."""
    if request.param == "memory":
        memory = MemoryTarget()
        yield memory
        memory.close()
    elif found := running():
        yield PlatformTarget(found)
    else:
        started = Started(tmp_path_factory.mktemp("platform"))
        try:
            yield PlatformTarget(started.start())
            started.stop()
        finally:
            started.kill()


def run(sdk: str, url: str, write_key: str) -> dict[str, Any]:
    """Run an SDK until it says that it is done."""
    command, options = SDKS[sdk]
    if command[0] == "node" and not shutil.which("node"):
        pytest.skip("needs Node.js")
    if command is PYTHON and not find_spec("segment"):
        pytest.skip("needs segment-analytics-python")
    done = subprocess.run([*command, url, write_key, *options], capture_output=True, cwd=ROOT, timeout=300, check=False)
    assert done.returncode == 0, done.stderr.decode()
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize("network", NETWORKS)
def test_stores_each_message_once(target: Target, sdk: str, network: str) -> None:
    troubles, rest = NETWORKS[network]
    before, accepted = target.stored(), target.accepted()
    with ChaosProxy(target.url, troubles, rest) as proxy:
        told = run(sdk, proxy.url, target.write_key)
    stored = target.stored() - before

    assert proxy.is_through
    assert told["failed"] == []
    assert len(told["sent"]) == int(SDKS[sdk][1][0])
    assert stored == dict.fromkeys(told["sent"], 1)
    assert target.accepted() - accepted == len(told["sent"])
