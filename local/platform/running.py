"""Looks at the platform of this checkout: whether it runs, and what waits in it."""

import json
import os
import urllib.request
from typing import Any

from local.platform.finding import Finding
from local.platform.folders import Folders

WITHIN = 30.0  # counting all rows takes its time
WHAT = "platform"


def look_at_platform(folders: Folders) -> Finding:
    """Say whether a platform runs here, and how it is."""
    if folders.sign.exists():
        return _signed(json.loads(folders.sign.read_text()))
    if not folders.running.exists():
        return _finding("not running", cure="", good=True)
    pid = folders.running.read_text().strip()
    if pid.isdecimal() and _runs(int(pid)):
        return _finding(f"starting or stopping, pid {pid}", cure="", good=True)
    return _finding("ended hard the last time", cure="make dev, which takes up what was not finished")


def _signed(ready: dict[str, Any]) -> Finding:
    pid, url = int(ready.get("pid", 0)), str(ready["url"])
    if not _runs(pid):
        return _finding("local.json is there but its process is gone", cure="make dev")
    where = f"running, pid {pid}, {url}"
    try:
        counts = _asked(f"{url}/_local/settle?timeout=0")
        kept = len(_asked(f"{url}/_local/on-failure")["objects"])
    except (OSError, ValueError):
        return _finding(f"{where}, but it does not answer", cure="see .regulars/logs; Ctrl-C it, then: make dev")
    found = f"{where}; {counts['pending']} pending, {counts['deferred']} deferred in {kept} on-failure objects"
    cure = "mend what the function's log in .regulars/logs names, then: .venv/bin/regulars redrive"
    return _finding(found, cure=cure, good=not kept)


def _finding(found: str, *, cure: str, good: bool = False) -> Finding:
    return Finding(what=WHAT, found=found, good=good, cure=cure, needed=False)


def _runs(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of somebody else
        return True
    return True


def _asked(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=WITHIN) as answer:
        return json.load(answer)
