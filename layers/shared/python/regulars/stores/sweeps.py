"""How far the sweep of retention has come, and what the last one did: one row of the catalog table."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from regulars.domain.instants import DAY
from regulars.stores.database import Database, Item, number, text

Stage = Literal["events", "people", "journeys", "done"]
EVERY = 7 * DAY
OVERDUE = 14 * DAY  # without a sweep that ended: a week later what ended then is deleted, and was not sealed
_KEY = ("sweep", "retention")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """
    A sweep over everybody, with what it has `found` by now, and when the last one `ended` and what that had found.

    It goes on in its stage at the page `next`. Instants are microseconds, 0 where there was none.
    """

    started: int = 0
    stage: Stage = "done"
    next: str | None = None
    found: Mapping[str, int] = field(default_factory=dict)
    ended: int = 0
    last: Mapping[str, int] = field(default_factory=dict)
    version: int = 0


class SweepStore:
    """Reads and writes the sweep; each write names the version it read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self) -> Sweep:
        """Read how far the sweep is; one that never began is done."""
        item = self._database.get("catalog", *_KEY)
        return _from_item(item) if item else Sweep()

    def save(self, sweep: Sweep) -> Sweep:
        """Write how far it is, and give it as it stands. Raises ConflictError."""
        item: dict[str, str | int | bytes] = {
            "kind": _KEY[0],
            "id": _KEY[1],
            "started": sweep.started,
            "stage": sweep.stage,
            "found": _write(sweep.found),
            "ended": sweep.ended,
            "last": _write(sweep.last),
        }
        if sweep.next is not None:
            item["next"] = sweep.next
        self._database.put("catalog", item, was=sweep.version)
        return replace(sweep, version=sweep.version + 1)


def is_overdue(sweep: Sweep, now: int) -> bool:
    """Say whether none has ended for too long since the first began."""
    return bool(sweep.started) and now > (sweep.ended or sweep.started) + OVERDUE


def _write(found: Mapping[str, int]) -> str:
    return json.dumps(dict(sorted(found.items())), separators=(",", ":"))


def _from_item(item: Item) -> Sweep:
    return Sweep(
        started=number(item, "started"),
        stage=cast(Stage, text(item, "stage")),
        next=text(item, "next") or None,
        found=json.loads(text(item, "found", "{}")),
        ended=number(item, "ended"),
        last=json.loads(text(item, "last", "{}")),
        version=number(item, "v"),
    )
