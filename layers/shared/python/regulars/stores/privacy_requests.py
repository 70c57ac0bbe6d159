"""Requests of persons in the catalog table: each with whom it names, and who it turned out to be about."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

from regulars.domain.erasure import Doomed
from regulars.domain.privacy_deadlines import Extension, Law
from regulars.domain.privacy_requests import Kind, Request, State
from regulars.stores.database import Database, Item, Value, number, text

REQUEST = "privacy_request"
SUBJECT = "privacy_subject"
DOOMED = "privacy_owner"
TIE = "privacy_tie"
_TEXTS = ("reference", "verified_by", "proof", "stage", "extended_by", "extension", "aside")
_NUMBERS = ("verified", "marked", "round", "began", "ended", "erased", "repeats", "awake", "extended")


class RequestStore:
    """Reads and writes requests; each write names the version it read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, id: str) -> Request | None:
        """Read a request."""
        item = self._database.get("catalog", REQUEST, id)
        return _request(item) if item else None

    def newest(self, *, before: str | None = None, limit: int) -> list[Request]:
        """Read requests, newest first, older than one."""
        items = self._database.query("catalog", REQUEST, before=before, newest_first=True, limit=limit)
        return [_request(item) for item in items]

    def save(self, request: Request) -> Request:
        """Write a request; give it as it stands then. Raises ConflictError."""
        self._database.put("catalog", _item(request), was=request.version)
        return replace(request, version=request.version + 1)

    def add(self, id: str, owners: Iterable[str]) -> int:
        """Add identifiers to a request; say how many it did not have."""
        rows: list[Item] = [{"kind": SUBJECT, "id": f"{id}#{owner}"} for owner in dict.fromkeys(owners)]
        return sum(self._database.insert("catalog", rows))

    def subjects(self, id: str, *, after: str | None, limit: int) -> list[str]:
        """List the identifiers that a request names, after one of them."""
        return [owner for owner, _ in self._rows(SUBJECT, id, after, limit)]

    def doom(self, id: str, found: Sequence[Doomed]) -> None:
        """Write down who is erased by a request, before anything is."""
        rows: list[Item] = [
            {
                "kind": DOOMED,
                "id": f"{id}#{one.owner}",
                "profiles": " ".join(one.profiles),
                **({"others": " ".join(one.others)} if one.others else {}),
            }
            for one in found
        ]
        self._database.insert("catalog", rows)

    def doomed(self, id: str, *, after: str | None, limit: int) -> list[Doomed]:
        """List who is erased by a request, after one of them."""
        rows = self._rows(DOOMED, id, after, limit)
        return [
            Doomed(
                owner=owner,
                profiles=tuple(text(item, "profiles").split()),
                others=tuple(text(item, "others").split()),
            )
            for owner, item in rows
        ]

    def spare(self, id: str, owners: list[str]) -> None:
        """Let a request be about identifiers no longer, so that they are not erased again when that is repeated."""
        keys: list[tuple[str, str | None]] = [(kind, f"{id}#{owner}") for kind in (DOOMED, SUBJECT) for owner in owners]
        for item in self._database.get_many("catalog", keys):
            if item is not None:
                self._database.delete("catalog", text(item, "kind"), text(item, "id"))

    def all(self, *, before: str | None = None) -> Iterator[Request]:
        """List all requests, newest first, older than one."""
        while page := self.newest(before=before, limit=1_000):
            yield from page
            before = page[-1].id

    def erasures(self) -> Iterator[Request]:
        """List all requests after which nothing of the people is left, newest first."""
        return (each for each in self.all() if each.erases)

    def tie(self, id: str, owners: Iterable[str], person: str) -> None:
        """Note that several identifiers are one person, until what they leave is counted."""
        rows: list[Item] = [{"kind": TIE, "id": f"{id}#{owner}", "person": person} for owner in owners]
        self._database.insert("catalog", rows)

    def ties(self, id: str) -> dict[str, str]:
        """Give the person of each identifier that is not alone."""
        found: dict[str, str] = {}
        after = None
        while rows := self._rows(TIE, id, after, 1_000):
            found |= {owner: text(item, "person") for owner, item in rows}
            after = rows[-1][0]
        return found

    def untie(self, id: str, *, limit: int) -> bool:
        """Forget some of those; say whether there are more."""
        rows = self._rows(TIE, id, None, limit)
        for _, item in rows:
            self._database.delete("catalog", TIE, text(item, "id"))
        return len(rows) == limit

    def is_any_running(self) -> bool:
        """Say whether workers are at any request."""
        before = None
        while page := self.newest(before=before, limit=1_000):
            if any(each.state == "running" for each in page):
                return True
            before = page[-1].id
        return False

    def is_doomed(self, id: str, owner: str) -> bool:
        """Say whether an identifier is erased by a request."""
        return self._database.get("catalog", DOOMED, f"{id}#{owner}") is not None

    def all_doomed(self, id: str) -> Iterator[Doomed]:
        """List everybody who is erased by a request."""
        after = None
        while found := self.doomed(id, after=after, limit=1_000):
            yield from found
            after = found[-1].owner

    def _rows(self, kind: str, id: str, after: str | None, limit: int) -> list[tuple[str, Item]]:
        first, end = f"{id}#{after or ''}", f"{id}$"  # the letter after # is $
        items = self._database.query("catalog", kind, after=first, before=end, limit=limit)
        return [(text(item, "id").partition("#")[2], item) for item in items]


def _item(request: Request) -> Item:
    item: dict[str, Value] = {
        "kind": REQUEST,
        "id": request.id,
        "asked": request.kind,
        "by": request.by,
        "received": request.received,
        "law": request.law,
        "state": request.state,
        "identifiers": request.identifiers,
        "found": json.dumps(dict(request.found), sort_keys=True, separators=(",", ":")),
        "last": json.dumps(dict(request.last), sort_keys=True, separators=(",", ":")),
    }
    rare: dict[str, Value] = {name: getattr(request, name) for name in (*_TEXTS, *_NUMBERS)}
    if request.held_by:
        item["held_by"] = " ".join(request.held_by)
    if request.cursor is not None:
        item["cursor"] = request.cursor
    if request.counted:
        item["counted"] = json.dumps(dict(request.counted), sort_keys=True, separators=(",", ":"))
    if request.changed:
        item["changed"] = json.dumps(request.changed)
    return item | {name: value for name, value in rare.items() if value}


def _request(item: Item) -> Request:
    return Request(
        id=text(item, "id"),
        kind=cast(Kind, text(item, "asked")),
        by=text(item, "by"),
        received=number(item, "received"),
        law=cast(Law, text(item, "law")),
        state=cast(State, text(item, "state")),
        identifiers=number(item, "identifiers"),
        reference=text(item, "reference"),
        verified_by=text(item, "verified_by"),
        proof=text(item, "proof"),
        stage=text(item, "stage"),
        verified=number(item, "verified"),
        marked=number(item, "marked"),
        round=number(item, "round"),
        began=number(item, "began"),
        ended=number(item, "ended"),
        erased=number(item, "erased"),
        repeats=number(item, "repeats"),
        awake=number(item, "awake"),
        aside=text(item, "aside"),
        held_by=tuple(text(item, "held_by").split()),
        cursor=text(item, "cursor") or None,
        found=json.loads(text(item, "found", "{}")),
        last=json.loads(text(item, "last", "{}")),
        extended=number(item, "extended"),
        extended_by=text(item, "extended_by"),
        extension=cast(Extension, text(item, "extension")),
        changed=tuple(json.loads(text(item, "changed", "[]"))),
        counted=json.loads(text(item, "counted", "{}")),
        version=number(item, "v"),
    )
