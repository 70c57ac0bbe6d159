"""The graph of a person: identifiers, and what tied each to the others; a tree, as everything is tied once."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain

from regulars.domain.profiles import Edge, Link, Profile


def edges_of(profile: Profile, links: Iterable[Link], tombstones: Iterable[Profile]) -> tuple[Edge, ...]:
    """List what ties the owners of a profile together: attachments, merges, and what a split has kept together."""
    attached = [
        Edge(one=link.to, other=link.owner, event=link.event, rule="attach", since=link.attached)
        for link in links
        if link.to
    ]
    merged = [
        Edge(one=gone.ends[0], other=gone.ends[1], event=gone.event, rule=gone.rule, since=gone.changed)
        for gone in tombstones
        if gone.ends
    ]
    cut, owners = {cut.edge for cut in profile.cuts}, set(profile.owners)
    found = {edge for edge in (*attached, *merged, *profile.ties) if {edge.one, edge.other} <= owners}
    return tuple(sorted(found - cut))


def path(start: str, end: str, edges: Iterable[Edge]) -> tuple[Edge, ...] | None:
    """Find the shortest way from one identifier to another; None where there is none."""
    ways = _neighbours(edges)
    came: dict[str, tuple[str, Edge] | None] = {start: None}
    front = deque([start])
    while front and end not in came:
        here = front.popleft()
        for there, edge in ways.get(here, ()):
            if there not in came:
                came[there] = (here, edge)
                front.append(there)
    if end not in came:
        return None
    steps: list[Edge] = []
    while step := came[end]:
        end, edge = step
        steps.append(edge)
    return tuple(reversed(steps))


def group_of(owner: str, edges: Iterable[Edge]) -> frozenset[str]:
    """Gather all owners that edges tie to one, itself included."""
    ways = _neighbours(edges)
    seen, front = {owner}, [owner]
    while front:
        new = {there for there, _ in ways.get(front.pop(), ())} - seen
        seen |= new
        front += new
    return frozenset(seen)


def groups_of(owners: Collection[str], edges: Sequence[Edge]) -> list[frozenset[str]]:
    """Take owners apart into those that edges among them tie together, in a fixed order."""
    among = set(owners)
    inner = ((edge.one, edge.other) for edge in edges if edge.one in among and edge.other in among)
    groups = together(inner)
    alone = among.difference(chain.from_iterable(groups))
    return sorted((*map(frozenset, groups), *(frozenset((owner,)) for owner in alone)), key=min)


def together(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Gather all that pairs tie together, each group once."""
    groups: dict[str, list[str]] = {}
    for one, other in pairs:
        mine = groups.get(one)
        if mine is None:
            mine = groups[one] = [one]
        theirs = groups.get(other)
        if theirs is None:
            mine.append(other)
            groups[other] = mine
        elif theirs is not mine:
            _join(groups, mine, theirs)
    return [group for owner, group in groups.items() if group[0] == owner]


def _join(groups: dict[str, list[str]], one: list[str], other: list[str]) -> None:
    # The smaller moves, so that nobody moves more often than the logarithm of how many there are.
    larger, smaller = (one, other) if len(one) >= len(other) else (other, one)
    larger += smaller
    for owner in smaller:
        groups[owner] = larger


def _neighbours(edges: Iterable[Edge]) -> Mapping[str, list[tuple[str, Edge]]]:
    ways: dict[str, list[tuple[str, Edge]]] = defaultdict(list)
    for edge in sorted(edges):
        ways[edge.one].append((edge.other, edge))
        ways[edge.other].append((edge.one, edge))
    return ways
