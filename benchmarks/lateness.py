"""How late people enter and leave on the platform of this machine, as somebody sees it who asks for the members."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import httpx

from regulars.domain.instants import to_text

SIGN = Path(".regulars/local.json")
MISSING = "no platform runs on this machine: start one with `make dev`, then repeat"
ROUNDS = 12
SECONDS = 8  # that an event keeps somebody in
_EACH = 0.02
_LONGEST = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Seconds between what happened and its being seen, over several people one after the other."""

    what: str
    median: float
    most: float
    goal: float = 2.0


def measure(say: Callable[[str], None]) -> list[Late]:
    """Let people enter and leave a segment, one at a time; the platform must run, and be at rest."""
    running = json.loads(SIGN.read_text())
    with httpx.Client(base_url=running["url"], headers=_signed_in(running), timeout=30) as client:
        id = f"late_{uuid4().hex[:8]}"
        where = {"event": "Lateness Measured", "within": f"{SECONDS} seconds"}
        client.put(f"/v1/segments/{id}", json={"definition": {"where": where}}).raise_for_status()
        try:
            _until(lambda: client.get(f"/v1/segments/{id}").json().get("coming") is None)
            found = [_round(client, id, running["write_key"], number) for number in range(ROUNDS)]
        finally:
            client.delete(f"/v1/segments/{id}").raise_for_status()
    say(f"{ROUNDS} people entered and left {id}")
    entered, left = [each[0] for each in found], [each[1] for each in found]
    return [
        Late(what="entered, after the answer to their event", median=median(entered), most=max(entered)),
        Late(what="left, after the second at which the window ended", median=median(left), most=max(left)),
    ]


def _round(client: httpx.Client, id: str, write_key: str, number: int) -> tuple[float, float]:
    happened = time.time()
    event: dict[str, Any] = {
        "userId": f"{id}-{number}",
        "event": "Lateness Measured",
        "timestamp": to_text(int(happened * 1e6)),
        "writeKey": write_key,
    }
    client.post("/v1/track", json=event).raise_for_status()
    answered = time.time()
    entered = _until(lambda: bool(_members(client, id)))
    left = _until(lambda: not _members(client, id))
    return entered - answered, left - (happened + SECONDS)


def _members(client: httpx.Client, id: str) -> list[Any]:
    found = client.get(f"/v1/segments/{id}/members", params={"limit": 1}).raise_for_status().json()["members"]
    return list(found)


def _until(holds: Callable[[], bool]) -> float:
    """Ask until something holds; say when it did (seconds)."""
    begun = time.time()
    while not holds():
        if time.time() > begun + _LONGEST:
            raise TimeoutError("it was not seen within a minute")
        time.sleep(_EACH)
    return time.time()


def _signed_in(running: dict[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {running['tokens']['admin']}"}
