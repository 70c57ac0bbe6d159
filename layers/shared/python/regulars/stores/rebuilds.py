"""Rebuilds of everybody, in the catalog table: who asked for one, and how far each segment of the events has come."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from regulars.domain.rebuilding import Rebuilt
from regulars.stores.database import Database, Item, number, text

_RUN, _PROGRESS = "rebuild", "rebuild_progress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A rebuild of everybody, in so many segments; `awake` is when its workers were started last (microseconds)."""

    id: str
    dry_run: bool
    segments: int
    by: str
    started: int
    awake: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a segment has come: the page to go on with, what was found before it, and when that was written."""

    id: str
    segment: int
    next: str | None = None
    done: bool = False
    found: Rebuilt = field(default_factory=Rebuilt)
    written: int = 0
    version: int = 0


class RebuildStore:
    """Reads and writes rebuilds; each write names the version it read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, id: str) -> Run | None:
        """Read a rebuild."""
        item = self._database.get("catalog", _RUN, id)
        return _run(item) if item else None

    def newest(self, *, before: str | None = None, limit: int) -> list[Run]:
        """Read rebuilds, newest first, older than one."""
        items = self._database.query("catalog", _RUN, before=before, newest_first=True, limit=limit)
        return [_run(item) for item in items]

    def put(self, run: Run) -> None:
        """Write a rebuild. Raises ConflictError."""
        item: Item = {
            "kind": _RUN,
            "id": run.id,
            "dry_run": int(run.dry_run),
            "segments": run.segments,
            "by": run.by,
            "started": run.started,
            "awake": run.awake,
        }
        self._database.put("catalog", item, was=run.version)

    def progress(self, id: str, segment: int) -> Progress:
        """Read how far a segment has come."""
        item = self._database.get("catalog", _PROGRESS, _place(id, segment))
        return _progress(id, item) if item else Progress(id=id, segment=segment)

    def all_progress(self, id: str) -> Sequence[Progress]:
        """Read how far each segment has come that was begun."""
        return [_progress(id, item) for item in self._database.query("catalog", _PROGRESS, prefix=f"{id}#")]

    def save(self, progress: Progress) -> None:
        """Write how far a segment has come. Raises ConflictError."""
        item: dict[str, str | int | bytes] = {
            "kind": _PROGRESS,
            "id": _place(progress.id, progress.segment),
            "done": int(progress.done),
            "found": json.dumps(asdict(progress.found), separators=(",", ":")),
            "written": progress.written,
        }
        if progress.next is not None:
            item["next"] = progress.next
        self._database.put("catalog", item, was=progress.version)


def _place(id: str, segment: int) -> str:
    return f"{id}#{segment:03}"


def _run(item: Item) -> Run:
    return Run(
        id=text(item, "id"),
        dry_run=bool(number(item, "dry_run")),
        segments=number(item, "segments"),
        by=text(item, "by"),
        started=number(item, "started"),
        awake=number(item, "awake"),
        version=number(item, "v"),
    )


def _progress(id: str, item: Item) -> Progress:
    return Progress(
        id=id,
        segment=int(text(item, "id").rpartition("#")[2]),
        next=text(item, "next") or None,
        done=bool(number(item, "done")),
        found=Rebuilt(**json.loads(text(item, "found", "{}"))),
        written=number(item, "written"),
        version=number(item, "v"),
    )
