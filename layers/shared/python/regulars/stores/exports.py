"""Exports in the catalog table, and how many people each person has asked for within a day."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, cast

from regulars.domain.exports import Export, Part, State, Taken, Wish
from regulars.stores.database import Database, Item, number, text

EXPORT = "export"
QUOTA = "export_quota"
_BESIDE = frozenset({"id", "state", "version"})  # attributes of their own


class ExportStore:
    """Reads and writes exports; each write names the version it read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, id: str) -> Export | None:
        """Read an export."""
        item = self._database.get("catalog", EXPORT, id)
        return _export(item) if item else None

    def newest(self, *, before: str | None = None, limit: int) -> list[Export]:
        """Read exports, newest first, older than one."""
        items = self._database.query("catalog", EXPORT, before=before, newest_first=True, limit=limit)
        return [_export(item) for item in items]

    def since(self, asked: int) -> Iterator[Export]:
        """Read the exports that were asked for from an instant on, newest first."""
        before = None
        while page := self.newest(before=before, limit=200):
            for export in page:
                if export.asked < asked:
                    return
                yield export
            before = page[-1].id

    def save(self, export: Export) -> Export:
        """Write an export; give it as it stands then. Raises ConflictError."""
        content = {name: value for name, value in asdict(export).items() if name not in _BESIDE}
        item: Item = {
            "kind": EXPORT,
            "id": export.id,
            "state": export.state,
            "content": json.dumps(content, separators=(",", ":")),
        }
        self._database.put("catalog", item, was=export.version)
        return replace(export, version=export.version + 1)

    def taken(self, who: str) -> tuple[Sequence[Taken], int]:
        """Read what somebody asked for lately, and the version of that."""
        item = self._database.get("catalog", QUOTA, who) or {}
        return [Taken(*each) for each in json.loads(text(item, "content", "[]"))], number(item, "v")

    def take(self, who: str, taken: Sequence[Taken], *, was: int) -> None:
        """Write what somebody asked for lately, over the version that was read. Raises ConflictError."""
        content = json.dumps([[one.at, one.people] for one in taken], separators=(",", ":"))
        self._database.put("catalog", {"kind": QUOTA, "id": who, "content": content}, was=was)


def _export(item: Item) -> Export:
    said: dict[str, Any] = json.loads(text(item, "content"))
    lists = {name: tuple(said[name]) for name in ("roles", "teams")}
    return Export(
        **{
            **said,
            **lists,
            "id": text(item, "id"),
            "state": cast(State, text(item, "state")),
            "version": number(item, "v"),
            "wish": _wish(said["wish"]),
            "parts": tuple(Part(**each) for each in said["parts"]),
            "file": Part(**said["file"]) if said["file"] else None,
        }
    )


def _wish(said: Mapping[str, Any]) -> Wish:
    return Wish(**{**said, **{name: tuple(said[name]) for name in ("traits", "computed")}})
