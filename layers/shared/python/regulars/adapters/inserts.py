"""Conditional inserts by PartiQL, 25 to a request: a key that is taken keeps what it has."""

from collections.abc import Callable, Iterator, Sequence

from regulars.adapters.connection import BUSY, Connection, in_our_words
from regulars.adapters.pause import pause
from regulars.adapters.statements import OPERATION, write_insert
from regulars.errors import UnavailableError
from regulars.stores.database import Item

MOST = 25  # statements in a request
TRIES = 6

Pause = Callable[[int], None]


def insert(connection: Connection, name: str, items: Sequence[Item], wait: Pause = pause) -> list[bool]:
    """
    Store each item whose key is free; say for each whether it was.

    Raises UnavailableError when one of them could not be stored, whatever became of the others: send all again.
    """
    waits = iter(range(TRIES - 1))  # of all requests together: a sender has no time for more
    chunks = (items[start:][:MOST] for start in range(0, len(items), MOST))
    return [new for chunk in chunks for new in _some(connection, name, chunk, lambda: _wait(waits, wait))]


def _wait(waits: Iterator[int], wait: Pause) -> None:
    tries = next(waits, None)
    if tries is None:
        raise UnavailableError("the table takes no more at the moment; try again")
    wait(tries)


def _some(connection: Connection, name: str, items: Sequence[Item], wait: Callable[[], None]) -> list[bool]:
    new: dict[int, bool] = {}
    while True:
        left = [at for at in range(len(items)) if at not in new]
        codes = _send(connection, [write_insert(name, items[at]) for at in left])
        new |= {at: code is None for at, code in zip(left, codes, strict=True) if code in (None, "DuplicateItem")}
        if refused := sorted({code for code in codes if code} - BUSY - {"DuplicateItem"}):
            raise UnavailableError(f"an item could not be stored: {', '.join(refused)}")
        if len(new) == len(items):
            return [new[at] for at in range(len(items))]
        wait()


def _send(connection: Connection, statements: Sequence[str]) -> list[str | None]:
    with in_our_words():
        answer = connection.dispatch(OPERATION, {"Statements": statements})
    return [response.get("Error", {}).get("Code") for response in answer["Responses"]]
