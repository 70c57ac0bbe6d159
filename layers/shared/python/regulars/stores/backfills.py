"""Backfills in the catalog table: which editions of segments everybody is looked at for, and how far that is."""

import json
from dataclasses import dataclass
from typing import Literal, cast

from regulars.stores.database import Database, Item, Put, number, text

Edition = tuple[str, int]  # the id of a segment, and its number
Phase = Literal["evaluating", "sweeping", "done"]
_RUN = "backfill"
PROGRESS = "backfill_progress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """
    One look at everybody, for all `targets` that were coming when it began.

    First everybody is evaluated; then the targets are switched to, at `switched`, and the members of these and of the
    editions that are `left` behind are swept, in as many `passes` as it takes. `awake` is when its workers were
    started last (microseconds), `catalog` the version of what was live when it began.
    """

    id: str
    by: str
    started: int
    phase: Phase = "evaluating"
    targets: tuple[Edition, ...] = ()
    left: tuple[Edition, ...] = ()
    passes: int = 0
    awake: int = 0
    switched: int = 0
    catalog: int = 0
    version: int = 0

    @property
    def place(self) -> str:
        """The name under which the progress of its phase is kept."""
        return f"{self.id}.{self.passes}"


class BackfillStore:
    """Reads and writes backfills; each write names the version it read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, id: str) -> Backfill | None:
        """Read a backfill."""
        item = self._database.get("catalog", _RUN, id)
        return _from_item(item) if item else None

    def newest(self) -> Backfill | None:
        """Read the backfill that was begun last."""
        items = self._database.query("catalog", _RUN, newest_first=True, limit=1)
        return _from_item(items[0]) if items else None

    def save(self, backfill: Backfill) -> None:
        """Write a backfill. Raises ConflictError."""
        write = put(backfill)
        self._database.put("catalog", write.item, was=write.was)


def put(backfill: Backfill) -> Put:
    """Lay out the write of a backfill, on the condition of the version that it was read with."""
    item: Item = {
        "kind": _RUN,
        "id": backfill.id,
        "by": backfill.by,
        "started": backfill.started,
        "phase": backfill.phase,
        "targets": json.dumps(backfill.targets, separators=(",", ":")),
        "left": json.dumps(backfill.left, separators=(",", ":")),
        "passes": backfill.passes,
        "awake": backfill.awake,
        "switched": backfill.switched,
        "catalog": backfill.catalog,
    }
    return Put("catalog", item, was=backfill.version)


def _from_item(item: Item) -> Backfill:
    return Backfill(
        id=text(item, "id"),
        by=text(item, "by"),
        started=number(item, "started"),
        phase=cast(Phase, text(item, "phase")),
        targets=_editions(text(item, "targets")),
        left=_editions(text(item, "left")),
        passes=number(item, "passes"),
        awake=number(item, "awake"),
        switched=number(item, "switched"),
        catalog=number(item, "catalog"),
        version=number(item, "v"),
    )


def _editions(written: str) -> tuple[Edition, ...]:
    return tuple((str(id), int(edition)) for id, edition in json.loads(written))
