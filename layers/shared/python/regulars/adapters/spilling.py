"""
Items too large for DynamoDB: their bytes are spilled into objects, and the item says where.

An object's key tells owner, moment and print, so that a retry writes the same again, and another item under the same
key in the table never takes its place.
"""

from collections.abc import Callable
from typing import Protocol

from regulars.errors import UnavailableError
from regulars.stores.database import Item, TableName, size_of, text
from regulars.stores.large import SPILLED, SPILLS_FROM, prefix_of

_LETTER = 4  # bytes at most
_ATTRIBUTE = 256  # bytes at most of a name, and of a number beside its digits


class Objects(Protocol):
    """Where large things are."""

    def put(self, key: str, content: bytes) -> None:
        """Store bytes, whatever stood there."""

    def get(self, key: str) -> bytes | None:
        """Read bytes; None when there are none."""


def nowhere() -> Objects:
    """Stand for no place at all. Raises ValueError."""
    raise ValueError("an item is too large, and nobody said where large things go")


def spill(table: TableName, item: Item, objects: Callable[[], Objects]) -> Item:
    """Move the bytes of an item that is too large into objects. Raises UnavailableError."""
    if _at_most(item) <= SPILLS_FROM or size_of(item) <= SPILLS_FROM:
        return item
    large = {name: value for name, value in item.items() if isinstance(value, bytes) and len(value) > len(SPILLED)}
    prefix = prefix_of(table, item)
    for name, content in large.items():
        objects().put(f"{prefix}/{name}", content)
    rest = {name: value for name, value in item.items() if name not in large}
    return {**rest, SPILLED: " ".join([prefix, *large])}


def whole(item: Item, objects: Callable[[], Objects]) -> Item:
    """
    Fetch what was spilled of an item.

    Raises UnavailableError, also when an object is not there: it was written before the item.
    """
    if SPILLED not in item:
        return item
    prefix, *names = text(item, SPILLED).split()
    rest = {name: value for name, value in item.items() if name != SPILLED}
    return {**rest, **{name: _fetch(f"{prefix}/{name}", objects()) for name in names}}


def _at_most(item: Item) -> int:
    """Tell a size that an item surely does not exceed: most are far below, and need not be counted exactly."""
    sizes = [len(value) if isinstance(value, bytes) else _LETTER * len(str(value)) for value in item.values()]
    return sum(sizes) + _ATTRIBUTE * len(sizes)


def _fetch(key: str, objects: Objects) -> bytes:
    content = objects.get(key)
    if content is None:
        raise UnavailableError("a part of an item is not where the item says")
    return content
