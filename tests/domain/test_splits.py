"""A split takes a profile apart as if what tied the sides together had never come; nothing leads to the wrong side."""

from itertools import count, pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from local.world.memory import MemoryDatabase
from local.world.world import Counts
from regulars.domain.catalog import Live
from regulars.domain.graph import edges_of, group_of, groups_of, path, together
from regulars.domain.profiles import Edge, Link, Profile, alone, founder, root_of
from regulars.domain.splits import MOST_WRITES, Graph, side_of, split
from regulars.errors import InvalidRequestError
from regulars.pipeline.graphs import Graphs
from regulars.pipeline.resolve import Resolver
from tests.builders import an_event
from tests.world.merges import LIFTED

OWNERS = [f"anonymous_id:{letter}" for letter in "abcdefgh"]
NOW = 1_000


def grown(pairs: list[tuple[int, int]]) -> Graph:
    """The graph of whom the first belongs to after events have tied these owners, two at a time."""
    database, clock = MemoryDatabase(), count(1).__next__
    resolver = Resolver(database, Counts(), clock)
    resolver.live = Live(rules=LIFTED)
    for number, pair in enumerate(pairs):
        event = an_event(number, links=tuple(OWNERS[index] for index in pair))
        resolver.apply(event.owner, [event], stored=0)
    return Graphs(database, map).read(alone(OWNERS[0]))


ties = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] != pair[1]), min_size=1, max_size=14
).map(lambda pairs: [(0, 1), *pairs])


@given(ties)
def test_what_ties_a_profile_is_a_tree_of_its_owners(pairs: list[tuple[int, int]]) -> None:
    graph = grown(pairs)

    assert len(graph.edges) == len(graph.profile.owners) - 1
    assert groups_of(graph.profile.owners, graph.edges) == [frozenset(graph.profile.owners)]


@given(ties, st.data())
def test_after_a_cut_each_side_is_what_the_other_edges_tie(pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    graph = grown(pairs)
    edge = data.draw(st.sampled_from(list(graph.edges)))
    found = split(graph, side_of((edge.one, edge.other), graph), by="x", now=NOW)

    others = [each for each in graph.edges if each != edge]
    sides = {frozenset(found.stays.owners), frozenset(found.leaves.owners)}
    assert sides == {group_of(edge.one, others), group_of(edge.other, others)}
    assert found.cut == [edge]


@given(ties, st.data())
def test_after_a_split_every_link_and_tombstone_leads_to_its_side(
    pairs: list[tuple[int, int]], data: st.DataObject
) -> None:
    graph = grown(pairs)
    owners = list(graph.profile.owners)
    leaving = data.draw(st.sets(st.sampled_from(owners), min_size=1, max_size=len(owners) - 1))
    assume(leaving != set(owners))
    found = split(graph, leaving, by="x", now=NOW)

    sides = {found.stays.profile_id: found.stays, found.leaves.profile_id: found.leaves}
    rows = {row.profile_id: row for row in (*graph.tombstones, *found.tombstones)} | sides
    links = {**graph.links, **{link.owner: link for link in found.links}}
    for side in sides.values():
        assert all(root_of(links[owner].profile_id, rows) == side.profile_id for owner in side.owners)
        assert founder(side.profile_id) in side.owners
        gone = [rows[name] for name in side.absorbed]
        edges = edges_of(side, [links[owner] for owner in side.owners], gone)
        assert groups_of(side.owners, edges) == [frozenset(side.owners)]
        assert {cut.edge for cut in side.cuts} == set(found.cut)
    for row in rows.values():
        if row.merged_into and founder(row.profile_id) in owners:
            assert founder(row.profile_id) in sides[root_of(row.profile_id, rows)].owners
    assert sorted((*found.stays.owners, *found.leaves.owners)) == sorted(owners)
    assert found.stays.profile_id == graph.profile.profile_id


def test_who_came_with_a_founder_that_leaves_is_still_found_where_they_stay() -> None:
    graph = grown([(0, 1), (2, 3), (0, 2)])  # the link of 3 leads over the tombstone of 2's profile
    found = split(graph, [OWNERS[2]], by="x", now=NOW)

    assert graph.links[OWNERS[3]].profile_id == alone(OWNERS[2])
    assert {link.owner: link.profile_id for link in found.links} == {
        OWNERS[2]: found.leaves.profile_id,
        OWNERS[3]: found.stays.profile_id,
    }


@given(ties, st.data())
def test_the_way_between_two_is_made_of_edges_that_meet(pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    graph = grown(pairs)
    one, other = data.draw(st.lists(st.sampled_from(list(graph.profile.owners)), min_size=2, max_size=2, unique=True))
    way = path(one, other, graph.edges)

    assert way
    assert one in {way[0].one, way[0].other}
    assert other in {way[-1].one, way[-1].other}
    assert all({a.one, a.other} & {b.one, b.other} for a, b in pairwise(way))
    assert path(one, "anonymous_id:nobody", graph.edges) is None


@given(st.lists(st.tuples(st.sampled_from(OWNERS), st.sampled_from(OWNERS)), max_size=14))
def test_groups_are_what_plain_flooding_finds(pairs: list[tuple[str, str]]) -> None:
    edges = [Edge(one=one, other=other) for one, other in pairs]
    flooded = {group_of(owner, edges) for owner in OWNERS}

    assert groups_of(OWNERS, edges) == sorted(flooded, key=min)
    named = {owner for pair in pairs for owner in pair}
    found = together(pairs)
    assert {frozenset(group) for group in found} == {group for group in flooded if group & named}
    assert sum(map(len, found)) == len(named)


@given(st.sets(st.sampled_from(OWNERS)), ties)
def test_edges_that_lead_out_tie_nobody(owners: set[str], pairs: list[tuple[int, int]]) -> None:
    edges = [Edge(one=OWNERS[one], other=OWNERS[other]) for one, other in pairs]
    among = [edge for edge in edges if {edge.one, edge.other} <= owners]

    assert groups_of(owners, edges) == sorted({group_of(owner, among) for owner in owners}, key=min)


@pytest.mark.parametrize("leaving", [[], ["anonymous_id:nobody"], OWNERS[:2]], ids=["none", "a stranger", "all"])
def test_somebody_stays_and_somebody_leaves(leaving: list[str]) -> None:
    with pytest.raises(InvalidRequestError, match="somebody has to stay"):
        split(grown([(0, 1)]), leaving, by="x", now=NOW)


def test_what_is_not_tied_directly_is_not_cut() -> None:
    with pytest.raises(InvalidRequestError, match="nothing ties these two together directly"):
        side_of((OWNERS[1], OWNERS[2]), grown([(0, 1), (0, 2)]))


def test_a_split_that_no_transaction_holds_is_refused() -> None:
    owners = [f"anonymous_id:{number:03}" for number in range(2 * MOST_WRITES)]
    links = {owner: Link(owner=owner, profile_id=alone(owners[0]), to=owners[0], attached=1) for owner in owners}
    edges = [Edge(one=owners[0], other=owner) for owner in owners[1:]]
    profile = Profile(profile_id=alone(owners[0]), owners=tuple(owners))
    graph = Graph(profile=profile, links=links, tombstones=(), edges=edges)

    with pytest.raises(InvalidRequestError, match="100 is the most"):
        split(graph, owners[MOST_WRITES:], by="x", now=NOW)
