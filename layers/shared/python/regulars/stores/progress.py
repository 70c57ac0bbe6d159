"""How far a run over everybody has come, segment by segment, in the catalog table."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from regulars.stores.database import Database, Item, number, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a segment has come: the page to go on with, what was counted before it, and when that was written."""

    id: str
    segment: int
    next: str | None = None
    done: bool = False
    found: Mapping[str, int] = field(default_factory=dict)
    written: int = 0
    version: int = 0


class ProgressStore:
    """Reads and writes the progress of one kind of run; each write names the version it read."""

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        self._kind = kind

    def get(self, id: str, segment: int) -> Progress:
        """Read how far a segment has come."""
        item = self._database.get("catalog", self._kind, _place(id, segment))
        return _progress(id, item) if item else Progress(id=id, segment=segment)

    def all(self, id: str) -> Sequence[Progress]:
        """Read how far each segment has come that was begun."""
        return [_progress(id, item) for item in self._database.query("catalog", self._kind, prefix=f"{id}#")]

    def save(self, progress: Progress) -> None:
        """Write how far a segment has come. Raises ConflictError."""
        item: dict[str, str | int | bytes] = {
            "kind": self._kind,
            "id": _place(progress.id, progress.segment),
            "done": int(progress.done),
            "found": json.dumps(dict(progress.found), separators=(",", ":")),
            "written": progress.written,
        }
        if progress.next is not None:
            item["next"] = progress.next
        self._database.put("catalog", item, was=progress.version)


def _place(id: str, segment: int) -> str:
    return f"{id}#{segment:03}"


def _progress(id: str, item: Item) -> Progress:
    return Progress(
        id=id,
        segment=int(text(item, "id").rpartition("#")[2]),
        next=text(item, "next") or None,
        done=bool(number(item, "done")),
        found=json.loads(text(item, "found", "{}")),
        written=number(item, "written"),
        version=number(item, "v"),
    )
