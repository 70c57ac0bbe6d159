"""A database that is only rehearsed on: what is written is seen by whoever writes it, and by nobody else."""

from collections.abc import Sequence

from regulars.errors import ConflictError
from regulars.stores.database import (
    KEYS,
    Check,
    Database,
    Delete,
    Item,
    Page,
    Put,
    Scanned,
    TableName,
    Write,
    number,
    standing_of,
    text,
)

_Key = tuple[TableName, str, str | None]


class Rehearsal:
    """Keeps writes to itself, under the same conditions; what others write meanwhile is seen below them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written: dict[_Key, Item | None] = {}

    def forget(self) -> None:
        """Forget all that was written."""
        self._written.clear()

    def get(self, table: TableName, partition: str, sort: str | None = None, *, consistent: bool = True) -> Item | None:
        """Read one item."""
        key = (table, partition, sort)
        if key in self._written:
            return self._written[key]
        return self._database.get(table, partition, sort, consistent=consistent)

    def get_many(
        self, table: TableName, keys: Sequence[tuple[str, str | None]], *, consistent: bool = True
    ) -> list[Item | None]:
        """Read items by partition and sort key."""
        return [self.get(table, *key, consistent=consistent) for key in keys]

    def query(
        self,
        table: TableName,
        partition: str,
        *,
        prefix: str = "",
        after: str | None = None,
        before: str | None = None,
        newest_first: bool = False,
        limit: int | None = None,
        consistent: bool = True,
    ) -> list[Item]:
        """Read the items of a partition in the order of their sort key."""
        items = self._database.query(table, partition, prefix=prefix, after=after, before=before, consistent=consistent)
        sort = KEYS[table][1] or ""
        found = {text(item, sort): item for item in items}
        for (where, of, at), item in self._written.items():
            if (where, of) == (table, partition) and at is not None and _within(at, prefix, after, before):
                found.pop(at, None)
                if item is not None:
                    found[at] = item
        return [found[at] for at in sorted(found, reverse=newest_first)][:limit]

    def query_index(
        self, table: TableName, index: str, partition: str, *, after: str | None = None, limit: int
    ) -> list[Item]:
        """Read the keys of a partition of an index, as it stands."""
        return self._database.query_index(table, index, partition, after=after, limit=limit)

    def count_index(self, table: TableName, index: str, partition: str) -> int:
        """Count the items of a partition of an index, as it stands."""
        return self._database.count_index(table, index, partition)

    def partitions(self, table: TableName, *, segment: int, of: int, after: str | None = None, limit: int) -> Page:
        """List the partition keys of a table, as it stands."""
        return self._database.partitions(table, segment=segment, of=of, after=after, limit=limit)

    def scan(self, table: TableName, *, after: str | None = None, limit: int) -> Scanned:
        """Read items of a whole table, as it stands."""
        return self._database.scan(table, after=after, limit=limit)

    def put(self, table: TableName, item: Item, *, was: int | None = None) -> None:
        """Note one item under its condition. Raises ConflictError."""
        self.transact([Put(table, item, was)])

    def swap(self, table: TableName, old: Item, new: Item) -> None:
        """Note an item in place of one that still stands. Raises ConflictError."""
        standing = self.get(*_key(Put(table, old)))
        if standing is None or any(standing.get(name) != value for name, value in standing_of(old, new).items()):
            raise ConflictError("an item does not stand any more as it was read")
        self._written[_key(Put(table, new))] = new

    def delete(self, table: TableName, partition: str, sort: str | None = None, *, was: int | None = None) -> None:
        """Note that one item is gone. Raises ConflictError."""
        self.transact([Delete(table, (partition, sort), was)])

    def transact(self, writes: Sequence[Write]) -> None:
        """Note all writes or none. Raises ConflictError."""
        for write in writes:
            standing = self.get(*_key(write))
            version = number(standing, "v", -1) if standing else 0
            if write.was is not None and write.was != version:
                raise ConflictError(f"{write.table} has version {version}, not {write.was}")
        for write in writes:
            if isinstance(write, Put):
                self._written[_key(write)] = write.item if write.was is None else {**write.item, "v": write.was + 1}
            elif not isinstance(write, Check):
                self._written[_key(write)] = None

    def insert(self, table: TableName, items: Sequence[Item]) -> list[bool]:
        """Note each item that has no other under its key yet; say for each whether it was new."""
        new = []
        for item in items:
            key = _key(Put(table, item))
            new.append(self.get(*key) is None)
            if new[-1]:
                self._written[key] = item
        return new


def _key(write: Write) -> _Key:
    if not isinstance(write, Put):
        return write.table, *write.key
    partition, sort = KEYS[write.table]
    return write.table, text(write.item, partition), text(write.item, sort) if sort else None


def _within(sort: str, prefix: str, after: str | None, before: str | None) -> bool:
    return sort.startswith(prefix) and (after is None or sort > after) and (before is None or sort < before)
