"""
Turn the key of a workspace: another one wraps from now on, and what the older one wraps is wrapped anew.

Each row says under which generation it is, so whoever is interrupted begins again and writes only what is left. A row
is written under the version that was read: an erasure that comes between wins, and an emptied row stays empty.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from regulars.domain.instants import DAY
from regulars.domain.timers import MINUTE
from regulars.errors import ConflictError, NotFoundError, UnavailableError
from regulars.pipeline.ports import Clock, Many
from regulars.stores.database import Database, Item, binary, text
from regulars.stores.vault import Secret, VaultStore, is_secret

PAGE = 500
# A process reads the newest generation every 45 seconds, and lives fifteen minutes at most with what it has made of it.
SETTLED = 16 * MINUTE
KEPT = 7 * DAY  # as long as the vault can be taken back: a row of a restored copy may have to be opened


class Rewrapping(Protocol):
    """Opens and wraps the keys of owners."""

    def next(self, secret: Secret, *, now: int) -> Secret:
        """Make the next generation of a secret. Raises UnavailableError."""

    def generation(self, wrapped: bytes) -> int:
        """Read under which generation a key was wrapped."""

    def rewrap(self, owner: str, wrapped: bytes, old: Secret, new: Secret) -> bytes | None:
        """Wrap a key anew; None where it does not open. Raises UnavailableError."""


State = Literal["whole", "rewrapping", "settling", "keeping"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """How far a rotation is: what this pass looked at and wrote anew, and when there is something to do again."""

    generation: int
    state: State
    looked: int = 0
    rewrapped: int = 0
    unreadable: int = 0
    next: int = 0


class Rotation:
    """Does what is due; a command that runs again, and no function, for it may read and write all keys."""

    def __init__(self, database: Database, rewrapping: Rewrapping, clock: Clock, many: Many) -> None:
        self._database = database
        self._vault = VaultStore(database)
        self._rewrapping = rewrapping
        self._clock = clock
        self._many = many

    def begin(self) -> bool:
        """
        Turn the key, unless a rotation is under way; say whether it was.

        Raises NotFoundError, UnavailableError, ConflictError when somebody else does it too.
        """
        secret = self._secret()
        if any(not old.clean for old in self._vault.older(secret.generation)):
            return False
        self._vault.turn(replace(secret, clean=0), self._rewrapping.next(secret, now=self._clock()))
        return True

    def work(self, told: Callable[[int], None] = lambda _rows: None) -> Turned:
        """
        Wrap anew what is under an older generation, and end generations that are over; `told` hears of each page.

        Raises NotFoundError, UnavailableError.
        """
        newest, began = self._secret(), self._clock()
        older = self._vault.older(newest.generation)
        if not older:
            return Turned(generation=newest.generation, state="whole")
        looked, rewrapped, unreadable = self._pass({each.generation: each for each in older}, newest, told)
        found = rewrapped + unreadable
        standing = [self._end(old, newest, began, found) for old in older]
        left = [old for old in standing if old]
        return Turned(
            generation=newest.generation,
            state=self._state(left, newest, found),
            looked=looked,
            rewrapped=rewrapped,
            unreadable=unreadable,
            next=self._next(left, newest),
        )

    def _secret(self) -> Secret:
        secret = self._vault.secret()
        if secret is None:
            raise NotFoundError("this workspace has no key yet: it is made with the first event")
        if secret.closed:
            raise UnavailableError("the workspace is closed for a recovery: open it first")
        return secret

    def _pass(self, older: Mapping[int, Secret], newest: Secret, told: Callable[[int], None]) -> tuple[int, int, int]:
        after, looked, rewrapped, unreadable = None, 0, 0, 0
        while True:
            page = self._database.scan("vault", after=after, limit=PAGE)
            done = list(self._many(lambda item: self._one(item, older, newest), self._old(page.items, newest)))
            looked += len(page.items)
            rewrapped += done.count("rewrapped")
            unreadable += done.count("unreadable")
            told(len(page.items))
            after = page.next
            if after is None:
                return looked, rewrapped, unreadable

    def _old(self, items: Sequence[Item], newest: Secret) -> list[Item]:
        return [
            item
            for item in items
            if not is_secret(text(item, "owner"))
            and (wrapped := binary(item, "wrapped"))
            and self._rewrapping.generation(wrapped) < newest.generation
        ]

    def _one(self, item: Item, older: Mapping[int, Secret], newest: Secret) -> str:
        wrapped = binary(item, "wrapped")
        old = older.get(self._rewrapping.generation(wrapped))
        anew = self._rewrapping.rewrap(text(item, "owner"), wrapped, old, newest) if old else None
        if anew is None:
            return "unreadable"
        try:
            self._vault.rewrap(item, anew)
        except ConflictError:
            return "rewrapped"  # somebody else did, or it was erased: the next pass sees
        return "rewrapped"

    def _end(self, old: Secret, newest: Secret, began: int, found: int) -> Secret | None:
        """Note that nothing is left of a generation, and end it a while later; None once it is gone."""
        if found or began < newest.turned + SETTLED:
            return old
        if not old.clean:
            self._vault.save_old(replace(old, clean=began))
            return replace(old, clean=began, version=old.version + 1)
        if began < old.clean + KEPT:
            return old
        self._vault.end(old)
        return None

    def _state(self, left: Sequence[Secret], newest: Secret, found: int) -> State:
        if not left:
            return "whole"
        if all(old.clean for old in left):
            return "keeping"
        return "rewrapping" if found and self._clock() >= newest.turned + SETTLED else "settling"

    def _next(self, left: Sequence[Secret], newest: Secret) -> int:
        if not left:
            return 0
        if all(old.clean for old in left):
            return min(old.clean for old in left) + KEPT
        return max(newest.turned + SETTLED, self._clock())
