"""Rows of the audit trail by chain and number: they are inserted where nothing stands, and never touched again."""

import json
from collections.abc import Sequence

from regulars.domain.audit import DIGITS, KINDS, LOOKBACK, Deed, Head, Place, Row, chain_of, day_text
from regulars.domain.instants import DAY
from regulars.stores.database import Database, Item, number, text


class AuditStore:
    """Appends rows and reads them; every read is consistent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, row: Row) -> bool:
        """Store a row in its place; say whether that was free."""
        return self._database.insert("audit", [to_item(row)])[0]

    def newest(self, chain: str) -> Row | None:
        """Read the last row of a chain."""
        found = self._database.query("audit", chain, newest_first=True, limit=1)
        return from_item(found[0]) if found else None

    def of(self, chain: str, *, after: int = -1, limit: int | None = None) -> list[Row]:
        """Read the rows of a chain behind a number."""
        place = _sort(after) if after >= 0 else None
        return [from_item(item) for item in self._database.query("audit", chain, after=place, limit=limit)]

    def head(self, at: int, function: str, lane: int) -> Head | None:
        """Find the row that a function's next one follows: of the day of an instant, or of one of the week before."""
        for day in range(at // DAY, at // DAY - LOOKBACK - 1, -1):
            if row := self.newest(chain_of(day_text(day), function, lane)):
                return row.head
        return None


def to_item(row: Row) -> Item:
    """Lay out a row."""
    deed = row.deed
    return {
        "chain": row.place.chain,
        "number": _sort(row.place.number),
        "at": row.at,
        "who": deed.who,
        "roles": _listed(deed.roles),
        "kind": deed.kind,
        "what": deed.what,
        "whom": _listed(deed.whom),
        "count": deed.count,
        "opened": int(deed.opened),
        "case": deed.case,
        "request": deed.request,
        "outcome": deed.outcome,
        "after": row.after,
        "previous": row.previous,
        "hash": row.hash,
    }


def from_item(item: Item) -> Row:
    """Read a row back. One that was edited is read as it stands: its hash tells that it is not as it was."""
    sort, kind = text(item, "number"), text(item, "kind")
    deed = Deed(
        who=text(item, "who"),
        roles=_list(item, "roles"),
        kind=next((each for each in KINDS if each == kind), "reads"),
        what=text(item, "what"),
        whom=_list(item, "whom"),
        count=number(item, "count", -1),
        opened=bool(number(item, "opened")),
        case=text(item, "case"),
        request=text(item, "request"),
        outcome=text(item, "outcome"),
    )
    row = Row(
        place=Place(text(item, "chain"), int(sort) if sort.isascii() and sort.isdigit() else -1),
        at=number(item, "at"),
        deed=deed,
        after=text(item, "after"),
        previous=text(item, "previous"),
        hash=text(item, "hash"),
    )
    # What a row does not say in just the form in which it was written, it has not said.
    return row if to_item(row) == dict(item) else _spoilt(row)


def _spoilt(row: Row) -> Row:
    return Row(place=row.place, at=row.at, deed=row.deed, after=row.after, previous=row.previous, hash="")


def _sort(number: int) -> str:
    return f"{number:0{DIGITS}}"


def _listed(texts: Sequence[str]) -> str:
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":"))


def _list(item: Item, name: str) -> tuple[str, ...]:
    try:
        said = json.loads(text(item, name))
    except ValueError:
        return ()
    return tuple(str(each) for each in said) if isinstance(said, list) else ()
