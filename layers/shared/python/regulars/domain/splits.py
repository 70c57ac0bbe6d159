"""
Unmerge: take a profile apart into those who stay and those who leave, as if what tied them together had never come.

Events never move, and what is known of a side is the sum of its own identifiers: so a split is a change of sets, of the
links of those who leave, and of the tombstones that would lead to the wrong side. What was cut is remembered on both
sides, so that the same false claim does not tie them again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from regulars.domain.graph import group_of, groups_of
from regulars.domain.profiles import Cut, Edge, Link, Profile, founder, remembered, root_of, split_off
from regulars.errors import InvalidRequestError

MOST_WRITES = 100  # of one transaction
MOST_CUTS = 100  # that stand, on one profile
_BY_HAND = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A profile as it was read: its links by owner, the tombstones that lead to it, and what ties its owners."""

    profile: Profile
    links: Mapping[str, Link]
    tombstones: Sequence[Profile]
    edges: Sequence[Edge]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """What becomes of a profile: both sides, and the rows that move with those who leave."""

    stays: Profile
    leaves: Profile
    links: Sequence[Link]
    tombstones: Sequence[Profile]
    cut: Sequence[Edge]

    @property
    def writes(self) -> int:
        """How many rows it writes."""
        return 2 + len(self.links) + len(self.tombstones)


def side_of(edge: tuple[str, str], graph: Graph) -> frozenset[str]:
    """List who leaves when what ties two identifiers is cut: the side of the second. Raises InvalidRequestError."""
    one, other = edge
    kept = [each for each in graph.edges if {each.one, each.other} != {one, other}]
    if len(kept) == len(graph.edges):
        raise InvalidRequestError("nothing ties these two together directly: see the edges of the profile's graph")
    return group_of(other, kept)


def split(graph: Graph, leaving: Collection[str], *, by: str, now: int, stands: bool = True) -> Split:
    """
    Split a profile at an instant (microseconds); the side that holds its founder keeps its id.

    A cut that does not stand is history only: something else keeps the sides apart.

    Raises InvalidRequestError for what is no split, or too large for one transaction.
    """
    owners = set(graph.profile.owners)
    leaving = set(leaving) & owners
    if not leaving or leaving == owners:
        raise InvalidRequestError("somebody has to stay, and somebody to leave: name some of its identifiers")
    if founder(graph.profile.profile_id) in leaving:
        leaving = owners - leaving
    found = _split(graph, owners - leaving, leaving, by=by, now=now, released=0 if stands else now)
    if found.writes > MOST_WRITES:
        raise InvalidRequestError(
            f"this moves {found.writes} rows at once, {MOST_WRITES} is the most: split off fewer identifiers first"
        )
    if max(len(found.stays.standing), len(found.leaves.standing)) > MOST_CUTS:
        raise InvalidRequestError(f"a profile remembers {MOST_CUTS} cuts at most: release some that matter no more")
    return found


def _split(graph: Graph, staying: set[str], leaving: set[str], *, by: str, now: int, released: int) -> Split:
    crossing = [edge for edge in graph.edges if (edge.one in leaving) != (edge.other in leaving)]
    # A profile is a tree; should one ever not be, the two founders stand for what held it together.
    first = min(leaving, key=lambda owner: (graph.links[owner].attached, owner))
    crossing = crossing or [Edge(one=founder(graph.profile.profile_id), other=first, rule=_BY_HAND, since=now)]
    cuts = (*graph.profile.cuts, *(Cut(edge=edge, until=now, by=by, released=released) for edge in crossing))
    named = replace(graph.profile, event=crossing[0].event, rule="unmerge", changed=now, cuts=())
    left = Profile(profile_id=split_off(first, now), since=now, event=named.event, rule=named.rule, changed=now)
    tombstones = _repoint(graph, leaving, left.profile_id)
    links = [_moved(graph.links[owner], left.profile_id, staying) for owner in sorted(leaving)]
    links += _led_astray(graph, staying)
    stays, leaves = (_side(each, side, graph, cuts, now) for each, side in ((named, staying), (left, leaving)))
    return Split(stays=stays, leaves=leaves, links=links, tombstones=tombstones, cut=crossing)


def _side(profile: Profile, owners: set[str], graph: Graph, cuts: Iterable[Cut], now: int) -> Profile:
    held = [gone for gone in graph.tombstones if founder(gone.profile_id) in owners or _is_within(gone.ends, owners)]
    ties = [edge for edge in graph.profile.ties if _is_within((edge.one, edge.other), owners)]
    groups = groups_of(owners, graph.edges)
    hubs = [min(group) for group in groups]
    ties += [Edge(one=hubs[0], other=hub, rule=_BY_HAND, since=now) for hub in hubs[1:]]
    return replace(
        profile,
        owners=tuple(sorted(owners)),
        merges=sum(1 for gone in held if founder(gone.profile_id) in owners),
        absorbed=tuple(gone.profile_id for gone in held),
        ties=tuple(ties),
        cuts=remembered(cut for cut in cuts if cut.edge.one in owners or cut.edge.other in owners),
        holds=tuple(hold for hold in graph.profile.holds if hold.owner in owners),
    )


def _is_within(ends: Sequence[str], owners: set[str]) -> bool:
    return bool(ends) and set(ends) <= owners


def _moved(link: Link, profile_id: str, staying: set[str]) -> Link:
    return replace(link, profile_id=profile_id, to="" if link.to in staying else link.to)


def _repoint(graph: Graph, leaving: set[str], left: str) -> list[Profile]:
    """Lead each tombstone to the side of its founder, and change only those that would lead elsewhere."""
    stays = graph.profile.profile_id
    own = [gone for gone in graph.tombstones if founder(gone.profile_id) in graph.profile.owners]
    moved = [replace(gone, merged_into=left) for gone in own if founder(gone.profile_id) in leaving]
    now = {gone.profile_id: gone for gone in (*own, *moved)}
    others = [gone for gone in own if founder(gone.profile_id) not in leaving]
    return moved + [replace(gone, merged_into=stays) for gone in others if root_of(gone.profile_id, now) != stays]


def _led_astray(graph: Graph, staying: set[str]) -> list[Link]:
    """
    Point the links of those who stay straight at their profile, where they led over a tombstone.

    Some would follow it to the other side; and whoever is about to shorten one has to find that it was written since.
    """
    stays = graph.profile.profile_id
    own = [graph.links[owner] for owner in sorted(staying)]
    return [replace(link, profile_id=stays) for link in own if link.profile_id != stays]
