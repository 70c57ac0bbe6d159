"""A rebuild of everybody is begun once, worked off by whoever is there, and goes on where it was left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

import pytest

from local.world.chaos import CrashError
from local.world.world import World
from regulars.adapters.parallel import Parallel
from regulars.domain.rebuilding import Rebuilt
from regulars.domain.timers import MINUTE
from regulars.errors import NotFoundError, RebuildRunningError, UnavailableError
from regulars.pipeline.rebuild_worker import RebuildWorker
from regulars.pipeline.rebuilds import SEGMENTS, Rebuilds
from tests.builders import an_event, an_identify

VIEWS = {"where": {"event": "Product Viewed"}, "anonymous": True}
PEOPLE = 40


@dataclass
class Started:
    """Workers that only remember that they were started."""

    calls: list[tuple[str, Sequence[int], str]] = field(default_factory=list)
    fails: bool = False

    def start(self, id: str, segments: Sequence[int], *, name: str) -> None:
        """Remember it."""
        if self.fails:
            raise UnavailableError("nobody answers")
        self.calls.append((id, segments, name))


@pytest.fixture
def world() -> World:
    """A world of some people, half of whose parts were lost long ago."""
    made = World()
    made.define("segment", "views", VIEWS)
    for number in range(PEOPLE):
        user, device = f"user_id:{number}", f"anonymous_id:{number}"
        made.store(an_identify(number, links=(user, device), plan="gold"), an_event(PEOPLE + number, links=(device,)))
    made.settle()
    for number in range(0, PEOPLE, 2):
        made.database.delete("identities", f"user_id:{number}", "traits")
    made.clock.advance_to(made.clock.now + 10 * MINUTE)
    return made


def rebuilds(world: World, workers: Started) -> Rebuilds:
    """Who begins rebuilds in a world."""
    return Rebuilds(world.database, workers, world.clock, Parallel())


def worker(world: World, **ports: object) -> RebuildWorker:
    """Who works them off."""
    return RebuildWorker(world.database, world.journal, world.clock, **ports)  # type: ignore[arg-type]  # by name


def work_all(world: World, id: str) -> None:
    """Work off every segment, a page a call."""
    for segment in range(SEGMENTS):
        while not worker(world).work(id, segment, has_time=a_page()):
            pass


def a_page() -> Callable[[], bool]:
    """Time for one page."""
    asked = count()
    return lambda: next(asked) == 0


def die(_owner: str, error: Exception) -> None:
    """Die of what would only be reported: a process that ends reports nothing."""
    raise error


def test_everybody_is_rebuilt_page_by_page(world: World) -> None:
    workers = Started()
    begun = rebuilds(world, workers).begin(dry_run=False, by="s-1")

    work_all(world, begun.run.id)

    standing = rebuilds(world, workers).get(begun.run.id)
    assert workers.calls == [(begun.run.id, list(range(SEGMENTS)), f"{begun.run.id}-{world.clock.now}")]
    assert (standing.state, standing.segments_done) == ("done", SEGMENTS)
    assert standing.found == Rebuilt(identifiers=2 * PEOPLE, parts=2 * PEOPLE, changed=PEOPLE // 2)


def test_a_dry_run_counts_the_same_and_changes_nothing(world: World) -> None:
    begun = rebuilds(world, Started()).begin(dry_run=True, by="s-1")
    before = world.database.all("identities"), world.database.all("profiles")

    work_all(world, begun.run.id)

    standing = rebuilds(world, Started()).get(begun.run.id)
    assert standing.found == Rebuilt(identifiers=2 * PEOPLE, parts=2 * PEOPLE, changed=PEOPLE // 2)
    assert (world.database.all("identities"), world.database.all("profiles")) == before


def test_a_worker_that_dies_is_followed_by_one_that_goes_on_from_its_page(world: World) -> None:
    begun = rebuilds(world, Started()).begin(dry_run=False, by="s-1")
    calls = count()

    def strike(_operation: str, _table: str) -> None:
        if next(calls) % 50 == 49:
            raise CrashError

    for segment in range(SEGMENTS):
        done = False
        while not done:
            world.database.hook = strike
            try:
                done = worker(world, report=die).work(begun.run.id, segment, has_time=lambda: True)
            except CrashError:
                continue
            finally:
                world.database.hook = None

    standing = rebuilds(world, Started()).get(begun.run.id)
    assert (standing.state, standing.found.identifiers) == ("done", 2 * PEOPLE)
    world.clock.advance_to(world.clock.now + MINUTE)
    again = rebuilds(world, Started()).begin(dry_run=False, by="s-1")
    work_all(world, again.run.id)
    assert rebuilds(world, Started()).get(again.run.id).found.changed == 0


def test_there_is_one_at_a_time(world: World) -> None:
    workers = Started()
    begun = rebuilds(world, workers).begin(dry_run=False, by="s-1")

    with pytest.raises(RebuildRunningError, match=begun.run.id):
        rebuilds(world, workers).begin(dry_run=False, by="s-2")

    assert len(workers.calls) == 1


def test_one_that_was_left_is_gone_on_with(world: World) -> None:
    workers = Started()
    begun = rebuilds(world, workers).begin(dry_run=False, by="s-1")
    worker(world).work(begun.run.id, 0, has_time=lambda: True)
    world.clock.advance_to(world.clock.now + 10 * MINUTE)
    left = rebuilds(world, workers).get(begun.run.id)

    again = rebuilds(world, workers).begin(dry_run=False, by="s-2")

    assert left.state == "stalled"
    assert (again.run.id, again.state) == (begun.run.id, "running")
    assert workers.calls[1][1] == list(range(1, SEGMENTS))
    assert len({name for _, _, name in workers.calls}) == 2


def test_one_whose_workers_could_not_be_started_is_begun_with_the_next_request(world: World) -> None:
    workers = Started(fails=True)
    with pytest.raises(UnavailableError):
        rebuilds(world, workers).begin(dry_run=False, by="s-1")
    workers.fails = False

    begun = rebuilds(world, workers).begin(dry_run=False, by="s-1")

    assert [standing.run.id for standing in rebuilds(world, workers).newest(before=None, limit=9)] == [begun.run.id]


def test_what_cannot_be_read_is_told_and_left_behind(world: World) -> None:
    world.database.put("identities", {"owner": "user_id:1", "part": "traits", "state": "{", "v": 9})
    told: list[str] = []
    begun = rebuilds(world, Started()).begin(dry_run=False, by="s-1")

    for segment in range(SEGMENTS):
        worker(world, report=lambda owner, _error: told.append(owner)).work(
            begun.run.id, segment, has_time=lambda: True
        )

    standing = rebuilds(world, Started()).get(begun.run.id)
    assert (told, standing.found.failed, standing.state) == (["user_id:1"], 1, "done")


def test_nobody_works_on_what_was_never_begun(world: World) -> None:
    with pytest.raises(NotFoundError):
        worker(world).work("r1", 0, has_time=lambda: True)
    with pytest.raises(NotFoundError):
        rebuilds(world, Started()).get("r1")
