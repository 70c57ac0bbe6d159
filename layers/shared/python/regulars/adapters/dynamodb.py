"""The port `Database` over DynamoDB."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import islice
from operator import and_
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from regulars.adapters import settings
from regulars.adapters.connection import Connection, Meter, in_our_words
from regulars.adapters.gets import get_many
from regulars.adapters.inserts import insert
from regulars.adapters.spilling import Objects, nowhere, spill, whole
from regulars.adapters.wire import Image, from_wire, to_wire
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
    standing_of,
    text,
)

MOST = 100  # writes in a transaction


class DynamoDatabase:
    """
    Eleven tables in DynamoDB; what is inserted may be larger than an item, if there is a place for `objects`.

    Each call raises UnavailableError when DynamoDB does not answer.
    """

    def __init__(
        self,
        names: Mapping[TableName, str] | None = None,
        meter: Meter | None = None,
        objects: Callable[[], Objects] = nowhere,
    ) -> None:
        self._objects = objects
        self._names = names or {table: settings.table(table) for table in KEYS}
        self._connection = Connection(self._names, meter)

    def get(self, table: TableName, partition: str, sort: str | None = None, *, consistent: bool = True) -> Item | None:
        """Read one item."""
        with in_our_words():
            answer = self._connection.get_item(self._names[table], partition, sort, consistent_read=consistent)
        return self._read(answer["Item"]) if "Item" in answer else None

    def get_many(
        self, table: TableName, keys: Sequence[tuple[str, str | None]], *, consistent: bool = True
    ) -> list[Item | None]:
        """Read items by partition and sort key, in the order of the keys; None where there is none."""
        asked = [_wire_key(table, key) for key in dict.fromkeys(keys)]  # DynamoDB refuses a key that is named twice
        images = get_many(self._connection, self._names[table], asked, consistent=consistent)
        found = {_key_of(table, item): item for item in map(self._read, images)}
        return [found.get(key) for key in keys]

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
        """Read the items of a partition in the order of their sort key, all pages unless `limit` says less."""
        sort = KEYS[table][1] or ""
        if after and before and after >= before:
            return []
        spare = 2 if after and before else 0  # both ends of that range come along, and are dropped
        pages = self._pages(
            table,
            partition,
            range_key_condition=_between(sort, prefix, after, before),
            scan_index_forward=not newest_first,
            consistent_read=consistent,
            limit=limit + spare if limit is not None else None,
        )
        items = (item for item in pages if _within(text(item, sort), after, before))
        return list(islice(items, limit))

    def query_index(
        self, table: TableName, index: str, partition: str, *, after: str | None = None, limit: int
    ) -> list[Item]:
        """Read the keys of a partition of an index, eventually consistent, after a sort value."""
        sort = INDEXES[table][index][1]
        condition = Path(sort) > after if after else None
        pages = self._pages(table, partition, index_name=index, range_key_condition=condition, limit=limit)
        return list(islice(pages, limit))

    def count_index(self, table: TableName, index: str, partition: str) -> int:
        """Count the items of a partition of an index, page by page of a megabyte of keys."""
        call: dict[str, Any] = {
            "TableName": self._names[table],
            "IndexName": index,
            "Select": "COUNT",
            "KeyConditionExpression": "#partition = :partition",
            "ExpressionAttributeNames": {"#partition": INDEXES[table][index][0]},
            "ExpressionAttributeValues": {":partition": {"S": partition}},
        }
        count = 0
        while True:
            with in_our_words():
                answer = self._connection.dispatch("Query", call)
            count += int(answer["Count"])
            if "LastEvaluatedKey" not in answer:
                return count
            call["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def partitions(self, table: TableName, *, segment: int, of: int, after: str | None = None, limit: int) -> Page:
        """List the partition keys of one of so many segments of a table, from the `next` of the page before."""
        keys = [name for name in KEYS[table] if name]
        call: dict[str, Any] = {
            "TableName": self._names[table],
            "Segment": segment,
            "TotalSegments": of,
            "Limit": limit,
            "ProjectionExpression": ", ".join(f"#{name}" for name in keys),
            "ExpressionAttributeNames": {f"#{name}": name for name in keys},
        }
        start = json.loads(after) if after is not None else None
        if start:
            call["ExclusiveStartKey"] = {name: {"S": value} for name, value in zip(keys, start, strict=True)}
        with in_our_words():
            answer = self._connection.dispatch("Scan", call)
        # The items of a partition follow one another: the first may go on with the last of the page before.
        found = dict.fromkeys(item[keys[0]]["S"] for item in answer["Items"])
        if start:
            found.pop(start[0], None)
        last = answer.get("LastEvaluatedKey")
        return Page(list(found), json.dumps([last[name]["S"] for name in keys]) if last else None)

    def scan(self, table: TableName, *, after: str | None = None, limit: int) -> Scanned:
        """Read so many items of a whole table, from the `next` of the page before."""
        keys = [name for name in KEYS[table] if name]
        call: dict[str, Any] = {"TableName": self._names[table], "Limit": limit, "ConsistentRead": True}
        if after is not None:
            place = zip(keys, json.loads(after), strict=True)
            call["ExclusiveStartKey"] = {name: {"S": value} for name, value in place}
        with in_our_words():
            answer = self._connection.dispatch("Scan", call)
        last = answer.get("LastEvaluatedKey")
        next = json.dumps([last[name]["S"] for name in keys]) if last else None
        return Scanned([from_wire(image) for image in answer["Items"]], next)

    def put(self, table: TableName, item: Item, *, was: int | None = None) -> None:
        """Write one item under its condition. Raises ConflictError."""
        call = self._call(Put(table, spill(table, item, self._objects), was))
        with in_our_words():
            self._connection.dispatch("PutItem", call)

    def swap(self, table: TableName, old: Item, new: Item) -> None:
        """Write an item in place of one that was read, and still stands. Raises ConflictError."""
        partition, sort = _key_of(table, new)
        call: dict[str, Any] = self._connection.get_operation_kwargs(
            self._names[table],
            partition,
            sort,
            key="Item",
            attributes=to_wire(spill(table, new, self._objects)),
            condition=_stands(old, new),
        )
        with in_our_words():
            self._connection.dispatch("PutItem", call)

    def delete(self, table: TableName, partition: str, sort: str | None = None, *, was: int | None = None) -> None:
        """Remove one item under its condition. Raises ConflictError."""
        call = self._call(Delete(table, (partition, sort), was))
        with in_our_words():
            self._connection.dispatch("DeleteItem", call)

    def transact(self, writes: Sequence[Write]) -> None:
        """Do all writes or none, at most 100. Raises ConflictError."""
        if not 0 < len(writes) <= MOST or len({(write.table, *_key(write)) for write in writes}) < len(writes):
            raise ValueError("a transaction has 1 to 100 writes, each of another item")
        with in_our_words():
            self._connection.transact_write_items(
                condition_check_items=[self._call(write) for write in writes if isinstance(write, Check)],
                delete_items=[self._call(write) for write in writes if isinstance(write, Delete)],
                put_items=[self._call(write) for write in writes if isinstance(write, Put)],
                update_items=[],
            )

    def insert(self, table: TableName, items: Sequence[Item]) -> list[bool]:
        """Write each item that has no other under its key yet; say for each whether it was new."""
        first = {_key_of(table, item): at for at, item in reversed(list(enumerate(items)))}
        distinct = sorted(first.values())  # DynamoDB refuses a whole request that names one key twice
        storable = [spill(table, items[at], self._objects) for at in distinct]
        new = insert(self._connection, self._names[table], storable)
        was_new = dict(zip(distinct, new, strict=True))
        return [was_new.get(at, False) for at in range(len(items))]

    def _read(self, image: Image) -> Item:
        return whole(from_wire(image), self._objects)

    def _call(self, write: Write) -> dict[str, Any]:
        """The parameters of a write, in a transaction or by itself."""
        partition, sort = _key(write)
        is_put = isinstance(write, Put)
        call: dict[str, Any] = self._connection.get_operation_kwargs(
            self._names[write.table],
            partition,
            sort,
            key="Item" if is_put else "Key",
            attributes=to_wire(_numbered(write)) if isinstance(write, Put) else None,
            condition=_unchanged(write),
        )
        return call

    def _pages(self, table: TableName, partition: str, *, limit: int | None, **asked: Any) -> Iterator[Item]:
        """Read page after page, lazily, so that who has enough stops asking."""
        start = None
        while True:
            with in_our_words():
                answer = self._connection.query(
                    self._names[table], partition, exclusive_start_key=start, limit=limit, **asked
                )
            yield from map(self._read, answer["Items"])
            start = answer.get("LastEvaluatedKey")
            if not start:
                return


def _between(sort: str, prefix: str, after: str | None, before: str | None) -> Condition | None:
    """The narrowest range of sort keys that DynamoDB can be asked for; its ends may be in it."""
    if prefix:
        return Path(sort).startswith(prefix)
    if after and before:
        return Path(sort).between(after, before)
    if before:
        return Path(sort) < before
    return Path(sort) > after if after else None


def _within(sort: str, after: str | None, before: str | None) -> bool:
    return (after is None or sort > after) and (before is None or sort < before)


def _numbered(write: Put) -> Item:
    return write.item if write.was is None else {**write.item, "v": write.was + 1}


def _unchanged(write: Write) -> Condition | None:
    if write.was is None:
        return None
    return Path("v") == write.was if write.was else Path(KEYS[write.table][0]).does_not_exist()


def _stands(old: Item, new: Item) -> Condition:
    each = [
        Path(name).does_not_exist() if value is None else Path(name) == value
        for name, value in standing_of(old, new).items()
    ]
    return reduce(and_, each)


def _wire_key(table: TableName, key: tuple[str, str | None]) -> dict[str, dict[str, str]]:
    return {name: {"S": value} for name, value in zip(KEYS[table], key, strict=True) if name and value is not None}


def _key(write: Write) -> tuple[str, str | None]:
    return _key_of(write.table, write.item) if isinstance(write, Put) else write.key


def _key_of(table: TableName, item: Item) -> tuple[str, str | None]:
    partition, sort = KEYS[table]
    return text(item, partition), text(item, sort) if sort else None
