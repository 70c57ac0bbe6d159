"""What is coming is evaluated for everybody, switched to in one step and swept behind; no reader sees a mix."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

import pytest

from local.world.backfilling import Backfilling
from local.world.chaos import CrashError
from local.world.world import World
from regulars.domain.memberships import Membership
from regulars.domain.timers import MINUTE
from regulars.errors import ConflictingEditError
from regulars.pipeline.backfill_steps import BackfillSteps, Step
from regulars.pipeline.backfills import Backfills
from regulars.pipeline.definitions import Definitions, Edit
from regulars.pipeline.evaluate import Evaluator
from regulars.pipeline.members import Members
from regulars.stores.database import size_of
from regulars.stores.definitions import Definition
from regulars.stores.memberships import HEAD, from_item
from tests.builders import an_event

PEOPLE = 12
T = TypeVar("T")


def views(times: int, **more: Any) -> Mapping[str, Any]:
    """People who viewed so often."""
    return {"where": {"event": "Product Viewed", "count": {"at_least": times}}, "anonymous": True, **more}


@dataclass
class Left:
    """Workers that never do anything, as if they had died."""

    calls: list[Sequence[int]] = field(default_factory=list)

    def start(self, id: str, segments: Sequence[int], *, name: str) -> None:
        """Remember it."""
        del id, name
        self.calls.append(segments)


@pytest.fixture
def world() -> World:
    """A world in which the person of number n has viewed n products, and nobody asked."""
    made = World()
    number = 0
    for person in range(1, PEOPLE + 1):
        for _ in range(person):
            made.store(an_event(number, links=(f"anonymous_id:{person}",)))
            number += 1
    made.settle()
    return made


def define(world: World, content: Mapping[str, Any], id: str = "viewers") -> Edit:
    """Write a definition as the API does."""
    return Definitions(world.database, world.clock).put("segment", id, content, origin="api")


def backfill(world: World) -> None:
    """Look at everybody, and let all of it be told."""
    Backfills(world.database, Backfilling(world), world.clock).begin(by="s-1")
    world.settle()


def members(world: World, id: str = "viewers") -> dict[int, int]:
    """Who is in a segment, since when."""
    page = Members(world.database, map, world.clock).page(id, after=None, limit=1_000)
    return {int(each.profile_id.rpartition(":")[2]): each.since for each in page.members}


def rows(world: World) -> list[Membership]:
    """All memberships that are stored, of whatever edition."""
    return [from_item(item) for item in world.database.all("memberships") if item["item"] != HEAD]


def told(world: World) -> list[tuple[int, bool, int, bool]]:
    """Who was said to have entered or left, by which number, and whether a version did it."""
    return [
        (int(each.profile_id.rpartition(":")[2]), each.entered, each.number, each.backfill) for each in world.announced
    ]


def test_where_nobody_is_known_yet_a_segment_is_live_at_once() -> None:
    world = World()
    edit = define(world, views(2))

    assert not edit.waits
    assert [segment.id for segment in world.catalog.live().told] == ["viewers"]


def test_who_is_there_already_enters_by_backfill(world: World) -> None:
    edit = define(world, views(5))
    assert (edit.waits, members(world)) == (True, {})
    backfill(world)

    assert members(world).keys() == set(range(5, PEOPLE + 1))
    assert sorted(told(world)) == [(person, True, 1, True) for person in range(5, PEOPLE + 1)]


def test_a_new_version_moves_only_those_whom_it_moves(world: World) -> None:
    define(world, views(5))
    backfill(world)
    before = members(world)
    world.clock.advance_to(world.clock.now + MINUTE)
    world.announced.clear()
    define(world, {**views(3), "where": {"all": [views(3)["where"], {"not": views(9)["where"]}]}})
    backfill(world)

    after = members(world)
    assert after.keys() == set(range(3, 9))
    assert {person: since for person, since in after.items() if person in before} == {
        person: before[person] for person in range(5, 9)
    }
    entered = [(person, True, 1, True) for person in (3, 4)]
    assert sorted(told(world)) == entered + [(person, False, 2, True) for person in range(9, PEOPLE + 1)]


def test_until_the_switch_what_was_live_goes_on(world: World) -> None:
    define(world, views(5))
    backfill(world)
    world.announced.clear()
    define(world, views(4, name="Viewers of four"))
    world.store(an_event(1_000, links=("anonymous_id:4",)), an_event(1_001, links=("anonymous_id:3",)))
    world.settle()

    assert members(world).keys() == set(range(4, PEOPLE + 1))
    assert told(world) == [(4, True, 1, False)]
    world.announced.clear()
    backfill(world)
    assert members(world).keys() == set(range(3, PEOPLE + 1))
    assert told(world) == [(3, True, 1, True)]


def test_no_reader_sees_a_mix(world: World) -> None:
    define(world, views(5))
    backfill(world)
    define(world, {**views(3), "where": {"all": [views(3)["where"], {"not": views(9)["where"]}]}})
    seen = []

    def look(_operation: str, _table: str) -> None:
        world.database.hook = None
        seen.append(frozenset(members(world)))
        world.database.hook = look

    world.database.hook = look
    backfill(world)
    world.database.hook = None

    old, new = frozenset(range(5, PEOPLE + 1)), frozenset(range(3, 9))
    assert set(seen) == {old, new}
    assert seen == sorted(seen, key=lambda each: each == new)


def test_all_that_is_coming_is_switched_to_in_one_step(world: World) -> None:
    define(world, views(2), "two")
    define(world, views(3), "three")
    seen = set()

    def look(_operation: str, _table: str) -> None:
        world.database.hook = None
        seen.add((len(members(world, "two")), len(members(world, "three"))))
        world.database.hook = look

    world.database.hook = look
    backfill(world)
    world.database.hook = None

    assert seen == {(0, 0), (PEOPLE - 1, PEOPLE - 2)}


@pytest.mark.parametrize("seed", range(12))
def test_a_run_that_dies_again_and_again_ends(world: World, seed: int) -> None:
    define(world, views(5))
    workers = Left()
    run = Backfills(world.database, workers, world.clock).begin(by="s-1")
    assert run is not None
    steps, work, random = BackfillSteps(world.database, world.clock), Backfilling(world), Random(seed)

    def strike(_operation: str, _table: str) -> None:
        if random.random() < 0.02:
            raise CrashError

    def survive(what: Callable[[], T]) -> T:
        while True:
            try:
                return what()
            except CrashError:
                continue

    world.database.hook = strike
    step = Step(id=run.run.id, segments=workers.calls[0])
    while step.segments:
        for segment in step.segments:
            survive(lambda segment=segment: work.worker().work(run.run.id, segment, has_time=lambda: True))  # type: ignore[misc]  # a lambda with a default
        step = survive(lambda: steps.step(run.run.id))
    world.database.hook = None
    world.settle()

    assert Backfills(world.database, workers, world.clock).get(run.run.id).state == "done"
    assert members(world).keys() == set(range(5, PEOPLE + 1))
    assert sorted(told(world)) == [(person, True, 1, True) for person in range(5, PEOPLE + 1)]


def test_one_that_was_left_is_gone_on_with(world: World) -> None:
    define(world, views(5))
    begun = Backfills(world.database, Left(), world.clock).begin(by="s-1")
    again = Backfills(world.database, Left(), world.clock).begin(by="s-1")
    world.clock.advance_to(world.clock.now + 10 * MINUTE)
    backfill(world)

    assert begun is not None
    assert again is not None
    assert (begun.run.id, again.state) == (again.run.id, "running")
    assert members(world).keys() == set(range(5, PEOPLE + 1))


def test_what_comes_meanwhile_is_taken_in_by_the_next(world: World) -> None:
    define(world, views(5))
    Backfills(world.database, Left(), world.clock).begin(by="s-1")
    define(world, views(7))
    define(world, views(2), "others")
    world.clock.advance_to(world.clock.now + 10 * MINUTE)
    backfill(world)

    assert members(world).keys() == set(range(7, PEOPLE + 1))
    assert members(world, "others").keys() == set(range(2, PEOPLE + 1))
    assert world.catalog.left() == []
    assert len(rows(world)) == len(members(world)) + len(members(world, "others"))


def test_a_new_name_is_live_at_once(world: World) -> None:
    define(world, views(5))
    backfill(world)
    world.announced.clear()
    edit = define(world, views(5, name="Viewers", description="of five"))

    assert not edit.waits
    [segment] = world.catalog.live().told
    assert (segment.name, segment.version) == ("Viewers", 2)
    assert members(world).keys() == set(range(5, PEOPLE + 1))


def test_an_edit_that_is_taken_back_changes_nothing_for_anybody(world: World) -> None:
    define(world, views(5))
    backfill(world)
    world.announced.clear()
    define(world, views(3))
    edit = define(world, views(5))
    backfill(world)

    assert not edit.waits
    assert (world.catalog.live().coming, told(world)) == ({}, [])
    assert members(world).keys() == set(range(5, PEOPLE + 1))
    assert world.catalog.left() == []


def test_a_definition_of_before_there_were_editions_is_live_with_its_rows() -> None:
    world = World()
    old = Definition(kind="segment", id="viewers", content=views(2))
    world.catalog.put(old)
    world.store(*(an_event(number, links=(f"anonymous_id:{number % 3 + 1}",)) for number in range(5)))
    world.settle()
    world.database.delete("catalog", "live_segment", "viewers")  # as it was written then

    assert members(world).keys() == {1, 2}
    assert {row.rows for row in rows(world)} == {"viewers"}
    world.announced.clear()
    define(world, views(1))
    backfill(world)
    assert members(world).keys() == {1, 2, 3}
    assert told(world) == [(3, True, 1, True)]


def test_a_draft_is_evaluated_for_nobody(world: World) -> None:
    edit = define(world, views(5, status="draft"))
    backfill(world)

    assert not edit.waits
    assert (world.catalog.live().segments, rows(world)) == ((), [])


def test_a_draft_of_a_live_segment_leaves_that_alone(world: World) -> None:
    define(world, views(5))
    backfill(world)
    define(world, views(2, status="draft"))
    backfill(world)
    assert members(world).keys() == set(range(5, PEOPLE + 1))
    define(world, views(2))
    backfill(world)

    assert members(world).keys() == set(range(2, PEOPLE + 1))


def test_who_is_in_a_paused_segment_stays_in_and_nobody_hears_of_it(world: World) -> None:
    define(world, views(5))
    backfill(world)
    world.announced.clear()
    before = rows(world)
    define(world, views(5, status="paused"))
    backfill(world)
    world.store(*(an_event(1_000 + number, links=("anonymous_id:4",)) for number in range(5)))
    world.settle()

    assert members(world).keys() == set(range(5, PEOPLE + 1))
    assert (told(world), rows(world)) == ([], before)
    define(world, views(5))
    backfill(world)
    assert members(world).keys() == set(range(4, PEOPLE + 1))
    assert told(world) == [(4, True, 1, True)]


def test_an_archived_segment_has_nobody_and_remembers_their_numbers(world: World) -> None:
    define(world, views(5))
    backfill(world)
    world.announced.clear()
    define(world, views(5, status="archived"))
    assert members(world) == {}
    backfill(world)

    assert told(world) == []
    assert [row.member for row in rows(world)] == [False] * (PEOPLE - 4)
    assert world.catalog.left() == []
    define(world, views(11))
    backfill(world)
    assert sorted(told(world)) == [(person, True, 3, True) for person in (11, 12)]
    [twelve] = [row for row in rows(world) if row.profile_id.endswith(":12")]
    assert [moved.reason for moved in twelve.past] == ["backfill", "archive", "backfill"]


def test_a_deleted_segment_that_is_written_anew_goes_on_counting(world: World) -> None:
    define(world, views(11))
    backfill(world)
    Definitions(world.database, world.clock).delete("segment", "viewers")
    backfill(world)
    world.announced.clear()
    define(world, views(11))
    backfill(world)

    assert sorted(told(world)) == [(person, True, 3, True) for person in (11, 12)]


def test_pages_of_members_are_never_of_two_versions(world: World) -> None:
    define(world, views(5))
    backfill(world)
    listed = Members(world.database, map, world.clock)
    first = listed.page("viewers", after=None, limit=2)
    define(world, views(3))
    backfill(world)

    with pytest.raises(ConflictingEditError, match="first page"):
        listed.page("viewers", after=first.next, limit=2)


def test_a_size_is_that_of_the_live_version_at_every_moment(world: World) -> None:
    define(world, views(5))
    backfill(world)
    define(world, views(2))
    seen = []

    def look(_operation: str, _table: str) -> None:
        world.database.hook = None
        seen.append(Members(world.database, map, world.clock).size("viewers"))
        world.database.hook = look

    world.database.hook = look
    backfill(world)
    world.database.hook = None

    assert set(seen) == {PEOPLE - 4, PEOPLE - 1}
    assert seen == sorted(seen)
    assert Members(world.database, map, world.clock).sizes() == {"viewers": PEOPLE - 1}


def test_a_membership_remembers_its_newest_transitions() -> None:
    world = World()
    define(world, {"where": {"event": "Product Viewed", "within": "1 minutes"}, "anonymous": True})
    for _ in range(15):
        at = world.clock.now
        world.store(an_event(at // 1_000_000, at=at, arrival=at, links=("anonymous_id:1",)))
        world.advance(at + 2 * MINUTE)

    [row] = rows(world)
    assert row.number == 30
    assert [moved.number for moved in row.past] == list(range(11, 31))
    assert [(moved.entered, moved.reason) for moved in row.past[:2]] == [(True, "event"), (False, "time")]
    assert len(world.database.all("memberships")) == 2
    assert max(size_of(item) for item in world.database.all("memberships")) < 1_024


def test_who_began_before_the_switch_writes_nothing_by_the_old_version(world: World) -> None:
    define(world, views(5))
    backfill(world)
    define(world, views(3))
    late = Evaluator(world.database, world.timer_queue, world.journal, world.clock)
    late.start_batch()  # and then somebody else was quick
    backfill(world)
    world.announced.clear()
    before = rows(world)
    for person in range(1, PEOPLE + 1):
        late.evaluate(f"p_anonymous_id:{person}")
        world.settle()

    assert told(world) == []
    assert rows(world) == before


def test_who_decided_by_the_old_version_after_the_switch_decides_again(world: World) -> None:
    define(world, views(2))
    backfill(world)
    define(world, views(20))
    late = Evaluator(world.database, world.timer_queue, world.journal, world.clock)
    late.start_batch()
    backfill(world)
    world.announced.clear()
    world.store(an_event(1_000, links=("anonymous_id:1",)))
    world.runners["events"].step()  # folded, and evaluated by nobody else
    late.evaluate("p_anonymous_id:1")
    world.runners["memberships"].step()

    assert told(world) == [(1, True, 1, False), (1, False, 2, True)]
    [row] = [row for row in rows(world) if row.profile_id == "p_anonymous_id:1"]
    assert (row.edition, row.member) == (world.catalog.live().told[0].edition, False)


def computed(world: World, content: Mapping[str, Any]) -> None:
    """Write the computed trait that the segment of the next test asks for."""
    Definitions(world.database, world.clock).put("computed_trait", "seen", {"name": "Seen", **content}, origin="api")


def test_what_turns_while_everybody_is_looked_at_is_looked_at_again(world: World) -> None:
    computed(world, {"event": "Product Viewed", "count": {}})
    define(world, {"where": {"computed": "seen", "at_least": 5}, "anonymous": True})
    backfill(world)
    world.announced.clear()
    computed(world, {"orders": "count"})
    workers = Left()
    run = Backfills(world.database, workers, world.clock).begin(by="s-1")
    assert run is not None
    for segment in workers.calls[0]:
        Backfilling(world).worker().work(run.run.id, segment, has_time=lambda: True)
    assert members(world) == {}

    computed(world, {"event": "Product Viewed", "count": {}})
    Backfilling(world).start(run.run.id, BackfillSteps(world.database, world.clock).step(run.run.id).segments, name="")
    world.settle()

    assert members(world).keys() == set(range(5, PEOPLE + 1))
    assert all(marked for _, _, _, marked in told(world))
