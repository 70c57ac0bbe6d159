"""DynamoDB in memory: the promises that the platform relies on, billed, with streams; a million events in minutes."""

import json
import sys
import threading
from base64 import b64encode
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from zlib import crc32

from local.world.bill import Bill
from regulars.domain.instants import SECOND
from regulars.errors import ConflictError
from regulars.stores.database import (
    INDEXES,
    KEYS,
    Check,
    Delete,
    Item,
    Page,
    Put,
    Scanned,
    TableName,
    Write,
    number,
    size_of,
    standing_of,
    text,
)

Hook = Callable[[str, TableName], None]
STREAMED: frozenset[TableName] = frozenset({"events", "identities", "profiles", "memberships"})
_ONLY = ""  # the sort value of a table that has none


@dataclass(slots=True)
class _Partition:
    order: list[str] = field(default_factory=list)
    items: dict[str, Item] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)  # measured once, when written


@dataclass(frozen=True, slots=True)
class Change:
    """One record of a stream."""

    sequence: int
    table: TableName
    old: Item | None
    new: Item | None
    at: int = 0

    def record(self) -> dict[str, Any]:
        """Give the record in the shape in which a function receives it."""
        image = self.new or self.old or {}
        keys = {name: {"S": text(image, name)} for name in KEYS[self.table] if name}
        body: dict[str, Any] = {"Keys": keys, "SequenceNumber": f"{self.sequence:021d}"}
        body["ApproximateCreationDateTime"] = self.at // SECOND
        if self.new is not None:
            body["NewImage"] = wire(self.new)
        if self.old is not None and self.table != "events":
            body["OldImage"] = wire(self.old)
        name = "INSERT" if self.old is None else "REMOVE" if self.new is None else "MODIFY"
        arn = f"arn:aws:dynamodb:eu-west-1:000000000000:table/{self.table}/stream/2026-01-01T00:00:00.000"
        return {
            "eventID": str(self.sequence),
            "eventName": name,
            "eventSource": "aws:dynamodb",
            "eventSourceARN": arn,
            "dynamodb": body,
        }


class MemoryDatabase:
    """
    Eleven tables in memory, each operation atomic under one lock.

    `hook` is called before each operation, outside the lock: a scheduler switches workers there, and chaos strikes.
    The streams tell when each change was made by `clock` (microseconds).
    """

    def __init__(self, hook: Hook | None = None, clock: Callable[[], int] = lambda: 0) -> None:
        self.bill = Bill()
        self.hook = hook
        self._clock = clock
        self._tables: dict[TableName, dict[str, _Partition]] = {table: {} for table in KEYS}
        self._indexes: dict[tuple[str, str], list[str]] = {}
        self._streams: dict[TableName, deque[Change]] = {table: deque() for table in STREAMED}
        self._sequence = 0
        self._lock = threading.RLock()

    def get(self, table: TableName, partition: str, sort: str | None = None, *, consistent: bool = True) -> Item | None:
        """Read one item."""
        self._begin("get", table)
        with self._lock:
            item = self._find(table, partition, sort)
            self.bill.read(table, self._size(table, partition, sort), consistent=consistent)
            return item

    def get_many(
        self, table: TableName, keys: Sequence[tuple[str, str | None]], *, consistent: bool = True
    ) -> list[Item | None]:
        """Read items, a call for each 100 keys, each billed as if it were read by itself."""
        distinct = list(dict.fromkeys(keys))
        found: dict[tuple[str, str | None], Item | None] = {}
        for start in range(0, len(distinct), 100):
            self._begin("get_many", table)
            with self._lock:
                for key in distinct[start : start + 100]:
                    found[key] = self._find(table, *key)
                    self.bill.read(table, self._size(table, *key), consistent=consistent)
        return [found[key] for key in keys]

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
        self._begin("query", table)
        with self._lock:
            found = self._tables[table].get(partition, _Partition())
            start = bisect_right(found.order, after) if after is not None else bisect_left(found.order, prefix)
            end = bisect_left(found.order, before) if before is not None else len(found.order)
            sorts = found.order[start:end]
            chosen = [sort for sort in sorts if sort.startswith(prefix)]
            asked = list(islice(reversed(chosen) if newest_first else chosen, limit))
            self.bill.read(table, sum(found.sizes[sort] for sort in asked), consistent=consistent)
            return [found.items[sort] for sort in asked]

    def query_index(
        self, table: TableName, index: str, partition: str, *, after: str | None = None, limit: int
    ) -> list[Item]:
        """Read the keys of a partition of an index."""
        self._begin("query_index", table)
        with self._lock:
            partition_name, sort_name = INDEXES[table][index]
            order = self._indexes.get((index, partition), [])
            start = bisect_right(order, after) if after is not None else 0
            items = [{partition_name: partition, sort_name: sort} for sort in order[start : start + limit]]
            self.bill.read(f"{table}.{index}", sum(map(size_of, items)), consistent=False)
            return list(items)

    def count_index(self, table: TableName, index: str, partition: str) -> int:
        """Count the items of a partition of an index."""
        return len(self.query_index(table, index, partition, limit=sys.maxsize))

    def partitions(self, table: TableName, *, segment: int, of: int, after: str | None = None, limit: int) -> Page:
        """List the partition keys of one of so many segments of a table, from the `next` of the page before."""
        self._begin("partitions", table)
        with self._lock:
            found = self._tables[table]
            own = sorted(key for key in found if found[key].order and crc32(key.encode()) % of == segment)
            place = tuple(json.loads(after)) if after is not None else ("", "")
            items = ((key, sort) for key in own if key >= place[0] for sort in found[key].order)
            page = list(islice((item for item in items if item > place), limit))
            self.bill.read(table, sum(found[key].sizes[sort] for key, sort in page), consistent=False)
            keys = list(dict.fromkeys(key for key, _ in page if key != place[0]))
            return Page(keys, json.dumps(page[-1]) if len(page) == limit else None)

    def scan(self, table: TableName, *, after: str | None = None, limit: int) -> Scanned:
        """Read so many items of a whole table, from the `next` of the page before."""
        self._begin("scan", table)
        with self._lock:
            place = tuple(json.loads(after)) if after is not None else ("", "")
            all_keys = sorted((key, sort) for key, found in self._tables[table].items() for sort in found.order)
            page = list(islice((key for key in all_keys if key > place), limit))
            items = [self._tables[table][key].items[sort] for key, sort in page]
            self.bill.read(table, sum(map(size_of, items)), consistent=True)
            return Scanned(items, json.dumps(page[-1]) if len(page) == limit else None)

    def put(self, table: TableName, item: Item, *, was: int | None = None) -> None:
        """Write one item under its condition. Raises ConflictError."""
        self._begin("put", table)
        with self._lock:
            self._write([Put(table, item, was)], transaction=False)

    def swap(self, table: TableName, old: Item, new: Item) -> None:
        """Write an item in place of one that still stands. Raises ConflictError."""
        self._begin("swap", table)
        with self._lock:
            standing = self._find(table, *_key_of(table, old))
            before = self._size(table, *_key_of(table, old)) if standing else 0
            self.bill.write(table, max(before, size_of(new)))
            if standing is None or any(standing.get(name) != value for name, value in standing_of(old, new).items()):
                raise ConflictError("an item does not stand any more as it was read")
            self._store(table, new)

    def delete(self, table: TableName, partition: str, sort: str | None = None, *, was: int | None = None) -> None:
        """Remove one item under its condition. Raises ConflictError."""
        self._begin("delete", table)
        with self._lock:
            self._write([Delete(table, (partition, sort), was)], transaction=False)

    def transact(self, writes: Sequence[Write]) -> None:
        """Do all writes or none. Raises ConflictError."""
        if not 0 < len(writes) <= 100 or len({(write.table, *_key(write)) for write in writes}) < len(writes):
            raise ValueError("a transaction has 1 to 100 writes, each of another item")
        self._begin("transact", writes[0].table)
        with self._lock:
            self._write(writes, transaction=True)

    def insert(self, table: TableName, items: Sequence[Item]) -> list[bool]:
        """Write each item that has no other under its key yet; say for each whether it was new."""
        new = []
        for item in items:
            self._begin("insert", table)
            with self._lock:
                key = _key_of(table, item)
                is_new = self._find(table, *key) is None
                if is_new:
                    self._store(table, item)
                self.bill.write(table, self._size(table, *key))
                new.append(is_new)
        return new

    def changes(self, table: TableName, after: int = 0, limit: int = 1_000) -> list[Change]:
        """Read the stream of a table after a sequence number."""
        with self._lock:
            return list(islice((change for change in self._streams[table] if change.sequence > after), limit))

    def trim(self, table: TableName, up_to: int) -> None:
        """Forget records of a stream that nobody will read again."""
        with self._lock:
            stream = self._streams[table]
            while stream and stream[0].sequence <= up_to:
                stream.popleft()

    def partition_keys(self, table: TableName) -> list[str]:
        """Name the partitions of a table that hold something, for who looks on."""
        with self._lock:
            return [key for key, partition in self._tables[table].items() if partition.items]

    def all(self, table: TableName) -> list[Item]:
        """List every item of a table, for tests and audits."""
        with self._lock:
            return [item for part in self._tables[table].values() for item in part.items.values()]

    def _begin(self, operation: str, table: TableName) -> None:
        self.bill.call(f"{operation} {table}")
        if self.hook:
            self.hook(operation, table)

    def _write(self, writes: Sequence[Write], *, transaction: bool) -> None:
        standing = [self._find(write.table, *_key(write)) for write in writes]
        for write, item in zip(writes, standing, strict=True):
            after = write.item if isinstance(write, Put) else {}
            before = self._size(write.table, *_key(write)) if item else 0
            self.bill.write(write.table, max(before, size_of(after)), transaction=transaction)
        for write, item in zip(writes, standing, strict=True):
            if write.was is not None and write.was != _version(item):
                raise ConflictError(f"{write.table} has version {_version(item)}, not {write.was}")
        for write in writes:
            self._do(write)

    def _do(self, write: Write) -> None:
        match write:
            case Put(table, item, was):
                self._store(table, item if was is None else {**item, "v": was + 1})
            case Delete(table, key, _):
                self._remove(table, *key)
            case Check():
                pass

    def _find(self, table: TableName, partition: str, sort: str | None) -> Item | None:
        found = self._tables[table].get(partition)
        return found.items.get(sort or _ONLY) if found else None

    def _size(self, table: TableName, partition: str, sort: str | None) -> int:
        found = self._tables[table].get(partition)
        return found.sizes.get(sort or _ONLY, 0) if found else 0

    def _store(self, table: TableName, item: Item) -> None:
        partition, sort = _key_of(table, item)
        found = self._tables[table].setdefault(partition, _Partition())
        old = found.items.get(sort or _ONLY)
        if old is None:
            insort(found.order, sort or _ONLY)
        found.items[sort or _ONLY] = item
        found.sizes[sort or _ONLY] = size_of(item)
        self._changed(table, old, item)

    def _remove(self, table: TableName, partition: str, sort: str | None) -> None:
        found = self._tables[table].get(partition)
        if found and (old := found.items.pop(sort or _ONLY, None)) is not None:
            found.order.remove(sort or _ONLY)
            del found.sizes[sort or _ONLY]
            self._changed(table, old, None)

    def _changed(self, table: TableName, old: Item | None, new: Item | None) -> None:
        if old == new:
            return  # DynamoDB writes no record for a put that changes nothing
        self._index(table, old, new)
        if table in STREAMED:
            self._sequence += 1
            self._streams[table].append(Change(self._sequence, table, old, new, self._clock()))

    def _index(self, table: TableName, old: Item | None, new: Item | None) -> None:
        for index, (partition, sort) in INDEXES.get(table, {}).items():
            was, now = _index_key(old, partition, sort), _index_key(new, partition, sort)
            if was == now:
                continue
            for key in (was, now):
                if key:
                    self.bill.write(f"{table}.{index}", 0)
            if was:
                self._indexes[index, was[0]].remove(was[1])
            if now:
                insort(self._indexes.setdefault((index, now[0]), []), now[1])


def wire(item: Item) -> dict[str, Any]:
    """Write an item as the stream carries it; bytes are base64 there."""

    def value(content: str | int | bytes) -> Mapping[str, str]:
        if isinstance(content, bytes):
            return {"B": b64encode(content).decode()}
        return {"S": content} if isinstance(content, str) else {"N": str(content)}

    return {name: value(content) for name, content in item.items()}


def _version(item: Item | None) -> int:
    """The version of an item: 0 only where there is none."""
    return number(item, "v", -1) if item else 0


def _index_key(item: Item | None, partition: str, sort: str) -> tuple[str, str] | None:
    return (text(item, partition), text(item, sort)) if item and partition in item else None


def _key_of(table: TableName, item: Item) -> tuple[str, str | None]:
    partition, sort = KEYS[table]
    return text(item, partition), text(item, sort) if sort else None


def _key(write: Write) -> tuple[str, str | None]:
    return _key_of(write.table, write.item) if isinstance(write, Put) else write.key
