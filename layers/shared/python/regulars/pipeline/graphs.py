"""Read what ties a person together, and whom an identifier belonged to at an instant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from regulars.domain.graph import edges_of, group_of
from regulars.domain.profiles import Cut, Profile, alone, founder
from regulars.domain.splits import Graph
from regulars.errors import ConflictError, NotFoundError
from regulars.pipeline.people import TRIES, People
from regulars.pipeline.ports import Many
from regulars.stores.database import Database
from regulars.stores.identities import IdentityStore
from regulars.stores.profiles import ProfileStore

MOST_PROFILES = 100  # that a history follows


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """Which profile an identifier belonged to at an instant, and who else did."""

    profile_id: str
    owners: Sequence[str]
    at: int


class Graphs:
    """Reads graphs; every read is consistent."""

    def __init__(self, database: Database, many: Many) -> None:
        self._people = People(database, many)
        self._profiles = ProfileStore(database)
        self._identities = IdentityStore(database)

    def read(self, profile_id: str) -> Graph:
        """Read the graph of the profile that an id leads to. Raises NotFoundError, ConflictError."""
        for _ in range(TRIES):
            found = self._people.find(profile_id)
            profile = self._profiles.get(found.profile_id) if found.version else None
            if profile is None and found.version:
                raise NotFoundError("nobody is known by this")  # they were erased just now
            if profile is None:
                nobody = Profile(profile_id=found.profile_id, owners=found.owners)
                return Graph(profile=nobody, links={}, tombstones=(), edges=())
            graph = self.of(profile)
            if self._people.is_still(found) and profile.version == found.version:
                return graph
        raise ConflictError("the profile kept changing")

    def home(self, owner: str) -> str:
        """Find the live profile of an owner. Raises NotFoundError."""
        return self._people.find(alone(owner)).profile_id

    def belonging(self, profile_id: str, owner: str, at: int) -> Belonging:
        """
        Tell whom an identifier belonged to at an instant (microseconds), as the platform knew it then.

        Raises NotFoundError.
        """
        graphs = self._around(profile_id, at)
        edges = {edge for graph in graphs for edge in graph.edges if edge.since <= at}
        edges |= {cut.edge for cut in _cuts(graphs) if _stood(cut, at)}
        owners = group_of(owner, edges)
        return Belonging(profile_id=_named(owner, owners, graphs, at), owners=sorted(owners), at=at)

    def of(self, profile: Profile) -> Graph:
        """Read the graph of a profile that was read already."""
        links = {link.owner: link for link in self._identities.links(profile.owners)}
        tombstones = self._profiles.many(profile.absorbed)
        edges = edges_of(profile, links.values(), tombstones)
        return Graph(profile=profile, links=links, tombstones=tombstones, edges=edges)

    def _around(self, profile_id: str, at: int) -> list[Graph]:
        """Read the graph of a profile, and of those that it was one with at an instant."""
        graphs: dict[str, Graph] = {}
        front = [profile_id]
        while front and len(graphs) < MOST_PROFILES:
            graph = self.read(front.pop())
            if graph.profile.profile_id in graphs:
                continue
            graphs[graph.profile.profile_id] = graph
            ends = {end for cut in _cuts([graph]) if _stood(cut, at) for end in (cut.edge.one, cut.edge.other)}
            front += [alone(end) for end in sorted(ends - set(graph.profile.owners))]
        return list(graphs.values())


def _cuts(graphs: Iterable[Graph]) -> set[Cut]:
    return {cut for graph in graphs for cut in graph.profile.cuts}


def _stood(cut: Cut, at: int) -> bool:
    return cut.edge.since <= at < cut.until


def _named(owner: str, owners: frozenset[str], graphs: Iterable[Graph], at: int) -> str:
    """Name the profile of these owners at an instant: the oldest that had been founded and was not merged yet."""
    rows = {row.profile_id: row for graph in graphs for row in (graph.profile, *graph.tombstones)}
    alive = [
        row
        for row in rows.values()
        if founder(row.profile_id) in owners and row.since <= at and not (row.merged_into and row.changed <= at)
    ]
    oldest = min(alive, key=lambda row: (row.since, row.profile_id), default=None)
    return oldest.profile_id if oldest and len(owners) > 1 else alone(owner)
