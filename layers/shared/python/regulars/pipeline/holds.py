"""Let a held identifier go, or undo what it tied together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from regulars.domain.profiles import Edge, Profile, alone
from regulars.domain.splits import Graph, Split, side_of, split
from regulars.errors import ConflictError, ConflictingEditError, InvalidRequestError, NotFoundError
from regulars.pipeline.graphs import Graphs
from regulars.pipeline.ports import Clock, Many
from regulars.stores.database import Database
from regulars.stores.holds import HoldStore, remove
from regulars.stores.profiles import ProfileStore, save
from regulars.stores.splits import writes_of

AT_ONCE = 20  # edges that a request cuts


@dataclass(frozen=True, slots=True, kw_only=True)
class Healed:
    """How many edges of a held identifier were cut, and how many are left."""

    cut: int
    left: int


class Holds:
    """Lets go, and heals."""

    def __init__(self, database: Database, many: Many, clock: Clock) -> None:
        self._database = database
        self._graphs = Graphs(database, many)
        self._profiles = ProfileStore(database)
        self._store = HoldStore(database)
        self._clock = clock

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
            found = self._first_that_fits(graph, owner, own, by)
            try:
                self._database.transact(writes_of(found))
            except ConflictError:
                raise ConflictingEditError("the profile changed just now: send the same again") from None
        return Healed(cut=AT_ONCE, left=len(own) - 1)

    def _first_that_fits(self, graph: Graph, owner: str, own: Sequence[Edge], by: str) -> Split:
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
