"""Anchor the audit trail, each hour: look at what has come since the last anchor, and join the heads into the next."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from regulars.domain.audit import Head, Row, chains, day_in, day_text, hash_of
from regulars.domain.audit_anchors import Anchor, anchor, heads_of
from regulars.domain.audit_verifying import Fault, Verifier
from regulars.domain.instants import DAY, day_of
from regulars.errors import ConflictError
from regulars.pipeline.ports import Clock, Journal
from regulars.stores.audit import AuditStore
from regulars.stores.database import Database

LONGEST = 31  # days: how far behind the last anchor may be
_PAGE = 1_000


class Anchors(Protocol):
    """A place for anchors where what was put can neither be changed nor removed."""

    def newest(self) -> Anchor | None:
        """Read the last anchor."""

    def put(self, one: Anchor) -> None:
        """Put an anchor. Raises ConflictError where this hour has one of this number."""

    def of(self, first: str, last: str, *, after: str | None = None, limit: int) -> Sequence[tuple[str, Any]]:
        """Read what was put from a first day to a last, in its order, each with its key; `after` is a key."""


@dataclass(frozen=True, slots=True)
class Anchored:
    """What an anchor covers: the chains, rows that came since the one before, and what is wrong with some of them."""

    chains: int
    rows: int
    faults: tuple[Fault, ...]


class Anchorer:
    """Verifies and joins. A chain that is wrong is anchored up to its last good row."""

    def __init__(self, database: Database, anchors: Anchors, journal: Journal, clock: Clock) -> None:
        self._store = AuditStore(database)
        self._anchors = anchors
        self._journal = journal
        self._clock = clock

    def anchor(self) -> Anchored:
        """Write the next anchor, also where something is wrong."""
        before, now = self._anchors.newest(), self._clock()
        newest = max(before.at if before else now, now - LONGEST * DAY)
        # A day is over for everybody soon after midnight; who was late is in the next anchor.
        first = day_text(day_of(newest) - 1)
        begun = {chain: head for chain, head in heads_of(before).items() if day_in(chain) >= first} if before else {}
        verifier = Verifier(first=first)
        faults = [
            fault
            for chain in chains(first, day_text(day_of(now)))
            if (fault := self._verify(chain, begun.get(chain), verifier))
        ]
        heads = list((begun | verifier.heads).values())
        with suppress(ConflictError):  # it was woken twice in this hour, which has its anchor
            self._anchors.put(anchor(heads, at=now, before=before))
        self._journal.count("audit_rows_verified", verifier.rows)
        if faults:
            self._journal.count("audit_faults", len(faults))
        return Anchored(chains=len(heads), rows=verifier.rows, faults=tuple(faults))

    def _verify(self, chain: str, begun: Head | None, verifier: Verifier) -> Fault | None:
        """Look at a chain from the row that was anchored on, which must still stand there."""
        rows = self._rows(chain, begun.place.number - 1 if begun else -1)
        if begun:
            standing = next(rows, None)
            if standing is None:
                return Fault("cut_off", begun.place, "the row was anchored, and is gone with all that came after it")
            if standing.head != begun or hash_of(standing) != standing.hash:
                return Fault("rewritten", begun.place, "another row stood here when it was anchored")
            verifier.begin(standing)
        return next((fault for row in rows if (fault := verifier.add(row))), None)

    def _rows(self, chain: str, after: int) -> Iterator[Row]:
        while rows := self._store.of(chain, after=after, limit=_PAGE):
            yield from rows
            after = rows[-1].place.number
            if len(rows) < _PAGE:
                return
