"""
The port to tables: get one or many, query, list partitions, conditional put, transaction, insert.

Items hold strings, whole numbers and bytes only. The one condition is optimistic: `was` is the version (`v`) that the
writer read, 0 for an item that must not exist; the database stores `v = was + 1`. A lost race raises ConflictError.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Value = str | int | bytes
Item = Mapping[str, Value]
TableName = Literal[
    "events",
    "identities",
    "profiles",
    "memberships",
    "journeys",
    "timers",
    "vault",
    "catalog",
    "quarantine",
    "tallies",
    "audit",
]

KEYS: Mapping[TableName, tuple[str, str | None]] = {
    "events": ("owner", "moment"),
    "identities": ("owner", "part"),
    "profiles": ("profile_id", None),
    "memberships": ("profile_id", "item"),
    "journeys": ("owner", "item"),
    "timers": ("slot", "profile_id"),
    "vault": ("owner", None),
    "catalog": ("kind", "id"),
    "quarantine": ("slot", "moment"),
    "tallies": ("slot", "part"),
    "audit": ("chain", "number"),
}
INDEXES: Mapping[TableName, Mapping[str, tuple[str, str]]] = {
    "memberships": {"by_segment": ("segment_shard", "profile_id")}
}


@dataclass(frozen=True, slots=True)
class Put:
    """Write an item; `was` None writes unconditionally."""

    table: TableName
    item: Item
    was: int | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove an item; `was` None removes whatever is there."""

    table: TableName
    key: tuple[str, str | None]
    was: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing, but only if the item still has this version."""

    table: TableName
    key: tuple[str, str | None]
    was: int


Write = Put | Delete | Check


@dataclass(frozen=True, slots=True)
class Page:
    """Partition keys, each once, and where to go on; None at the end."""

    partitions: Sequence[str]
    next: str | None


@dataclass(frozen=True, slots=True)
class Scanned:
    """Items as they stand, what was spilled of them left where it is, and where to go on; None at the end."""

    items: Sequence[Item]
    next: str | None


class Database(Protocol):
    """Eleven tables with the promises of DynamoDB that the platform relies on."""

    def get(self, table: TableName, partition: str, sort: str | None = None, *, consistent: bool = True) -> Item | None:
        """Read one item."""

    def get_many(
        self, table: TableName, keys: Sequence[tuple[str, str | None]], *, consistent: bool = True
    ) -> list[Item | None]:
        """Read items by partition and sort key, in the order of the keys; None where there is none."""

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
        """
        Read the items of a partition in the order of their sort key, all pages unless `limit` says less.

        Either `prefix`, or `after` (exclusive, for going on) and `before` (exclusive), may narrow the sort key.
        """

    def query_index(
        self, table: TableName, index: str, partition: str, *, after: str | None = None, limit: int
    ) -> list[Item]:
        """Read the keys of a partition of an index, eventually consistent, after a sort value."""

    def count_index(self, table: TableName, index: str, partition: str) -> int:
        """Count the items of a partition of an index, eventually consistent."""

    def partitions(self, table: TableName, *, segment: int, of: int, after: str | None = None, limit: int) -> Page:
        """
        List the partition keys of one of so many segments of a table, from the `next` of the page before.

        A page looks at so many items, so that it may hold few keys, or none before the end; what is written meanwhile
        may be missed.
        """

    def scan(self, table: TableName, *, after: str | None = None, limit: int) -> Scanned:
        """Read so many items of a whole table, from the `next` of the page before; what comes meanwhile it may miss."""

    def put(self, table: TableName, item: Item, *, was: int | None = None) -> None:
        """Write one item under its condition. Raises ConflictError."""

    def swap(self, table: TableName, old: Item, new: Item) -> None:
        """
        Write an item in place of one that was read, and that still stands; so it brings back none that went.

        It stands where its texts and numbers are those of `old`; so do those that are only in `new` where there is
        none. Raises ConflictError.
        """

    def delete(self, table: TableName, partition: str, sort: str | None = None, *, was: int | None = None) -> None:
        """Remove one item under its condition. Raises ConflictError."""

    def transact(self, writes: Sequence[Write]) -> None:
        """Do all writes or none, at most 100. Raises ConflictError."""

    def insert(self, table: TableName, items: Sequence[Item]) -> list[bool]:
        """Write each item that has no other under its key yet; say for each whether it was new."""


def standing_of(old: Item, new: Item) -> Mapping[str, str | int | None]:
    """List what tells that an item stands as it was read: its texts and numbers, None for what it has not."""
    told: dict[str, str | int | None] = {name: None for name in new if name not in old}
    return told | {name: value for name, value in old.items() if not isinstance(value, bytes)}


def number(item: Item, name: str, default: int = 0) -> int:
    """Read a number attribute."""
    value = item.get(name, default)
    return value if isinstance(value, int) else default


def text(item: Item, name: str, default: str = "") -> str:
    """Read a string attribute."""
    value = item.get(name, default)
    return value if isinstance(value, str) else default


def binary(item: Item, name: str) -> bytes:
    """Read a bytes attribute."""
    value = item.get(name, b"")
    return value if isinstance(value, bytes) else b""


def size_of(item: Item) -> int:
    """Bytes that DynamoDB bills for an item: names and values."""
    texts, size = [*item], 0
    for value in item.values():
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, bytes):
            size += len(value)
        else:
            size += (len(str(abs(value)).rstrip("0")) + 1) // 2 + 1
    return size + len("".join(texts).encode())
