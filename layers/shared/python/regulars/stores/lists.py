"""
Lists in the table of tallies: their uploads, and the roster, which says of each identifier what its newest upload said.

A roster holds everybody who may have joined, and perhaps some who did not: an upload that ended early wrote them down
before it stored their event.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from regulars.domain.instants import DAY, SECOND
from regulars.domain.lists import OPEN_FOR, Mode, State, Upload
from regulars.errors import ConflictError
from regulars.stores.database import Database, Item, Put, number, text

SHARDS = 16
TRIES = 20
_LOOKED_AT = 1_000
_HEAD = "head"
_UPLOAD = "upload#"
_LEFT_FOR = 30 * DAY  # longer than any upload is open: none comes late enough to bring somebody back
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_KEPT = 90 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What holds for a whole list: its newest upload, and the newest that replaces all before it and has all rows."""

    last: int = 0
    replaced: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the newest upload that named an identifier said of it."""

    owner: str
    at: int = 0
    joined: bool = False
    version: int = 0


class ListStore:
    """Keeps uploads and rosters; what an older upload says changes nothing that a newer one said."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def head(self, list: str) -> Head:
        """Read what holds for a whole list."""
        item = self._database.get("tallies", _slot(list), _HEAD) or {}
        return Head(last=number(item, "last"), replaced=number(item, "replaced"), version=number(item, "v"))

    def upload(self, list: str, id: str) -> Upload | None:
        """Read an upload."""
        item = self._database.get("tallies", _slot(list), _UPLOAD + id)
        return _upload(list, item) if item else None

    def uploads(self, list: str, *, before: str | None = None, limit: int) -> list[Upload]:
        """List the newest uploads, newest first, older than one of them."""
        end = _UPLOAD + before if before else None
        items = self._database.query("tallies", _slot(list), after=_UPLOAD, before=end, newest_first=True, limit=limit)
        return [_upload(list, item) for item in items]

    def save(self, upload: Upload, head: Head) -> None:
        """Write an upload and what changes for its list, over the versions that were read. Raises ConflictError."""
        item: Item = {
            "slot": _slot(upload.list),
            "part": _UPLOAD + upload.id,
            "at": upload.at,
            "mode": upload.mode,
            "kind": upload.kind,
            "by": upload.by,
            "state": upload.state,
            "expires": (upload.at + _KEPT) // SECOND,
        }
        top: Item = {"slot": _slot(upload.list), "part": _HEAD, "last": head.last, "replaced": head.replaced}
        self._database.transact([Put("tallies", item, was=upload.version), Put("tallies", top, was=head.version)])

    def note(self, list: str, owners: Sequence[str], *, at: int, joined: bool) -> None:
        """Write down what an upload says of identifiers, where none after it said something. Raises ConflictError."""
        waiting = [*dict.fromkeys(owners)]
        for _ in range(TRIES):
            items = self._database.get_many("tallies", [(_shard(list, owner), owner) for owner in waiting])
            places = [_place(item) if item else Place(owner=owner) for owner, item in zip(waiting, items, strict=True)]
            older = [replace(place, at=at, joined=joined) for place in places if place.at < at]
            waiting = [*self._insert(list, [one for one in older if not one.version])]
            waiting += [one.owner for one in older if one.version and not self._put(list, one)]
            if not waiting:
                return
        raise ConflictError("the roster kept changing")

    def places(self, list: str, shard: int, *, after: str | None, limit: int) -> list[Place]:
        """Read a shard of the roster, by owner."""
        items = self._database.query("tallies", f"{_slot(list)}#{shard:02}", after=after, limit=limit)
        return [_place(item) for item in items]

    def current(self, list: str, places: Sequence[Place]) -> list[Place]:
        """Choose those places that are of members by now."""
        replaced = self.head(list).replaced
        return [place for place in places if place.joined and place.at >= replaced]

    def is_empty(self, list: str) -> bool:
        """Say whether nobody is in a list."""
        shard, last = 0, ""
        while shard < SHARDS:
            places = self.places(list, shard, after=last or None, limit=_LOOKED_AT)
            if self.current(list, places):
                return False
            shard, last = (shard, places[-1].owner) if len(places) == _LOOKED_AT else (shard + 1, "")
        return True

    def _insert(self, list: str, places: Sequence[Place]) -> Iterable[str]:
        """Write down those that were never named; give those that somebody else has named since."""
        new = self._database.insert("tallies", [{**_item(list, place), "v": 1} for place in places])
        return (place.owner for place, is_new in zip(places, new, strict=True) if not is_new)

    def _put(self, list: str, place: Place) -> bool:
        try:
            self._database.put("tallies", _item(list, place), was=place.version)
        except ConflictError:
            return False
        return True


def is_open(upload: Upload, now: int) -> bool:
    """Say whether more may be heard of an upload."""
    return upload.state != "done" and now < upload.at + OPEN_FOR


def _slot(list: str) -> str:
    return f"list#{list}"


def _shard(list: str, owner: str) -> str:
    return f"{_slot(list)}#{_LETTERS.index(owner[-2]) % SHARDS:02}"  # the last letter tells a few bits only


def _item(list: str, place: Place) -> Item:
    item: Item = {"slot": _shard(list, place.owner), "part": place.owner, "at": place.at, "joined": int(place.joined)}
    return item if place.joined else {**item, "expires": (place.at + _LEFT_FOR) // SECOND}


def _place(item: Item) -> Place:
    return Place(
        owner=text(item, "part"), at=number(item, "at"), joined=bool(number(item, "joined")), version=number(item, "v")
    )


def _upload(list: str, item: Item) -> Upload:
    return Upload(
        list=list,
        at=number(item, "at"),
        mode=cast(Mode, text(item, "mode")),
        kind=text(item, "kind"),
        by=text(item, "by"),
        state=cast(State, text(item, "state")),
        version=number(item, "v"),
    )
