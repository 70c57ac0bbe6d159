"""
Items too large for DynamoDB: their bytes are spilled into objects, and the item says where.

An object's key tells owner, moment and print, so that a retry writes the same again, and another item under the same
key in the table never takes its place.
"""

from collections.abc import Callable
from typing import Protocol

from regulars.errors import UnavailableError
from regulars.stores.database import Item, TableName, size_of, text
from regulars.stores.large import SPILLED, SPILLS_FROM, folder_of, prefix_of

_EVENTS = folder_of("events", "")[:-1]
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

    An image of an event from before its context went (docs/retention.md) is whole without it. Raises
    UnavailableError, also when another object is not there: it was written before the item.
    """
    if SPILLED not in item:
        return item
    prefix, *names = text(item, SPILLED).split()
    rest = {name: value for name, value in item.items() if name != SPILLED}
    found = {name: objects().get(f"{prefix}/{name}") for name in names}
    lost = {name for name, content in found.items() if content is None}
    if lost - ({"sealed"} if prefix.startswith(_EVENTS) else set()):
        raise UnavailableError("a part of an item is not where the item says")
    return {**rest, **{name: content for name, content in found.items() if content is not None}}


def _at_most(item: Item) -> int:
    """Tell a size that an item surely does not exceed: most are far below, and need not be counted exactly."""
    sizes = [len(value) if isinstance(value, bytes) else _LETTER * len(str(value)) for value in item.values()]
    return sum(sizes) + _ATTRIBUTE * len(sizes)
