"""Rebuilds of everybody, in the catalog table: who asked for one, and when."""

from dataclasses import dataclass

from regulars.stores.database import Database, Item, number, text

_RUN = "rebuild"
PROGRESS = "rebuild_progress"


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
