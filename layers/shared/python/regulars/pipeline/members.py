"""Who is in a segment: page by page, from the index, each row then read as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.domain.memberships import Membership, shards_of, shown
from regulars.domain.segments import Segment
from regulars.errors import ConflictingEditError
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.ports import Many
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.memberships import MembershipStore


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Members, and the place in the index at which the list goes on, None at its end."""

    members: tuple[Membership, ...]
    next: str | None


class Members:
    """Lists the members of a segment; the index lags by moments, so a row that is no member any more is left out."""

    def __init__(self, database: Database, many: Many) -> None:
        self._memberships = MembershipStore(database)
        self._catalog = LiveCatalog(CatalogStore(database))
        self._many = many

    def page(self, id: str, *, after: str | None, limit: int) -> MembersPage:
        """
        Read a page; where members left meanwhile it has fewer than `limit`, and none where nothing is live.

        Raises ConflictingEditError where the page before was of another version: the list would be a mix.
        """
        segment = self._catalog.now().shown.get(id)
        if segment is None:
            return MembersPage((), None)
        edition, _, place = (after or "").partition("/")
        if after and edition != str(segment.edition):
            raise ConflictingEditError("another version of the segment is live since: read from the first page again")
        places = self._memberships.members(segment.rows, after=place or None, limit=limit)
        ids = [place.partition("/")[2] for place in places]
        rows = self._many(lambda profile_id: self._row(profile_id, segment), ids)
        members = tuple(row for row in rows if row and row.member)
        return MembersPage(members, f"{segment.edition}/{places[-1]}" if len(places) == limit else None)

    def size(self, id: str) -> int:
        """Count who is in a segment, in an index that lags by moments."""
        segment = self._catalog.now().shown.get(id)
        return sum(self._many(self._memberships.count, shards_of(segment.rows))) if segment else 0

    def sizes(self) -> Mapping[str, int]:
        """Count who is in each segment that readers see."""
        return {id: self.size(id) for id in self._catalog.now().shown}

    def _row(self, profile_id: str, segment: Segment) -> Membership | None:
        found = self._memberships.get(profile_id, segment.rows)
        if found is None or found.number:
            return found
        return shown(self._memberships.of_segment(profile_id, segment.id), segment.edition)
