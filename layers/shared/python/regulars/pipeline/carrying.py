"""
Carry a restored table into the live one, which keeps its name, stream, expiry and alarms.

Rows that the restored table lacks are removed, others are put where they differ; done again, it goes on. Evidence is
only added to: rows of the audit trail, requests of persons, and legal holds. The secrets of the workspace stay what
they are, unless the live vault has lost them.

Journeys are only added to, too: their state machines went on after the backup, and what was sent since is not unsaid.
Whoever was under way in the backup, and of whom the live table knows nothing, comes back as stopped.
"""

from collections.abc import Callable, Mapping, Sequence

from regulars.pipeline.ports import Many
from regulars.stores.database import KEYS, Database, Item, TableName, text
from regulars.stores.journey_rows import stopped
from regulars.stores.legal_holds import LEGAL_HOLD, NAMED, REACHED
from regulars.stores.privacy_requests import DOOMED, REQUEST, SUBJECT, TIE
from regulars.stores.vault import WORKSPACE, VaultStore, is_secret, standing

PAGE = 500
_EVIDENCE = frozenset({REQUEST, SUBJECT, DOOMED, TIE, LEGAL_HOLD, NAMED, REACHED})
Told = Callable[[int], None]


class Carrier:
    """Makes live tables say what restored ones say; `told` hears of each page."""

    def __init__(self, restored: Database, live: Database, many: Many, told: Told = lambda _rows: None) -> None:
        self._restored = restored
        self._live = live
        self._many = many
        self._told = told

    def carry(self, table: TableName) -> Mapping[str, int]:
        """Carry one table; say how many rows were looked at, put and removed. Raises UnavailableError."""
        removed = self._remove(table)
        looked, put, after = 0, 0, None
        while True:
            page = self._restored.scan(table, after=after, limit=PAGE)
            mine = [_as_carried(table, item) for item in page.items if self._may(table, item)]
            put += self._put(table, mine)
            looked += len(mine)
            self._told(len(page.items))
            after = page.next
            if after is None:
                return {"looked": looked, "put": put, "removed": removed}

    def _put(self, table: TableName, items: Sequence[Item]) -> int:
        standing = self._live.get_many(table, [_key(table, item) for item in items])
        differ = [
            item
            for item, other in zip(items, standing, strict=True)
            if other is None or (item != other and not _is_evidence(table, item))
        ]
        return sum(1 for _ in self._many(lambda item: self._live.put(table, item), differ))

    def _remove(self, table: TableName) -> int:
        removed, after = 0, None
        while True:
            page = self._live.scan(table, after=after, limit=PAGE)
            keys = [_key(table, item) for item in page.items if not _stays(table, item)]
            known = self._restored.get_many(table, keys)
            gone = [key for key, item in zip(keys, known, strict=True) if item is None]
            removed += sum(1 for _ in self._many(lambda key: self._live.delete(table, *key), gone))
            self._told(len(page.items))
            after = page.next
            if after is None:
                return removed

    def _may(self, table: TableName, item: Item) -> bool:
        """Say whether a row is carried: of secrets only older ones, into a vault that has none."""
        if not _is_secret(table, item):
            return True
        live, restored = VaultStore(self._live).secret(), VaultStore(self._restored).secret()
        return standing(live, restored) is restored and text(item, "owner") != WORKSPACE


def _as_carried(table: TableName, item: Item) -> Item:
    return stopped(item) if table == "journeys" else item


def _stays(table: TableName, item: Item) -> bool:
    return _is_secret(table, item) or _is_evidence(table, item)


def _is_secret(table: TableName, item: Item) -> bool:
    return table == "vault" and is_secret(text(item, "owner"))


def _is_evidence(table: TableName, item: Item) -> bool:
    return table in ("audit", "journeys") or (table == "catalog" and text(item, "kind") in _EVIDENCE)


def _key(table: TableName, item: Item) -> tuple[str, str | None]:
    partition, sort = KEYS[table]
    return text(item, partition), text(item, sort) if sort else None
