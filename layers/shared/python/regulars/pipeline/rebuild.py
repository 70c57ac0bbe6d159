"""
Rebuild: fold what is known of an identifier anew from its stored events, and resolve them again.

It is the path of every event that comes too late, for all parts at once: under the version that was read, from events
that were read afterwards. So events may arrive meanwhile, and who rebuilds what is right writes nothing.
"""

from collections.abc import Callable, Iterable
from typing import Self

from regulars.domain.identifiers import NOBODY, kind_of
from regulars.domain.parts import Part
from regulars.domain.rebuilding import Rebuilt, judge, to_rebuild
from regulars.errors import ConflictError, StaleCatalogError
from regulars.pipeline.history import History
from regulars.pipeline.ports import Clock, Journal
from regulars.pipeline.resolve import TRIES, Resolver
from regulars.stores.database import Database
from regulars.stores.events import EventStore
from regulars.stores.identities import IdentityStore
from regulars.stores.rehearsal import Rehearsal


class _Unheard:
    """A journal for what is resolved or rehearsed again: it was counted when it happened."""

    def count(self, name: str, value: int = 1, **dimensions: str) -> None:
        """Count nothing."""


class Rebuilder:
    """Rebuilds owner by owner; over a `Rehearsal` it only says what it would change."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        clock: Clock,
        pause: Callable[[int], None] = lambda _tries: None,
        forget: Callable[[], None] = lambda: None,
    ) -> None:
        self._forget = forget
        self._events = EventStore(database)
        self._identities = IdentityStore(database)
        self._resolver = Resolver(database, _Unheard(), clock, pause, again=True)
        self._journal = journal
        self._clock = clock
        self._pause = pause

    @classmethod
    def over(
        cls, database: Database, journal: Journal, clock: Clock, pause: Callable[[int], None], *, dry_run: bool
    ) -> Self:
        """Rebuild in a database, or only rehearse it there."""
        if not dry_run:
            return cls(database, journal, clock, pause)
        rehearsal = Rehearsal(database)
        return cls(rehearsal, _Unheard(), clock, pause, rehearsal.forget)

    def start_batch(self) -> None:
        """Ask once whether the catalog has changed, and forget what was rehearsed before."""
        self._forget()
        self._resolver.start_batch()

    def owners(self, owners: Iterable[str]) -> Rebuilt:
        """Rebuild several identifiers. Raises ConflictError."""
        return sum((self.owner(owner) for owner in owners), Rebuilt())

    def owner(self, owner: str) -> Rebuilt:
        """
        Rebuild one identifier.

        Raises ConflictError when others kept getting in first: it may be begun again.
        """
        if kind_of(owner) == NOBODY:
            return Rebuilt()
        for _ in range(TRIES):
            try:
                rebuilt = self._rebuild(owner)
            except StaleCatalogError:
                self._resolver.start_batch()
                continue
            self._count(rebuilt)
            return rebuilt
        raise ConflictError("the catalog kept changing")

    def _count(self, rebuilt: Rebuilt) -> None:
        if rebuilt.changed:
            self._journal.count("parts_rebuilt", rebuilt.changed)
        if rebuilt.linked:
            self._journal.count("links_rebuilt", rebuilt.linked)

    def _rebuild(self, owner: str) -> Rebuilt:
        identity = self._identities.read(owner)
        if identity.link and identity.link.erased:
            return Rebuilt()
        history = History(self._events, owner, self._clock)
        linked = self._resolver.link(history.events(), identity.link)
        parts = {part.name: part for part in identity.parts}
        names = to_rebuild(identity.parts, history.events(), self._resolver.live.watches)
        found = [self._settle(parts.get(name, Part(owner=owner, name=name)), history) for name in names]
        if not names and not linked and history.events():
            self._resolver.greet(owner, identity)
        return Rebuilt(
            identifiers=1,
            parts=len(names),
            changed=found.count("changed"),
            outdated=found.count("outdated"),
            awaited=found.count("awaited"),
            linked=linked,
        )

    def _settle(self, part: Part, history: History) -> str:
        for tries in range(TRIES):
            try:
                return self._save(part, history)
            except ConflictError:
                self._pause(tries)
            history.forget()
            part = self._identities.part(part.owner, part.name) or Part(owner=part.owner, name=part.name)
        raise ConflictError(f"part {part.name} kept changing")

    def _save(self, part: Part, history: History) -> str:
        watches = self._resolver.live.watches
        if part.catalog > watches.version:
            raise StaleCatalogError
        folded = history.fold(part, watches)
        finding = judge(part, folded, history.events(), watches, read=history.read)
        if finding != "right":
            self._identities.save(folded)
        return finding
