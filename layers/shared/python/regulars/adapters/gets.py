"""Reads of many items by their keys, 100 to a request."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from regulars.adapters.connection import Connection, in_our_words
from regulars.adapters.pause import pause
from regulars.adapters.wire import Image
from regulars.errors import UnavailableError

MOST = 100  # keys in a request
TRIES = 6

Key = Mapping[str, Mapping[str, str]]


def get_many(
    connection: Connection, name: str, keys: Sequence[Key], *, consistent: bool, wait: Callable[[int], None] = pause
) -> list[Image]:
    """
    Read the items that there are under these keys, each named once, in no order.

    Raises UnavailableError when the table does not give all of them.
    """
    found: list[Image] = []
    for start in range(0, len(keys), MOST):
        found += _some(connection, {name: {"Keys": list(keys[start:][:MOST]), "ConsistentRead": consistent}}, wait)
    return found


def _some(connection: Connection, asked: dict[str, Any], wait: Callable[[int], None]) -> list[Image]:
    found: list[Image] = []
    for tries in range(TRIES):
        with in_our_words():
            answer = connection.dispatch("BatchGetItem", {"RequestItems": asked})
        found += [item for items in answer["Responses"].values() for item in items]
        asked = answer.get("UnprocessedKeys") or {}
        if not asked:
            return found
        wait(tries)
    raise UnavailableError("the table gives no more at the moment; try again")
