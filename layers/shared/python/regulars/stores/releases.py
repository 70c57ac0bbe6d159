"""Releases of segments in the catalog table: what is live, what is coming, and which editions are left behind."""

import json
from collections.abc import Sequence
from typing import Literal, cast

from regulars.domain.releases import Release, Releases, State
from regulars.stores.database import Database, Delete, Item, Put, Write, number, text

Kind = Literal["live_segment", "coming_segment"]
LEFT = "left_edition"


class ReleaseStore:
    """Reads releases, and lays out what a change of them writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, kind: Kind) -> dict[str, Release]:
        """Read the releases of a kind, by the ids of their segments."""
        return {text(item, "id"): from_item(item) for item in self._database.query("catalog", kind)}

    def left(self) -> list[tuple[str, int]]:
        """Name the editions that nobody reads any more, and whose memberships are to be cleared away."""
        items = self._database.query("catalog", LEFT)
        return [(text(item, "segment"), number(item, "edition")) for item in items]

    def forget(self, id: str, edition: int) -> None:
        """Note that an edition is cleared away."""
        self._database.delete("catalog", LEFT, f"{id}#{edition}")


def changes(before: Releases, after: Releases) -> Sequence[Write]:
    """Lay out what differs, with the editions that it leaves."""
    writes: list[Write] = []
    for kind, old, new in (
        ("live_segment", before.live, after.live),
        ("coming_segment", before.coming, after.coming),
    ):
        for id in old.keys() | new.keys():
            if id not in new:
                writes.append(Delete("catalog", (kind, id)))
            elif old.get(id) != new[id]:
                writes.append(Put("catalog", to_item(cast(Kind, kind), new[id])))
    return [*writes, *(Put("catalog", _left(*one)) for one in sorted(before.editions() - after.editions()))]


def to_item(kind: Kind, release: Release) -> Item:
    """Lay out a release."""
    return {
        "kind": kind,
        "id": release.id,
        "content": json.dumps(release.content, ensure_ascii=False, separators=(",", ":")),
        "version": release.version,
        "edition": release.edition,
        "state": release.state,
        "since": release.since,
    }


def from_item(item: Item) -> Release:
    """Read a release back."""
    return Release(
        id=text(item, "id"),
        content=json.loads(text(item, "content", "{}")),
        version=number(item, "version"),
        edition=number(item, "edition"),
        state=cast(State, text(item, "state", "live")),
        since=number(item, "since"),
    )


def _left(id: str, edition: int) -> Item:
    return {"kind": LEFT, "id": f"{id}#{edition}", "segment": id, "edition": edition}
