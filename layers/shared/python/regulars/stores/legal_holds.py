"""Legal holds in the catalog table: each with whom it names, and whose events it keeps from being deleted."""

from collections.abc import Iterable
from dataclasses import replace

from regulars.domain.legal_holds import LegalHold
from regulars.stores.database import Database, Item, Value, number, text

LEGAL_HOLD = "legal_hold"
NAMED = "legal_hold_subject"
REACHED = "legal_hold_reached"
_NUMBERS = ("until", "released")


class LegalHoldStore:
    """Reads and writes holds; each write names the version it read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, id: str) -> LegalHold | None:
        """Read a hold."""
        item = self._database.get("catalog", LEGAL_HOLD, id)
        return _hold(item) if item else None

    def newest(self, *, before: str | None = None, limit: int | None = None) -> list[LegalHold]:
        """Read holds, newest first, older than one; all of them without a limit."""
        items = self._database.query("catalog", LEGAL_HOLD, before=before, newest_first=True, limit=limit)
        return [_hold(item) for item in items]

    def standing(self, now: int) -> list[LegalHold]:
        """Read the holds that stand."""
        return [hold for hold in self.newest() if hold.stands(now)]

    def save(self, hold: LegalHold) -> LegalHold:
        """Write a hold; give it as it stands then. Raises ConflictError."""
        self._database.put("catalog", _item(hold), was=hold.version)
        return replace(hold, version=hold.version + 1)

    def add(self, id: str, owners: Iterable[str]) -> None:
        """Let a hold name identifiers."""
        rows: list[Item] = [{"kind": NAMED, "id": f"{id}#{owner}"} for owner in dict.fromkeys(owners)]
        self._database.insert("catalog", rows)

    def named(self, id: str) -> list[str]:
        """List the identifiers that a hold names."""
        items = self._database.query("catalog", NAMED, prefix=f"{id}#")
        return [text(item, "id").partition("#")[2] for item in items]

    def reach(self, owner: str) -> None:
        """Note that events of an identifier are kept from being deleted, before any is."""
        self._database.insert("catalog", [{"kind": REACHED, "id": owner}])

    def reached(self) -> list[str]:
        """List the identifiers whose events are kept from being deleted."""
        return [text(item, "id") for item in self._database.query("catalog", REACHED)]

    def leave(self, owner: str) -> None:
        """Note that events of an identifier are deleted as others are, once all of them are."""
        self._database.delete("catalog", REACHED, owner)


def _item(hold: LegalHold) -> Item:
    item: dict[str, Value] = {
        "kind": LEGAL_HOLD,
        "id": hold.id,
        "reference": hold.reference,
        "by": hold.by,
        "placed": hold.placed,
        "identifiers": hold.identifiers,
    }
    rare: dict[str, Value] = {name: getattr(hold, name) for name in (*_NUMBERS, "released_by")}
    return item | {name: value for name, value in rare.items() if value}


def _hold(item: Item) -> LegalHold:
    return LegalHold(
        id=text(item, "id"),
        reference=text(item, "reference"),
        by=text(item, "by"),
        placed=number(item, "placed"),
        until=number(item, "until"),
        identifiers=number(item, "identifiers"),
        released=number(item, "released"),
        released_by=text(item, "released_by"),
        version=number(item, "v"),
    )
