"""Who is in a segment: page by page, from the index, each row then read as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.domain.memberships import Membership, shards_of, shown
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.purposes import NO_PURPOSES
from regulars.domain.segments import Segment
from regulars.errors import ConflictingEditError, InvalidRequestError
from regulars.pipeline.consents import Consents
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.ports import Clock, Journal, Many
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.definitions import DefinitionStore
from regulars.stores.memberships import MembershipStore

Gate = tuple[str, str | None]  # a purpose, and a channel of it or None for all


@dataclass(frozen=True, slots=True)
class MembersPage:
    """
    Members, and the place in the index at which the list goes on, None at its end.

    `held_back` counts those who were left out, because they do not consent to what they were asked for.
    """

    members: tuple[Membership, ...]
    next: str | None
    held_back: int = 0


class Members:
    """Lists the members of a segment; the index lags by moments, so a row that is no member any more is left out."""

    def __init__(self, database: Database, many: Many, clock: Clock, journal: Journal | None = None) -> None:
        self._consents = Consents(database, many, clock)
        self._definitions = DefinitionStore(database)
        self._journal = journal
        self._memberships = MembershipStore(database)
        self._catalog = LiveCatalog(CatalogStore(database))
        self._many = many

    def page(self, id: str, *, after: str | None, limit: int, gate: Gate | None = None) -> MembersPage:
        """
        Read a page; where members left meanwhile it has fewer than `limit`, and none where nothing is live.

        Who does not consent to the purpose and channel of the `gate` is left out. Raises InvalidRequestError for an
        unknown purpose, and ConflictingEditError where the page before was of another version: it would be a mix.
        """
        if gate:
            self._check(gate)
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
        allowed = self._through(gate, members, segment) if gate else members
        next = f"{segment.edition}/{places[-1]}" if len(places) == limit else None
        return MembersPage(allowed, next, len(members) - len(allowed))

    def _check(self, gate: Gate) -> None:
        """Make sure that there is such a purpose: of an unknown one all would be held back, and nobody told why."""
        found = self._definitions.get("consent", "purposes")
        purposes = parse_purposes(found.content) if found else NO_PURPOSES
        purpose = purposes.by_id.get(gate[0])
        if purpose is None or (gate[1] is not None and gate[1] not in purpose.channels):
            raise InvalidRequestError("purpose is one of those in catalog/consent.yaml, channel one that it has")

    def _through(self, gate: Gate, members: tuple[Membership, ...], segment: Segment) -> tuple[Membership, ...]:
        """Let those through who consent, and count the others."""
        consents = self._consents.of_many([each.profile_id for each in members])
        allowed = tuple(each for each in members if consents[each.profile_id].allows(*gate))
        held_back = len(members) - len(allowed)
        if held_back and self._journal:
            self._journal.count("held_back", held_back, gate="members", segment=segment.id)
        return allowed

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
