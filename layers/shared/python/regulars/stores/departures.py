"""
People who are being forgotten, in the table of tallies: what is to be removed of them, until all of it is.

A row that is not `sure` was written before the step that takes the person away, and means nothing without it.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from regulars.stores.database import Database, Item, Put, binary, number, text

SLOT = "forgetting"
AT_ONCE = 2_000  # events of a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """
    Identifiers and profiles that go, and the events that had arrived: pairs of owner and moment. `at` is when.

    `journeys` are rows of the journeys table: owner, item and version. `others` are profiles that were once split from
    theirs, and may remember it. `keys_at` is when their keys were
    marked to be removed, 0 before that.
    """

    id: str
    at: int
    owners: tuple[str, ...]
    profiles: tuple[str, ...]
    events: tuple[tuple[str, str], ...]
    others: tuple[str, ...] = ()
    journeys: tuple[tuple[str, str, int], ...] = ()
    sure: bool = False
    keys_at: int = 0
    version: int = 0


class DepartureStore:
    """Reads and writes departures; each write names the version it read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Sequence[Departure]:
        """List who is being forgotten."""
        return [_from_item(item) for item in self._database.query("tallies", SLOT)]

    def save(self, departure: Departure) -> None:
        """Write a departure. Raises ConflictError."""
        write = put(departure)
        self._database.put(write.table, write.item, was=write.was)

    def remove(self, departure: Departure) -> None:
        """Note that nothing is left to be done."""
        self._database.delete("tallies", SLOT, departure.id, was=departure.version)


def put(departure: Departure) -> Put:
    """The write of a departure, on the condition of the version it was read with."""
    item: Item = {
        "slot": SLOT,
        "part": departure.id,
        "at": departure.at,
        "owners": " ".join(departure.owners),
        "profiles": " ".join(departure.profiles),
        "others": " ".join(departure.others),
        "body": _pack(departure.events),
        "sure": int(departure.sure),
        "keys_at": departure.keys_at,
    }
    if departure.journeys:
        item = {**item, "rows": _pack(departure.journeys)}
    return Put("tallies", item, was=departure.version)


def _from_item(item: Item) -> Departure:
    return Departure(
        id=text(item, "part"),
        at=number(item, "at"),
        owners=tuple(text(item, "owners").split()),
        profiles=tuple(text(item, "profiles").split()),
        others=tuple(text(item, "others").split()),
        events=tuple((owner, moment) for owner, moment in _unpack(binary(item, "body"))),
        journeys=tuple((owner, name, version) for owner, name, version in _unpack(binary(item, "rows"))),
        sure=bool(number(item, "sure")),
        keys_at=number(item, "keys_at"),
        version=number(item, "v"),
    )


def _pack(rows: Sequence[tuple[str | int, ...]]) -> bytes:
    return zlib.compress(json.dumps(rows, ensure_ascii=False).encode())


def _unpack(packed: bytes) -> list[Any]:
    return list(json.loads(zlib.decompress(packed))) if packed else []
