"""`make doctor`: what this machine lacks for the local platform, and how the one that runs here is."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from local.platform.emulator import HOST
from local.platform.finding import Finding
from local.platform.folders import ROOT, of_this_checkout
from local.platform.overlay import EXPECTED_VERSION
from local.platform.running import look_at_platform

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
ROOM = 3 * 2**30
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    """Look at everything, say it, and return 1 if something needed is missing."""
    findings = list(look())
    print("\n".join(finding.line() for finding in findings))
    missing = [finding for finding in findings if finding.needed and not finding.good]
    print(f"{len(missing)} needed things are missing" if missing else "make dev can run here")
    return 1 if missing else 0


def look() -> Iterator[Finding]:
    """Look at each thing in turn."""
    checks: tuple[Callable[[], Finding], ...] = (
        _python, _emulator, _node, _npm, _packages_of_node, _browser, _disk, _ports, _platform,
    )  # fmt: skip
    for check in checks:
        yield check()


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        what="python",
        found=found,
        good=sys.version_info[:2] >= OLDEST_PYTHON,
        cure="install Python 3.11 or newer with its venv package, then: make clean install",
    )


def _emulator() -> Finding:
    try:
        found = version("ministack")
    except PackageNotFoundError:
        found = "not installed"
    return Finding(
        what="ministack",
        found=f"{found} (wanted: exactly {EXPECTED_VERSION})",
        good=found == EXPECTED_VERSION,
        cure="make install",
    )


def _node() -> Finding:
    found = _said("node", "--version")
    major = found.removeprefix("v").split(".")[0]
    return Finding(
        what="node",
        found=found or "not installed",
        good=major.isdigit() and int(major) >= OLDEST_NODE,
        cure="install Node.js 20 or newer: https://nodejs.org (the CDK runs on it)",
    )


def _npm() -> Finding:
    found = _said("npm", "--version")
    return Finding(what="npm", found=found or "not installed", good=bool(found), cure="it comes with Node.js")


def _packages_of_node() -> Finding:
    sdk = ROOT / "node_modules" / "@segment" / "analytics-next"
    return Finding(
        what="node_modules",
        found="installed" if sdk.is_dir() else "not installed",
        good=sdk.is_dir(),
        cure="make install",
    )


def _browser() -> Finding:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), "")
    found = found or next(map(str, Path.home().glob(".cache/ms-playwright/chromium*")), "")
    return Finding(
        what="chromium",
        found=found or "none; only the tests with a browser need one",
        good=bool(found),
        cure="apt-get install chromium, or: npx playwright-core install chromium",
        needed=False,
    )


def _disk() -> Finding:
    free = shutil.disk_usage(ROOT).free
    return Finding(
        what="disk",
        found=f"{free / 2**30:.1f} GB free",
        good=free > ROOM,
        cure=f"make room for {ROOM // 2**30} GB; FRESH=1 make dev drops the platform's own state",
    )


def _ports() -> Finding:
    try:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
        good = True
    except OSError:
        good = False
    return Finding(
        what="ports",
        found=f"{HOST} can be listened on" if good else f"nothing can listen on {HOST}",
        good=good,
        cure="allow this user to listen on the loopback address",
    )


def _platform() -> Finding:
    return look_at_platform(of_this_checkout())


def _said(*command: str) -> str:
    """Return what a program prints; a shim that is there and does not work counts as missing."""
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ended.stdout.strip() if ended.returncode == 0 else ""


if __name__ == "__main__":
    sys.exit(main())
