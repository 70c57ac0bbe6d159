"""A workspace lives through everything at once; what is true of its people then is what events and cuts say."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count
from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from local.world.backfilling import Backfilling
from local.world.chaos import CrashError, SeededChaos
from local.world.memory import MemoryDatabase
from local.world.world import World
from regulars.domain.events import Event
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.instants import DAY, SECOND
from regulars.domain.profiles import Edge, Profile, alone, root_of
from regulars.domain.releases import status_of
from regulars.domain.segment_definitions import parse
from regulars.domain.splits import Graph
from regulars.errors import ConflictError, ConflictingEditError, NotFoundError
from regulars.pipeline.backfills import Backfills
from regulars.pipeline.definitions import Definitions
from regulars.pipeline.evaluate import Evaluator
from regulars.pipeline.graphs import Graphs
from regulars.pipeline.profiles import shown_of
from regulars.pipeline.rebuild import Rebuilder
from regulars.pipeline.resolve import Resolver
from regulars.pipeline.unmerge import Unmerger
from regulars.stores import profiles as profile_rows
from regulars.stores.identities import LINK, link_from_item
from regulars.stores.memberships import MembershipStore
from tests.builders import an_event
from tests.oracle import components, is_member
from tests.world.conservation import losses

OWNERS = ["user_id:1", "user_id:2", "email:1", "email:2", *(f"anonymous_id:{number}" for number in range(5))]
# Two people and their devices, alone and together; and claims that make one of them.
ALONE = [[0], [1], [4], [5], [6], [7], [8]]
TOGETHER = [[0, 4], [0, 5], [2, 5], [2, 6], [1, 7], [3, 7], [3, 8], [2, 3], [5, 7], [0, 3]]
STEADY: dict[str, dict[str, Any]] = {
    "busy": {"where": {"event": "Product Viewed", "count": {"at_least": 3}}, "anonymous": True},
    "lately": {"where": {"event": "Product Viewed", "within": "1 hours"}, "anonymous": True},
    "net": {"where": {"orders": "revenue", "at_least": 20}, "anonymous": True},
    "gold": {"where": {"trait": "plan", "equals": "gold"}, "anonymous": True},
}


class Life(RuleBasedStateMachine):
    """Sends, repeats, ties, cuts, releases, crashes, restarts, redefines, redrives and rebuilds, in any order."""

    @initialize(seed=st.integers(0, 1_000), lanes=st.integers(1, 3))
    def begin(self, seed: int, lanes: int) -> None:
        """Start a workspace in which invocations die and records come again."""
        self.world = World(chaos=SeededChaos(seed), lanes=lanes, batch=7)
        self.random = Random(seed)
        self.numbers = count()
        self.events: list[Event] = []
        self.cuts: set[frozenset[str]] = set()
        self.was_cut = False
        self.fickle = 2
        for name, content in STEADY.items():
            self.world.define("segment", name, content)
        self._redefine()

    @rule(
        named=st.lists(st.sampled_from(ALONE + TOGETHER), min_size=3, max_size=9),
        late=st.integers(0, 3),
        waits=st.booleans(),
    )
    def send(self, named: list[list[int]], late: int, waits: bool) -> None:
        """Send some events, of now or of some days ago, and see them through or not."""
        for indexes in named:
            self._send([OWNERS[index] for index in indexes], late)
        if waits:
            self._survive(self.world.clock.now + SECOND)

    def _send(self, links: list[str], late: int) -> None:
        number = next(self.numbers)
        named = tuple(sorted(links, key=OWNERS.index))
        at = self.world.clock.now - late * DAY
        sort = number % 4
        if sort == 0:
            traits = {"plan": "gold" if number % 8 else "silver"}
            event = an_event(number, at=at, arrival=at, links=named, type="identify", name=None, traits=traits)
        elif sort == 1:
            order = {"order_id": f"o{number % 5}", "revenue": 11}
            event = an_event(number, at=at, arrival=at, links=named, name="Order Completed", properties=order)
        else:
            event = an_event(number, at=at, arrival=at, links=named)
        self.events.append(event)
        self.world.store(event)

    @rule(index=st.integers(0, 100))
    def repeat(self, index: int) -> None:
        """Send an event once more."""
        if self.events:
            self.world.store(self.events[index % len(self.events)])

    @rule(seconds=st.sampled_from([0, 5, 60, 4_000]))
    def wait(self, seconds: int) -> None:
        """Let time pass, and everything be worked off."""
        self._survive(self.world.clock.now + seconds * SECOND)

    @rule(often=st.sampled_from([0.02, 0.1]))
    def crash(self, often: float) -> None:
        """Work on while calls to the database die."""
        random = Random(next(self.numbers))

        def strike(_operation: str, _table: str) -> None:
            if random.random() < often:
                raise CrashError

        self.world.database.hook = strike
        try:
            self._survive(self.world.clock.now + SECOND)
        finally:
            self.world.database.hook = None

    @rule()
    def restart(self) -> None:
        """Start new processes, which hold nothing."""
        world = self.world
        world.resolver = Resolver(world.database, world.journal, world.clock)
        world.evaluator = Evaluator(world.database, world.evaluator._queue, world.journal, world.clock)

    @rule(index=st.integers(0, 100), by_edge=st.booleans())
    def unmerge(self, index: int, by_edge: bool) -> None:
        """Cut an edge, or let an identifier leave, while events may be waiting."""
        ties = (self._graph(owner) for owner in OWNERS[index % len(OWNERS) :] + OWNERS)
        graph = next((graph for graph in ties if graph and graph.edges), None)
        if graph is None:
            return
        owner = graph.profile.owners[index % len(graph.profile.owners)]
        edge = graph.edges[index % len(graph.edges)]
        kept = [each for each in graph.edges if each != edge]
        leaving = next(group for group in components_of(graph.profile.owners, kept) if edge.other in group)
        leaving = leaving if by_edge else frozenset([owner])
        version = graph.profile.version
        unmerger = Unmerger(self.world.database, map, self.world.clock)
        preview = unmerger.preview(graph, leaving, by="x")
        unmerger.unmerge(preview, version=version)
        self.cuts |= {frozenset((cut.one, cut.other)) for cut in preview.split.cut}
        self.was_cut = True

    @rule(index=st.integers(0, 100))
    def release(self, index: int) -> None:
        """Release a cut."""
        if not self.cuts:
            return
        pair = sorted(self.cuts, key=sorted)[index % len(self.cuts)]
        one, other = sorted(pair)
        graph = Graphs(self.world.database, map).read(alone(one))
        try:
            Unmerger(self.world.database, map, self.world.clock).release(graph, one, other)
        except ConflictingEditError:
            return
        self.cuts.discard(pair)

    @rule()
    def redefine(self) -> None:
        """Change what is kept of an event name."""
        self._redefine()

    @rule(status=st.sampled_from(["live", "live", "paused", "archived"]))
    def renew(self, status: str) -> None:
        """Write another definition as the API does, and look at everybody for it, while events may be waiting."""
        self.fickle += 1
        where = {"event": "Product Viewed", "count": {"at_least": self.fickle % 4 + 1}}
        content = {"where": where, "anonymous": True, "status": status}
        Definitions(self.world.database, self.world.clock).put("segment", "fickle", content, origin="api")
        Backfills(self.world.database, Backfilling(self.world), self.world.clock).begin(by="x")

    @rule(index=st.integers(0, 100))
    def redrive(self, index: int) -> None:
        """Apply all events of an owner once more, as after weeks in the bucket of failures."""
        owner = OWNERS[index % len(OWNERS)]
        events = self.world.events.of(owner)
        self.world.resolver.start_batch()
        self.world.resolver.apply(owner, events, stored=self.world.clock.now)

    @rule(index=st.integers(0, 100))
    def rebuild(self, index: int) -> None:
        """Fold an identifier anew, while events may be waiting."""
        rebuilder = Rebuilder(self.world.database, self.world.journal, self.world.clock)
        rebuilder.start_batch()
        rebuilder.owner(OWNERS[index % len(OWNERS)])

    @rule(devices=st.sampled_from([1, 2, 5]))
    def change_rules(self, devices: int) -> None:
        """Let a profile hold more devices from now on, or fewer."""
        kinds = [{"kind": "user_id", "from": ["userId"], "limit": 1, "known": True}]
        kinds += [{"kind": "email", "from": ["traits.email"], "limit": 5, "known": True}]
        kinds += [{"kind": "anonymous_id", "from": ["anonymousId"], "limit": devices}]
        self.world.define("identity", "rules", {"identifiers": kinds})

    def teardown(self) -> None:
        """Let everything be worked off, and compare."""
        if not hasattr(self, "world"):
            return
        self._survive(self.world.clock.now + 600 * SECOND)
        assert self.world.given_up == []
        groups = self._check_partition()
        self._check_memberships(groups, STEADY)
        for group in groups:
            self.world.evaluator.start_batch()
            self.world.evaluator.evaluate(alone(min(group)))
        fickle = self.world.catalog.get("segment", "fickle")
        assert fickle is not None
        if status_of(fickle.content) == "live":
            self._check_memberships(groups, {**STEADY, "fickle": fickle.content})
        reached = {event.owner for event in self.events}
        assert losses(self.world, self.events, reached=reached, later=set()) == (0, 0)

    def _graph(self, owner: str) -> Graph | None:
        try:
            return Graphs(self.world.database, map).read(alone(owner))
        except NotFoundError:
            return None

    def _redefine(self) -> None:
        self.fickle += 1
        where = {"event": "Product Viewed", "count": {"at_least": self.fickle}, "within": f"{self.fickle} days"}
        self.world.define("segment", "fickle", {"where": where, "anonymous": True})

    def _survive(self, to: int) -> None:
        while True:
            try:
                return self.world.advance(to)
            except (CrashError, ConflictError):
                continue

    def _check_partition(self) -> set[frozenset[str]]:
        rows = _profiles(self.world.database)
        links = [link_from_item(item) for item in self.world.database.all("identities") if item["part"] == LINK]
        homes: dict[str, set[str]] = defaultdict(set)
        for link in links:
            homes[root_of(link.profile_id, rows)].add(link.owner)
        live = {name: set(profile.owners) for name, profile in rows.items() if not profile.merged_into}
        assert homes == live
        owners = {event.owner for event in self.events}
        groups = {frozenset(group) for group in live.values()}
        groups |= {frozenset([owner]) for owner in owners - {link.owner for link in links}}
        assert not [pair for pair in self.cuts for group in groups if pair <= group]
        for profile in (rows[name] for name in live):
            assert not {frozenset((cut.edge.one, cut.edge.other)) for cut in profile.standing} - self.cuts
        for group in groups:
            assert sum(owner.startswith("user_id") for owner in group) <= 1
            graph = Graphs(self.world.database, map).read(alone(min(group)))
            assert set(components_of(graph.profile.owners, graph.edges)) == {group}
        if not self.was_cut and not self.world.journal.counts["identifiers_dropped"]:
            assert groups == components(self.events)
        return groups

    def _check_memberships(self, groups: set[frozenset[str]], segments: Mapping[str, Mapping[str, Any]]) -> None:
        profiles, now = Graphs(self.world.database, map), self.world.clock.now
        live = self.world.catalog.live()
        for group in groups:
            own = [event for event in self.events if event.owner in group]
            if not own:
                continue
            _, memberships = MembershipStore(self.world.database).of(profiles.home(min(group)))
            seen = {id: shown_of(memberships.values(), segment) for id, segment in live.shown.items() if id in segments}
            held = {id for id, one in seen.items() if one and one.member}
            known = DEFAULT_RULES.is_known(group)
            due = {name for name, where in segments.items() if is_member(parse(name, where), own, now, known=known)}
            assert held == due, sorted(group)


def components_of(owners: Sequence[str], edges: Sequence[Edge]) -> list[frozenset[str]]:
    """Group owners by edges, by plain flooding."""
    groups = [{owner} for owner in owners]
    for edge in edges:
        one, other = (next(group for group in groups if end in group) for end in (edge.one, edge.other))
        if one is not other:
            one |= other
            groups.remove(other)
    return [frozenset(group) for group in groups]


def _profiles(database: MemoryDatabase) -> dict[str, Profile]:
    return {profile.profile_id: profile for profile in map(profile_rows.from_item, database.all("profiles"))}


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=100, stateful_step_count=40)
