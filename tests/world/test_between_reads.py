"""Whoever is taken apart while an event is resolved stays apart, whichever reads and writes it falls between."""

from collections.abc import Callable
from itertools import count

from local.world.memory import MemoryDatabase
from local.world.world import Counts
from regulars.domain.catalog import Live
from regulars.domain.profiles import alone
from regulars.pipeline.graphs import Graphs
from regulars.pipeline.resolve import Resolver
from regulars.pipeline.unmerge import Unmerger
from regulars.stores.identities import IdentityStore
from regulars.stores.profiles import ProfileStore
from tests.builders import an_event
from tests.world.merges import LIFTED


class Between:
    """Resolves events, and does something else just before one call to the database."""

    def __init__(self) -> None:
        self.clock, self._numbers = count(1).__next__, count()
        self.meanwhile: tuple[str, str, Callable[[], None]] | None = None
        self.database = MemoryDatabase(self._hook)

    def resolve(self, *names: str) -> None:
        resolver = Resolver(self.database, Counts(), self.clock)
        resolver.live = Live(rules=LIFTED)
        event = an_event(next(self._numbers), links=tuple(f"anonymous_id:{name}" for name in names))
        resolver.apply(event.owner, [event], stored=0)

    def unmerge(self, name: str, *leaving: str) -> None:
        graph = Graphs(self.database, map).read(alone(f"anonymous_id:{name}"))
        owners = [f"anonymous_id:{one}" for one in leaving]
        unmerger = Unmerger(self.database, map, self.clock)
        unmerger.unmerge(unmerger.preview(graph, owners, by="x"), version=graph.profile.version)

    def home(self, name: str) -> set[str]:
        """Give who is with somebody, and make sure that the link says so, too."""
        link = IdentityStore(self.database).link(f"anonymous_id:{name}")
        assert link
        profile = ProfileStore(self.database).root(link.profile_id)
        assert profile
        assert link.owner in profile.owners
        return {owner.removeprefix("anonymous_id:") for owner in profile.owners}

    def _hook(self, operation: str, table: str) -> None:
        if self.meanwhile and self.meanwhile[:2] == (operation, table):
            _, _, act = self.meanwhile
            self.meanwhile = None
            act()


def test_a_link_that_is_shortened_late_leads_nobody_to_the_other_side() -> None:
    between = Between()
    for names in (("c", "c2"), ("a", "a2"), ("x", "s1"), ("x", "s2"), ("a", "s1")):
        between.resolve(*names)

    def merge_and_unmerge() -> None:
        between.resolve("a", "c")
        between.unmerge("c", "a", "a2")

    between.meanwhile = ("put", "identities", merge_and_unmerge)
    between.resolve("x", "s1")

    assert between.meanwhile is None
    assert between.home("x") == between.home("c") == {"c", "c2", "x", "s1", "s2"}
    assert between.home("a") == {"a", "a2"}


def test_who_leaves_between_the_reading_of_link_and_profile_is_found_where_they_are() -> None:
    between = Between()
    between.resolve("a", "b")
    between.meanwhile = ("get", "profiles", lambda: between.unmerge("a", "b"))
    between.resolve("b", "new")

    assert between.meanwhile is None
    assert between.home("b") == between.home("new") == {"b", "new"}
    assert between.home("a") == {"a"}
