"""Looks at the platform of this checkout: whether it runs, and what waits in it."""

import json
import urllib.request
from typing import Any

from local.platform import sign
from local.platform.finding import Finding
from local.platform.folders import Folders

WITHIN = 30.0  # counting all rows takes its time
WHAT = "platform"


def look_at_platform(folders: Folders) -> Finding:
    """Say whether a platform runs here, and how it is."""
    lives, signed = sign.is_held(folders), folders.sign.exists()
    if lives and signed:
        return _living(json.loads(folders.sign.read_text()))
    if lives:
        return _finding("starting or stopping", cure="", good=True)
    if signed:
        return _finding("local.json is there but its process is gone", cure="make dev")
    if folders.running.exists():
        return _finding("ended hard the last time", cure="make dev, which takes up what was not finished")
    return _finding("not running", cure="", good=True)


def _living(ready: dict[str, Any]) -> Finding:
    url = ready["url"]
    where = f"running, pid {ready['pid']}, {url}"
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


def _asked(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=WITHIN) as answer:
        return json.load(answer)
