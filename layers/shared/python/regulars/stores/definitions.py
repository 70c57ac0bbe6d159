"""The catalog table: definitions by kind, their versions, and what is noted beside them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from regulars.stores.database import Database, Delete, Item, Put, Write, number, text

Kind = Literal[
    "segment",
    "computed_trait",
    "source",
    "identity",
    "workspace",
    "teams",
    "retention",
    "consent",
    "list",
    "import",
    "rates",
    "tracking_plan",
    "plan_version",
    "segment_version",
    "write_key",
    "key_use",
    "journey",
    "journey_version",
    "messaging",
    "template",
    "webhook",
    "webhook_secret",
    "live",
    "cursor",
]
Origin = Literal["file", "api"]
_PLAN_VERSION = ("live", "tracking_plan")
_VERSIONS: Mapping[Kind, Kind] = {"tracking_plan": "plan_version", "segment": "segment_version"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One definition as somebody wrote it: by file or by API, when, and how often it was changed."""

    kind: Kind
    id: str
    content: Mapping[str, Any]
    origin: Origin = "api"
    changed: int = 0
    version: int = 0


class DefinitionStore:
    """Reads definitions, and writes those of kinds that are not made live: a door needs no more of the catalog."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, kind: Kind, id: str) -> Definition | None:
        """Read one definition."""
        item = self._database.get("catalog", kind, id)
        return from_item(item) if item else None

    def list(self, kind: Kind) -> list[Definition]:
        """Read all definitions of a kind, in the order of their ids."""
        return [from_item(item) for item in self._database.query("catalog", kind)]

    def put(self, definition: Definition) -> None:
        """Write a definition on the condition of the version it was read with. Raises ConflictError."""
        if definition.kind == "tracking_plan":
            self._change_plan(write_of(definition), version_of(definition))
        else:
            self._database.put("catalog", to_item(definition), was=definition.version)

    def delete(self, definition: Definition) -> None:
        """Remove a definition on the condition of the version it was read with. Raises ConflictError."""
        if definition.kind == "tracking_plan":
            self._change_plan(Delete("catalog", (definition.kind, definition.id), was=definition.version))
        else:
            self._database.delete("catalog", definition.kind, definition.id, was=definition.version)

    def plan_version(self) -> int:
        """Read the version of the tracking plan, 0 where there never was one: one small read."""
        return number(self._database.get("catalog", *_PLAN_VERSION) or {}, "v")

    def versions(self, kind: Kind, id: str) -> Sequence[Definition]:
        """List all versions that a segment or a definition of the tracking plan ever had, the newest first."""
        items = self._database.query("catalog", _VERSIONS[kind], prefix=f"{id}#")
        found = [from_item(item) for item in items]
        return [replace(one, id=id, version=number(item, "at")) for one, item in zip(found, items, strict=True)][::-1]

    def cursor(self, id: str) -> tuple[int, int]:
        """Read a cursor and its version."""
        item = self._database.get("catalog", "cursor", id) or {}
        return number(item, "at"), number(item, "v")

    def move_cursor(self, id: str, at: int, *, was: int) -> None:
        """Move a cursor on the condition of the version it was read with. Raises ConflictError."""
        self._database.put("catalog", {"kind": "cursor", "id": id, "at": at}, was=was)

    def _change_plan(self, *writes: Write) -> None:
        """Write what changes in the tracking plan, and its version, which processes look at."""
        stamp = {"kind": _PLAN_VERSION[0], "id": _PLAN_VERSION[1]}
        self._database.transact([*writes, Put("catalog", stamp, was=self.plan_version())])

    def used(self) -> dict[str, str]:
        """Read the last day, such as 2026-11-21, on which each write key was used, by its print."""
        return {text(item, "id"): text(item, "day") for item in self._database.query("catalog", "key_use")}

    def note_use(self, print: str, day: str) -> None:
        """Note that a write key was used on a day. Raises ConflictError if somebody else notes it just now."""
        item = self._database.get("catalog", "key_use", print) or {}
        if text(item, "day", "") < day:
            self._database.put("catalog", {"kind": "key_use", "id": print, "day": day}, was=number(item, "v"))


def write_of(definition: Definition) -> Put:
    """Lay out the write of a definition, on the condition of the version that it was read with."""
    return Put("catalog", to_item(definition), was=definition.version)


def version_of(definition: Definition) -> Put:
    """Keep a version of a definition beside it, by when it was written: one that is deleted may begin anew."""
    kept = replace(
        definition,
        kind=_VERSIONS[definition.kind],
        id=f"{definition.id}#{definition.changed:020}#{definition.version + 1:09}",
    )
    return Put("catalog", {**to_item(kept), "at": definition.version + 1})


def to_item(definition: Definition) -> Item:
    """Lay out a definition."""
    return {
        "kind": definition.kind,
        "id": definition.id,
        "content": json.dumps(definition.content, ensure_ascii=False, separators=(",", ":")),
        "origin": definition.origin,
        "changed": definition.changed,
    }


def from_item(item: Item) -> Definition:
    """Read a definition back."""
    return Definition(
        kind=cast(Kind, text(item, "kind")),
        id=text(item, "id"),
        content=json.loads(text(item, "content", "{}")),
        origin=cast(Origin, text(item, "origin", "api")),
        changed=number(item, "changed"),
        version=number(item, "v"),
    )
