"""Write refused claims down, once a day each; and read them back, for those who ask why two people are not one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from regulars.domain.claims import Refused
from regulars.domain.events import Event
from regulars.domain.instants import to_text
from regulars.domain.refused_claims import RefusedClaim
from regulars.pipeline.opening import Opener, Shown
from regulars.pipeline.ports import Clock, Journal
from regulars.pipeline.seeing import events_seen
from regulars.stores.database import Database
from regulars.stores.refused_claims import Place, RefusedClaimStore

_REMEMBERED = 10_000


class RefusalLog:
    """Counts what is refused, and writes down the first of each identifier, limit and day."""

    def __init__(self, database: Database, journal: Journal, clock: Clock) -> None:
        self._store = RefusedClaimStore(database)
        self._journal = journal
        self._clock = clock
        self._written: set[tuple[Refused, str]] = set()  # by this process: an event that comes daily asks no table

    def note(self, event: Event, refused: Iterable[Refused]) -> None:
        """Note what of an event was refused."""
        for each in refused:
            self._journal.count("identifiers_dropped", limit=each.limit)
            now = self._clock()
            known = each, to_text(now)[:10]
            if known in self._written:
                continue
            named = f"{event.owner} {event.moment}"
            self._store.add(RefusedClaim(owner=each.owner, limit=each.limit, event=named, at=now))
            if len(self._written) >= _REMEMBERED:
                self._written.clear()
            self._written.add(known)


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A refused claim as somebody may see it: the identifier, and the one that its event belongs to."""

    claim: RefusedClaim
    shown: Shown
    kept: Shown


class RefusedClaims:
    """Reads refused claims."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._store = RefusedClaimStore(database)
        self._events = events_seen(database, clock)

    def of(
        self, days: Sequence[str], *, after: tuple[str, Place] | None, limit: int
    ) -> Iterator[tuple[tuple[str, Place], RefusedClaim]]:
        """List the claims of some days, in their order, and the place of each."""
        first, place = after or (days[0], None)
        found = (
            ((day, one), claim)
            for day in days[days.index(first) :]
            for one, claim in self._store.of(day, after=place if day == first else None, limit=limit)
        )
        return islice(found, limit)

    def show(self, claim: RefusedClaim, opener: Opener) -> ShownClaim:
        """Show a claim as the opener lets it be seen."""
        owner, _, moment = claim.event.partition(" ")
        event = self._events.get(owner, moment) if opener.personal else None
        return ShownClaim(claim, opener.identifier(claim.owner, event), opener.identifier(owner, event))
