"""How far the pass over the lake has come that takes out what is past its period: one row of the catalog table."""

from dataclasses import dataclass, replace

from regulars.stores.database import Database, Item, Value, number, text

_KEY = ("lake_pass", "retention")


@dataclass(frozen=True, slots=True, kw_only=True)
class LakePass:
    """
    A pass: the last one `ended`, this one goes on after the file `after` (None: none is under way).

    Until `busy` a worker may be rewriting files, and nobody else may. Instants are microseconds.
    """

    ended: int = 0
    after: str | None = None
    busy: int = 0
    version: int = 0


class LakePassStore:
    """Reads and writes the pass; each write names the version it read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self) -> LakePass:
        """Read how far it is; one that never began has ended long ago."""
        item = self._database.get("catalog", *_KEY)
        if item is None:
            return LakePass()
        return LakePass(
            ended=number(item, "ended"),
            after=text(item, "after") if "after" in item else None,
            busy=number(item, "busy"),
            version=number(item, "v"),
        )

    def save(self, standing: LakePass) -> LakePass:
        """Write how far it is; give it as it stands then. Raises ConflictError."""
        item: dict[str, Value] = {"kind": _KEY[0], "id": _KEY[1], "ended": standing.ended, "busy": standing.busy}
        if standing.after is not None:
            item["after"] = standing.after
        written: Item = item
        self._database.put("catalog", written, was=standing.version)
        return replace(standing, version=standing.version + 1)
