"""`make fuzz`: random bytes at what reads strangers' bytes, random requests at every route; ends at the first find."""

import json
import re
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from regulars.domain.cursors import cursor_key, write_cursor
from tests.payloads.nasty_texts import NASTY_TEXTS
from tests.payloads.parade import PARADE

HOME = Path(".regulars/fuzz")
TARGETS = ("body", "identifiers", "fields", "cursors")
_SMALL = 4_096
_DICTIONARY = (
    '"{\\""',
    '"\\":"',
    '"\\",\\""',
    '"["',
    '"null"',
    '"1e999"',
    '"\\\\u0000"',
    '"\\\\ud800"',
    '"%"',
    '"@"',
    '"?"',
)


def main(arguments: Sequence[str]) -> int:
    """Fuzz what is asked for."""
    parser = ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("what", nargs="*", help=f"any of {', '.join(TARGETS)}, requests; default: all")
    parser.add_argument("--seconds", type=int, default=30, help="of each; default: 30")
    given = parser.parse_args(arguments)
    if unknown := set(given.what) - {*TARGETS, "requests"}:
        parser.error(f"there is no {min(unknown)}")
    for name in given.what or [*TARGETS, "requests"]:
        if failed := _fuzz(name, given.seconds):
            return failed
    return 0


def _fuzz(name: str, seconds: int) -> int:
    tool = "schemathesis" if name == "requests" else "atheris"
    if find_spec(tool) is None:
        print(f"{name}: skipped, for {tool} has no wheel for Python {sys.version.split()[0]} on {sys.platform}")
        return 0
    command = [sys.executable, "-m", "tests.fuzz.requests", str(seconds)]
    if name != "requests":
        command = [sys.executable, "-m", "tests.fuzz.targets", name, *_options(name, seconds)]
    ended = subprocess.run(
        command, check=False, text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if ended.returncode:
        print(ended.stdout[-6_000:])
        print(f"{name}: found something; what it was given is named above, or lies in {HOME / 'found'}")
    else:
        runs = re.search(r"number_of_executed_units: (\d+)", ended.stdout)
        print(
            f"{name}: nothing in {seconds} seconds; {runs[1] + ' runs' if runs else ended.stdout.strip()}", flush=True
        )
    return ended.returncode


def _options(name: str, seconds: int) -> list[str]:
    seeds, grown, found = HOME / "seeds" / name, HOME / "corpus" / name, HOME / "found"
    for folder in (seeds, grown, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(_SEEDS[name]):
        (seeds / str(number)).write_bytes(content)
    words = HOME / "words"
    words.write_text("\n".join(_DICTIONARY) + "\n")
    limits = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-verbosity=0", "-print_final_stats=1"]
    return [*limits, f"-dict={words}", f"-artifact_prefix={found}/{name}-", str(grown), str(seeds)]


def _bodies() -> list[bytes]:
    messages = (json.dumps(sent.message).encode() for one in PARADE for sent in one.sent[:3] if sent.message)
    return [message for message in messages if len(message) <= _SMALL]


def _texts() -> list[bytes]:
    return [text.encode() for text in NASTY_TEXTS if len(text) <= _SMALL]


_SEEDS: Mapping[str, list[bytes]] = {
    "body": _bodies(),
    "identifiers": _texts(),
    "fields": [*_texts(), *_bodies()],
    "cursors": [write_cursor(text, of="events", key=cursor_key(bytes(32))).encode() for text in NASTY_TEXTS[:40]],
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
