"""Exports, asked for, agreed to by somebody else where they are large, watched, and given to who asked for them."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from regulars.domain.catalog import Live
from regulars.domain.export_rows import name_of
from regulars.domain.exports import (
    KEPT,
    LINK_SECONDS,
    Export,
    Part,
    Taken,
    Wish,
    approve,
    ask,
    cancel,
    fail,
    may_take,
    recent,
    reject,
    see,
)
from regulars.domain.instants import SECOND
from regulars.domain.roles import Caller
from regulars.domain.teams import Sight
from regulars.errors import (
    ConflictError,
    ConflictingEditError,
    InvalidRequestError,
    NotFoundError,
    UnavailableError,
)
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.members import Members
from regulars.pipeline.ports import Clock, Many
from regulars.pipeline.rebuilds import Workers
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.exports import ExportStore

TRIES = 10
Change = Callable[[Export], Export]


class Files(Protocol):
    """Where files of exports are. Each call raises UnavailableError when it does not answer."""

    def put(self, key: str, content: bytes) -> None:
        """Store bytes."""

    def get(self, key: str) -> bytes | None:
        """Read bytes; None when there are none."""

    def keys(self, prefix: str) -> Iterable[str]:
        """List the keys that begin so."""

    def delete(self, key: str) -> None:
        """Remove bytes; nothing happens when there are none."""

    def link(self, key: str, *, name: str, seconds: int) -> str:
        """Make an address from which anybody may take the bytes for so many seconds, as a file of this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address of a file, until when it holds (microseconds), and what is to be found there."""

    url: str
    ends: int
    name: str
    file: Part
    export: Export


class Exports:
    """Keeps exports, and starts their worker."""

    def __init__(self, database: Database, workers: Workers, files: Files, clock: Clock, many: Many) -> None:
        self._store = ExportStore(database)
        self._members = Members(database, many, clock)
        self._catalog = LiveCatalog(CatalogStore(database))
        self._workers = workers
        self._files = files
        self._clock = clock

    def ask(self, wish: Wish, caller: Caller, sight: Sight) -> Export:
        """
        Ask for an export; where nobody has to agree it runs at once.

        Raises ForbiddenError, InvalidRequestError, NotFoundError, ThrottledError, UnavailableError.
        """
        sight.must_see(wish.segment)
        sight.must_see_traits(wish.names)
        live = self._catalog.now()
        _check(wish, live)
        if wish.segment not in live.shown:
            raise NotFoundError("no segment of this id is live: there is nobody to export")
        export = self._ask(wish, caller, live, self._members.size(wish.segment))
        return export if export.state == "waiting" else self._start(export)

    def approve(self, id: str, caller: Caller, print: str) -> Export:
        """
        Agree to exactly the export of this print, once; it begins.

        Raises NotFoundError, ForbiddenError, ConflictingEditError, UnavailableError.
        """
        now = self._clock()
        standing = self.get(id, caller)
        segment = self._catalog.now().shown.get(standing.wish.segment)
        return self._start(self._change(id, lambda export: approve(export, caller, print, segment, now)), standing)

    def reject(self, id: str, caller: Caller) -> Export:
        """Refuse an export that waits. Raises NotFoundError, ForbiddenError, ConflictingEditError."""
        self.get(id, caller)
        return self._change(id, lambda export: reject(export, caller, self._clock()))

    def cancel(self, id: str, caller: Caller) -> Export:
        """Take an export back, and its file away: no link leads to it any more. Raises as `reject`."""
        self.get(id, caller)
        cancelled = self._change(id, lambda export: cancel(export, self._clock()))
        if cancelled.started:
            for key in list(self._files.keys(cancelled.folder)):
                self._files.delete(key)
        return cancelled

    def get(self, id: str, caller: Caller) -> Export:
        """Read an export of one's own, or any by who may agree to them. Raises NotFoundError."""
        return self._at_now(see(self._store.get(id), caller))

    def newest(self, caller: Caller, *, before: str | None, limit: int) -> tuple[Sequence[Export], str | None]:
        """Read the newest of those that somebody may see, so many at most; and where to go on, None at the end."""
        found = self._store.newest(before=before, limit=limit)
        seen = [one for one in found if one.by == caller.subject or caller.may("exports:approve")]
        return list(map(self._at_now, seen)), found[-1].id if len(found) == limit else None

    def link(self, id: str, caller: Caller, sight: Sight) -> Link:
        """
        Make an address of the file, for a quarter of an hour, for who asked for it.

        Raises NotFoundError, ForbiddenError, ConflictingEditError, UnavailableError.
        """
        now, export = self._clock(), self.get(id, caller)
        file = may_take(export, caller, sight, now)
        seconds = min(LINK_SECONDS, (export.ended + KEPT - now) // SECOND)
        name = name_of(export)
        url = self._files.link(file.key, name=name, seconds=max(1, seconds))
        return Link(url=url, ends=now + seconds * SECOND, name=name, file=file, export=export)

    def _ask(self, wish: Wish, caller: Caller, live: Live, expected: int) -> Export:
        """Note first what somebody takes: whoever dies then has taken it in vain, and nobody takes it twice."""
        segment, rules, now = live.shown[wish.segment], live.workspace.exports, self._clock()
        for _ in range(TRIES):
            every, version = self._store.taken(caller.subject)
            taken = recent(every, now)
            export = ask(f"x{now}", wish, caller, segment, expected=expected, taken=taken, rules=rules, now=now)
            people = 0 if export.needs_approval else export.most
            try:
                self._store.take(caller.subject, [*taken, Taken(now, people)], was=version)
            except ConflictError:  # the same person asks for another one at the same time
                continue
            return self._add(export)
        raise ConflictingEditError("you asked for several at once: send the same again")

    def _add(self, export: Export) -> Export:
        for tries in range(TRIES):
            try:  # somebody else may have asked in the same microsecond
                return self._store.save(replace(export, id=f"x{export.asked + tries}"))
            except ConflictError:
                continue
        raise ConflictingEditError("others kept asking for exports: send the same again")

    def _start(self, export: Export, before: Export | None = None) -> Export:
        """Start the worker; where that fails, the export waits as before, or has failed."""
        try:
            self._workers.start(export.id, [0], name=f"{export.id}-{export.started}")
        except UnavailableError:
            undone = fail(export, "its worker could not be started", self._clock())
            if before is not None:
                undone = replace(before, version=export.version)
            with suppress(ConflictError):  # it was started all the same, and has begun
                self._store.save(undone)
            raise
        return export

    def _change(self, id: str, change: Change) -> Export:
        for _ in range(TRIES):
            standing = self._store.get(id)
            if standing is None:
                break
            try:
                return self._store.save(change(standing))
            except ConflictError:
                continue
        raise ConflictingEditError("the export kept changing: send the same again")

    def _at_now(self, export: Export) -> Export:
        state = export.state_at(self._clock())
        return export if state == export.state else replace(export, state=state)


def _check(wish: Wish, live: Live) -> None:
    if unknown := set(wish.computed) - {trait.id for trait in live.computed}:
        raise InvalidRequestError(f"no computed trait is called {', '.join(sorted(unknown))}")
    if wish.purpose is None:
        if wish.names:
            raise InvalidRequestError("purpose says for what the traits are: who does not consent to it is left out")
        return
    purpose = live.purposes.by_id.get(wish.purpose)
    if purpose is None or (wish.channel is not None and wish.channel not in purpose.channels):
        raise InvalidRequestError("purpose is one of those in catalog/consent.yaml, channel one that it has")
