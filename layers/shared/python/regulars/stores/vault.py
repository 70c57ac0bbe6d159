"""
The vault: one wrapped data key for each owner; losing a row is losing the personal fields of every copy.

The rows `workspace` and `workspace#N` are the secret that wraps them, as it is now and as it was before it was turned.
A workspace that is closed has its secret set aside in its row: nothing is hashed, sealed or opened until it is back.
The key of somebody who was forgotten is marked as `leaving`, and removed later. Who asks for it meanwhile inserts a row
beside it, which is all that most functions may do here: then it stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from regulars.errors import ConflictError
from regulars.stores.database import Check, Database, Delete, Item, Put, Value, binary, number, text

WORKSPACE = "workspace"
LEAVING = "leaving"
_STAYS = "stays "  # before an owner: the row that says that somebody asked for a key that was leaving


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """
    The wrapped secret of a workspace: which generation it is, and since when (microseconds).

    `closed` is since when it is set aside, for a restore to the instant `restored`, and `replay` the request by which
    the ledger is replayed, over the restored tables named in `over`. Of an older generation `clean` is when nothing
    was found any more that it wraps.
    """

    wrapped: bytes
    generation: int = 1
    turned: int = 0
    closed: int = 0
    restored: int = 0
    replay: str = ""
    over: str = ""
    clean: int = 0
    version: int = 0


class VaultStore:
    """Keeps wrapped keys; the first writer wins and everybody else reads. An erased owner's is empty."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, owner: str) -> bytes | None:
        """Read a wrapped key; one that is leaving opens nothing any more."""
        item = self._database.get("vault", owner)
        if item is None or (LEAVING in item and self._database.get("vault", _STAYS + owner) is None):
            return None
        return binary(item, "wrapped")

    def get_many(self, owners: Sequence[str]) -> dict[str, bytes]:
        """Read the wrapped keys of those among several owners who have one; what was leaving stays."""
        found = self._database.get_many("vault", [(owner, None) for owner in owners])
        if leaving := [text(item, "owner") for item in found if item and LEAVING in item]:
            self._database.insert("vault", [{"owner": _STAYS + owner, "v": 1} for owner in leaving])
            found = self._database.get_many("vault", [(owner, None) for owner in owners])  # it may be gone by now
        return {text(item, "owner"): binary(item, "wrapped") for item in found if item}

    def create(self, owner: str, wrapped: bytes) -> bytes:
        """Store a wrapped key unless there is one; give back the one that stands."""
        return self.create_many([(owner, wrapped)])[owner]

    def create_many(self, wrapped: Sequence[tuple[str, bytes]]) -> dict[str, bytes]:
        """Store wrapped keys, each unless its owner has one; give back those that stand."""
        new = self._database.insert("vault", [{"owner": owner, "wrapped": key, "v": 1} for owner, key in wrapped])
        taken = [owner for (owner, _), is_new in zip(wrapped, new, strict=True) if not is_new]
        return {**dict(wrapped), **(self.get_many(taken) if taken else {})}

    def secret(self, generation: int | None = None) -> Secret | None:
        """Read the secret of the workspace, the one in use or that of an older generation."""
        item = self._database.get("vault", _place(generation))
        return _secret(item) if item else None

    def save_secret(self, secret: Secret) -> Secret:
        """Write the secret in use; give it as it stands then. Raises ConflictError."""
        self._database.put("vault", _item(WORKSPACE, secret), was=secret.version)
        return replace(secret, version=secret.version + 1)

    def turn(self, old: Secret, new: Secret) -> None:
        """Put another secret in the place of one, which is kept beside it. Raises ConflictError."""
        place = _place(old.generation)
        self._database.transact(
            [
                Put("vault", _item(place, old), 0),
                Put("vault", _item(WORKSPACE, new), old.version),
            ]
        )

    def save_old(self, old: Secret) -> None:
        """Write what is known of an older generation. Raises ConflictError."""
        self._database.put("vault", _item(_place(old.generation), old), was=old.version)

    def end(self, old: Secret) -> None:
        """Remove an older generation: what it still wraps is lost. Raises ConflictError."""
        self._database.delete("vault", _place(old.generation), was=old.version)

    def older(self, newest: int) -> list[Secret]:
        """Read the older generations that are still there, the oldest first."""
        places = [(_place(generation), None) for generation in range(max(1, newest - _BACK), newest)]
        return [_secret(item) for item in self._database.get_many("vault", places) if item]

    def rewrap(self, item: Item, wrapped: bytes) -> None:
        """Wrap a key anew, where its row is as it was read. Raises ConflictError."""
        self._database.put("vault", {**item, "wrapped": wrapped}, was=number(item, "v"))

    def mark(self, owner: str) -> None:
        """Mark a key as leaving; not that of somebody erased. Raises ConflictError."""
        item = self._database.get("vault", owner)
        if item and binary(item, "wrapped") and LEAVING not in item:
            self._database.put("vault", {**item, LEAVING: 1}, was=number(item, "v"))

    def remove_marked(self, owner: str) -> None:
        """Remove a key that is leaving, unless somebody asked for it: then it stays."""
        item = self._database.get("vault", owner)
        if item is None or LEAVING not in item:
            return
        key, version = (owner, None), number(item, "v")
        try:
            self._database.transact([Check("vault", (_STAYS + owner, None), was=0), Delete("vault", key, was=version)])
        except ConflictError:
            self.stay(owner)

    def stay(self, owner: str) -> None:
        """Let a key that was leaving stay. Raises ConflictError."""
        item = self._database.get("vault", owner)
        if item and LEAVING in item:
            stays = {name: value for name, value in item.items() if name != LEAVING}
            self._database.put("vault", stays, was=number(item, "v"))
        self._database.delete("vault", _STAYS + owner)


def standing(live: Secret | None, restored: Secret | None) -> Secret | None:
    """
    Choose the secret under which a workspace opens after a restore of the vault, the newer generation.

    Of the same generation it is the restored one: an emptied vault may have got another secret before it was closed.
    """
    if restored is None or not restored.wrapped:
        return live
    if live is None or not live.wrapped or restored.generation >= live.generation:
        return restored
    return live


def is_secret(owner: str) -> bool:
    """Say whether a row of the vault is the workspace's and nobody's: owners are `kind:hash`."""
    return ":" not in owner


_BACK = 100  # generations
_NUMBERS = ("turned", "closed", "restored", "clean")
_TEXTS = ("replay", "over")


def _place(generation: int | None) -> str:
    return WORKSPACE if generation is None else f"{WORKSPACE}#{generation}"


def _item(place: str, secret: Secret) -> Item:
    aside = bool(secret.closed)
    item: dict[str, Value] = {
        "owner": place,
        "wrapped": b"" if aside else secret.wrapped,
        "generation": secret.generation,
    }
    if aside and secret.wrapped:
        item["aside"] = secret.wrapped
    return item | {name: value for name in (*_NUMBERS, *_TEXTS) if (value := getattr(secret, name))}


def _secret(item: Item) -> Secret:
    return Secret(
        wrapped=binary(item, "wrapped") or binary(item, "aside"),
        generation=number(item, "generation", 1),
        turned=number(item, "turned"),
        closed=number(item, "closed"),
        restored=number(item, "restored"),
        replay=text(item, "replay"),
        over=text(item, "over"),
        clean=number(item, "clean"),
        version=number(item, "v"),
    )
