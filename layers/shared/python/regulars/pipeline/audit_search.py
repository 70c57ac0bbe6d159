"""Search the audit trail: chain by chain, a bounded number of rows for a page."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile, islice, takewhile

from regulars.domain.audit import Place, Row, chains, day_text
from regulars.domain.instants import day_of
from regulars.domain.profiles import alone, founder
from regulars.domain.references import profile_id_of
from regulars.errors import NotFoundError
from regulars.pipeline.people import People
from regulars.pipeline.ports import Many
from regulars.stores.audit import AuditStore
from regulars.stores.database import Database
from regulars.stores.profiles import ProfileStore

MOST_ROWS = 5_000  # looked at for a page
MOST_CHAINS = 320  # of which most are empty: a page ends before the API gives up
AT_ONCE = 32  # chains that are begun together
_PAGE = 200  # rows of a chain that are read together
_START = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    From which instant to which, with which fields, of whom: one of these ids; None: of anybody.

    A chain is read up to its first row that came when the search had begun, at `until`: each page of a search leaves
    a row itself, so that there would be no end.
    """

    begin: int
    end: int
    until: int
    wanted: Mapping[str, str]
    whom: frozenset[str] | None = None

    def takes(self, row: Row) -> bool:
        """Say whether a row is asked for."""
        deed = row.deed
        said = {"who": deed.who, "what": deed.what, "kind": deed.kind, "case": deed.case, "outcome": deed.outcome}
        return (
            self.begin <= row.at < self.end
            and all(said[name] == value for name, value in self.wanted.items())
            and (self.whom is None or not self.whom.isdisjoint(deed.whom))
        )


@dataclass(frozen=True, slots=True)
class Found:
    """Rows, and the place behind which the search goes on; None at the end."""

    rows: Sequence[Row]
    next: Place | None


class Searcher:
    """Reads rows, and knows under which ids a person stands in them."""

    def __init__(self, database: Database, many: Many) -> None:
        self._store = AuditStore(database)
        self._people = People(database, many)
        self._profiles = ProfileStore(database)
        self._many = many

    def names(self, ref: str, hash_key: bytes) -> frozenset[str]:
        """
        Give the ids under which rows may name a person: of the profile, of those it took in, of each identifier.

        Whoever is unknown has the one that was asked for.
        """
        asked = profile_id_of(ref, hash_key)
        try:
            found = self._people.find(asked)
        except NotFoundError:
            return frozenset({asked})
        profile = self._profiles.root(found.profile_id)
        absorbed = profile.absorbed if profile else ()
        owners = {founder(id) for id in absorbed} | set(found.owners)
        return frozenset({asked, found.profile_id, *absorbed, *map(alone, owners)})

    def search(self, asked: Asked, *, after: Place | None, limit: int) -> Found:
        """Look through chains from a place on, until there are enough rows, or it has looked at enough."""
        named = chains(day_text(day_of(asked.begin)), day_text(day_of(asked.end - 1)))
        left = dropwhile(lambda chain: after is not None and chain < after.chain, named)
        rows: list[Row] = []
        looked = 0
        for number, group in enumerate(iter(lambda: list(islice(left, AT_ONCE)), [])):
            if number * AT_ONCE >= MOST_CHAINS:
                return Found(rows, Place(group[0], _START))
            begins = [Place(chain, after.number if after and chain == after.chain else _START) for chain in group]
            for page in self._many(self._page, begins):
                for row in takewhile(lambda row: row.at < asked.until, self._from(page)):
                    looked += 1
                    if asked.takes(row):
                        rows.append(row)
                    if len(rows) == limit or looked == MOST_ROWS:
                        return Found(rows, row.place)
        return Found(rows, None)

    def _page(self, after: Place) -> list[Row]:
        return self._store.of(after.chain, after=after.number, limit=_PAGE)

    def _from(self, page: list[Row]) -> Iterator[Row]:
        """Go on from a page of a chain to its end."""
        while page:
            yield from page
            page = self._page(page[-1].place) if len(page) == _PAGE else []


def write_place(place: Place, until: int) -> str:
    """Write for a cursor where a search goes on, and when it began."""
    return json.dumps([place.chain, place.number, until])


def read_place(text: str) -> tuple[Place, int]:
    """Read it back from a cursor, which was signed."""
    chain, number, until = json.loads(text)
    return Place(chain, number), until
