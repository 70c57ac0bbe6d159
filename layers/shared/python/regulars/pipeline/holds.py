"""Hold what ties too many together, say so, and let it go or undo what it did."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from regulars.domain.events import Event
from regulars.domain.graph import edges_of
from regulars.domain.linking import Attach, Merge
from regulars.domain.profiles import Edge, Hold, Profile, alone
from regulars.domain.splits import Graph, Split, side_of, split
from regulars.domain.storms import may_storm, stormy
from regulars.errors import ConflictError, ConflictingEditError, InvalidRequestError, NotFoundError
from regulars.pipeline.graphs import Graphs
from regulars.pipeline.ports import Clock, Journal, Many
from regulars.stores.database import Database
from regulars.stores.holds import Held, HoldStore, put, remove
from regulars.stores.identities import IdentityStore, attach
from regulars.stores.profiles import ProfileStore, save

AT_ONCE = 20  # edges that a request cuts


@dataclass(frozen=True, slots=True, kw_only=True)
class Healed:
    """How many edges of a held identifier were cut, and how many are left."""

    cut: int
    left: int


class StormGuard:
    """Looks at each step of resolution before it is made."""

    def __init__(self, database: Database, journal: Journal, clock: Clock) -> None:
        self._database = database
        self._identities = IdentityStore(database)
        self._profiles = ProfileStore(database)
        self._journal = journal
        self._clock = clock

    def holds(self, step: Attach | Merge, profiles: Sequence[Profile], event: Event, most: int) -> bool:
        """Hold who would tie more than `most` others within an hour by this step; say whether it did."""
        now = self._clock()
        for profile in profiles:
            if not may_storm(profile, most):
                continue
            links = self._identities.links(profile.owners)
            edges = edges_of(profile, links, self._profiles.many(profile.absorbed))
            owner = stormy(step, profile, edges, most, now)
            if owner is not None:
                self._hold(owner, profile, event, now)
                return True
        return False

    def _hold(self, owner: str, profile: Profile, event: Event, now: int) -> None:
        others = tuple(hold for hold in profile.holds if hold.owner != owner)
        held = replace(profile, holds=(*others, Hold(owner=owner, since=now)), rule="hold", changed=now)
        row = Held(owner=owner, profile_id=profile.profile_id, since=now, event=f"{event.owner} {event.moment}")
        self._database.transact([save(held), put(row)])
        self._journal.count("identifiers_held")


class Holds:
    """Lists what is held, lets go, and heals."""

    def __init__(self, database: Database, many: Many, clock: Clock) -> None:
        self._database = database
        self._graphs = Graphs(database, many)
        self._profiles = ProfileStore(database)
        self._store = HoldStore(database)
        self._clock = clock

    def list(self, *, after: str | None, limit: int) -> list[Held]:
        """List what is held."""
        return self._store.list(after=after, limit=limit)

    def release(self, owner: str) -> None:
        """Let an identifier tie again what comes from now on. Raises NotFoundError, ConflictingEditError."""
        now, profile = self._clock(), self._profile(owner)
        holds = (replace(hold, released=now) if hold.owner == owner else hold for hold in profile.holds)
        freed = replace(profile, holds=tuple(holds), rule="release", changed=now)
        try:
            self._database.transact([save(freed), remove(owner)])
        except ConflictError:
            raise ConflictingEditError("the profile changed just now: send the same again") from None

    def heal(self, owner: str, *, by: str) -> Healed:
        """
        Cut what a held identifier tied, some edges at a time; it stays held. Asked again, it goes on.

        Raises NotFoundError, ConflictingEditError, and InvalidRequestError where a side is too large.
        """
        self._profile(owner)
        for cut in range(AT_ONCE):
            graph = self._graphs.read(alone(owner))
            own = [edge for edge in graph.edges if owner in (edge.one, edge.other)]
            if not own:
                return Healed(cut=cut, left=0)
            found = self._smallest(graph, owner, own, by)
            rows = (save(profile) for profile in (found.stays, found.leaves, *found.tombstones))
            try:
                self._database.transact([*rows, *(attach(link) for link in found.links)])
            except ConflictError:
                raise ConflictingEditError("the profile changed just now: send the same again") from None
        return Healed(cut=AT_ONCE, left=len(own) - 1)

    def _smallest(self, graph: Graph, owner: str, own: Sequence[Edge], by: str) -> Split:
        """Find a tie whose cut fits into a transaction. Raises InvalidRequestError where none does."""
        refused: InvalidRequestError | None = None
        for edge in own:
            other = edge.other if edge.one == owner else edge.one
            try:
                # What keeps it away from now on is the hold, or the block: the cut is only remembered.
                return split(graph, side_of((owner, other), graph), by=by, now=self._clock(), stands=False)
            except InvalidRequestError as error:
                refused = error
        raise refused or InvalidRequestError("it ties nobody")

    def _profile(self, owner: str) -> Profile:
        if self._store.get(owner) is None:
            raise NotFoundError("this identifier is not held")
        profile = self._profiles.get(self._graphs.home(owner))
        if profile is None or owner not in profile.held:
            raise NotFoundError("this identifier is not held")
        return profile
