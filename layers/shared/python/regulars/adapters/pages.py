"""Lists in pages: so many items and so many bytes at most, and a cursor to go on with."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from regulars.adapters.bodies import whole_number
from regulars.adapters.routes import Call, Parameter
from regulars.domain.cursors import cursor_key, read_cursor, write_cursor
from regulars.errors import InvalidRequestError
from regulars.pipeline.ports import Sealer

USUAL, MOST = 50, 1_000
MAX_BYTES = 2_500_000  # Lambda answers 6 MB, in which the body is text once more, quotes escaped

PAGED = (
    Parameter(
        name="limit",
        description=f"how many items at most; {USUAL} unless told",
        schema={"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    ),
    Parameter(
        name="cursor",
        description="the `next` of the answer before; it fits this very list only",
        schema={"type": "string"},
    ),
)
DRY_RUN = Parameter(
    name="dry_run",
    description="say what it would do, and change nothing",
    schema={"type": "boolean", "default": False},
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page was asked for: of which list, after which place, and how many items."""

    of: str
    after: str | None
    limit: int

    @property
    def one_more(self) -> int:
        """How many to read to know whether the list goes on."""
        return self.limit + 1


class Pager:
    """Reads which page is asked for, and says how to ask for the next."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def asked(self, call: Call, *of: str) -> Asked:
        """Read limit and cursor for the list named by `of`. Raises InvalidRequestError."""
        name = "\0".join(of)
        query = call.request.query
        limit = whole_number(query["limit"], "limit", 1, MOST) if "limit" in query else USUAL
        cursor = query.get("cursor")
        after = read_cursor(cursor, of=name, key=self._key()) if cursor is not None else None
        return Asked(name, after, limit)

    def cursor(self, asked: Asked, place: str | None) -> str | None:
        """Write the cursor of a place; None at the end of a list."""
        return write_cursor(place, of=asked.of, key=self._key()) if place is not None else None

    def page(
        self, asked: Asked, found: Sequence[T], show: Callable[[T], Any], place: Callable[[T], str]
    ) -> tuple[list[Any], str | None]:
        """Show what was found (one more than asked for, if the list goes on) and say where it goes on."""
        shown = within([show(item) for item in found[: asked.limit]])
        goes_on = len(shown) < len(found)
        return shown, self.cursor(asked, place(found[len(shown) - 1]) if goes_on else None)

    def _key(self) -> bytes:
        return cursor_key(self._sealer.hash_key)


def is_dry_run(call: Call) -> bool:
    """Say whether only a rehearsal is asked for. Raises InvalidRequestError."""
    return is_set(call, "dry_run")


def is_set(call: Call, name: str) -> bool:
    """Say whether a parameter of the query is true. Raises InvalidRequestError."""
    said = call.request.query.get(name, "false")
    if said not in ("true", "false"):
        raise InvalidRequestError(f"{name} is true or false")
    return said == "true"


def within(items: Sequence[Any], most: int = MAX_BYTES) -> list[Any]:
    """Give the first items that fit into an answer: at least one, if there is one."""
    kept: list[Any] = []
    for item in items:
        most -= len(json.dumps(item))
        if most < 0 and kept:
            break
        kept.append(item)
    return kept
