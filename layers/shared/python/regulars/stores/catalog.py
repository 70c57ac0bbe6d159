"""The catalog table: definitions by kind, and which version of them is live."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from regulars.domain.catalog import Live, next_watches, watches_from_text, watches_to_text
from regulars.domain.costs import excess
from regulars.domain.identity_definitions import parse_rules
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.segment_definitions import parse as parse_segment
from regulars.domain.segments import Segment
from regulars.domain.watches import Watches
from regulars.domain.workspace import DEFAULT_WORKSPACE, Workspace, parse_workspace
from regulars.errors import DefinitionError
from regulars.stores.database import Database, Delete, Item, Put, Write, number, text

Kind = Literal[
    "segment",
    "source",
    "identity",
    "workspace",
    "list",
    "import",
    "tracking_plan",
    "plan_version",
    "write_key",
    "key_use",
    "live",
    "cursor",
]
Origin = Literal["file", "api"]
# A change of these is one of what is live: everybody reads the catalog again.
_LIVES: frozenset[Kind] = frozenset({"segment", "identity", "workspace"})
_LIVE = ("live", "watches")
_VERSION = ("live", "version")
_PLAN_VERSION = ("live", "tracking_plan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One definition as somebody wrote it: by file or by API, when, and how often it was changed."""

    kind: Kind
    id: str
    content: Mapping[str, Any]
    origin: Origin = "api"
    changed: int = 0
    version: int = 0


class CatalogStore:
    """Reads definitions and makes changes live, all of one change in one transaction."""

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
        """
        Write a definition on the condition of the version it was read with.

        Raises ConflictError, and DefinitionError for a segment that is too much beside the live ones.
        """
        if definition.kind in _LIVES:
            self._go_live(definition.kind, {definition.id: definition})
        elif definition.kind == "tracking_plan":
            self._change_plan(Put("catalog", to_item(definition), was=definition.version), _version_of(definition))
        else:
            self._database.put("catalog", to_item(definition), was=definition.version)

    def delete(self, definition: Definition) -> None:
        """Remove a definition on the condition of the version it was read with. Raises ConflictError."""
        if definition.kind in _LIVES:
            self._go_live(definition.kind, {definition.id: None}, was=definition.version)
        elif definition.kind == "tracking_plan":
            self._change_plan(Delete("catalog", (definition.kind, definition.id), was=definition.version))
        else:
            self._database.delete("catalog", definition.kind, definition.id, was=definition.version)

    def version(self) -> int:
        """Read the version of the catalog, consistently: one small read before each batch."""
        return number(self._database.get("catalog", *_VERSION) or {}, "v")

    def plan_version(self) -> int:
        """Read the version of the tracking plan, 0 where there never was one: one small read."""
        return number(self._database.get("catalog", *_PLAN_VERSION) or {}, "v")

    def plan_versions(self, id: str) -> Sequence[Definition]:
        """List all versions that a definition of the tracking plan ever had, the newest first."""
        items = self._database.query("catalog", "plan_version", prefix=f"{id}#")
        found = [from_item(item) for item in items]
        return [replace(one, id=id, version=number(item, "at")) for one, item in zip(found, items, strict=True)][::-1]

    def live(self) -> Live:
        """Read all that is live."""
        item = self._database.get("catalog", *_LIVE) or {}
        rules, workspace = self.get("identity", "rules"), self._workspace()
        segments = tuple(_segment(definition, workspace) for definition in self.list("segment"))
        return Live(
            watches=_watches(item, segments, workspace),
            segments=segments,
            rules=parse_rules(rules.content) if rules else DEFAULT_RULES,
            workspace=workspace,
        )

    def _workspace(self) -> Workspace:
        settings = self.get("workspace", "settings")
        return parse_workspace(settings.content) if settings else DEFAULT_WORKSPACE

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

    def _go_live(self, kind: Kind, changes: Mapping[str, Definition | None], was: int = 0) -> None:
        item = self._database.get("catalog", *_LIVE) or {}
        workspace = self._workspace()
        definitions = {definition.id: definition for definition in self.list("segment")}
        before = _watches(item, [_segment(one, workspace) for one in definitions.values()], workspace)
        writes: list[Write] = []
        for id, change in changes.items():
            if change is None:
                writes.append(Delete("catalog", (kind, id), was=was))
            else:
                writes.append(Put("catalog", to_item(change), was=change.version))
            if kind == "segment":
                definitions = {**definitions, id: change} if change else _without(definitions, id)
            elif kind == "workspace":
                workspace = parse_workspace(change.content) if change else DEFAULT_WORKSPACE
        segments = [_segment(one, workspace) for one in definitions.values()]
        if kind == "segment" and any(changes.values()):
            _check(segments)
        after = next_watches(before, segments, workspace.calendar)
        live = {"kind": _LIVE[0], "id": _LIVE[1], "watches": watches_to_text(after)}
        version = {"kind": _VERSION[0], "id": _VERSION[1]}
        self._database.transact(
            [
                *writes,
                Put("catalog", live, was=before.version),
                Put("catalog", version, was=before.version),
            ]
        )


def _without(definitions: Mapping[str, Definition], id: str) -> dict[str, Definition]:
    """Leave out one definition."""
    return {each: definition for each, definition in definitions.items() if each != id}


def _version_of(definition: Definition) -> Put:
    """Keep a version of a definition beside it, by when it was written: one that is deleted may begin anew."""
    kept = replace(definition, kind="plan_version", id=f"{definition.id}#{definition.changed:020}")
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


def _segment(definition: Definition, workspace: Workspace) -> Segment:
    version = definition.version or 1
    return parse_segment(definition.id, definition.content, version=version, calendar=workspace.calendar)


def _check(segments: Iterable[Segment]) -> None:
    if found := excess(segments):
        raise DefinitionError("where", f"{found.what}: {found.fix}")


def _watches(item: Item, segments: Iterable[Segment], workspace: Workspace) -> Watches:
    if not item:
        return Watches(by_event={})
    return watches_from_text(number(item, "v"), text(item, "watches"), segments, workspace.calendar)
