"""A membership is right after the last write, whoever else wrote between reading a person and deciding."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from random import Random

from local.world.memory import MemoryDatabase
from local.world.world import Counts
from regulars.domain.events import Event
from regulars.domain.instants import DAY
from regulars.domain.profiles import alone
from regulars.domain.segment_definitions import parse
from regulars.domain.timers import Timer
from regulars.pipeline.evaluate import Evaluator
from regulars.pipeline.resolve import Resolver
from regulars.stores.catalog import CatalogStore
from regulars.stores.definitions import Definition
from regulars.stores.events import EventStore
from regulars.stores.memberships import MembershipStore
from regulars.stores.profiles import ProfileStore
from tests.builders import START, an_event
from tests.oracle import is_member
from tests.world.schedule import Schedule

ODD = {
    "where": {"any": [{"event": "Product Viewed", "count": {"equals": number}} for number in range(1, 12, 2)]},
    "anonymous": True,
}
NOW = START + DAY


class Forgetful:
    """A queue that nobody works off."""

    def send(self, timers: Sequence[Timer], *, now: int) -> None:
        """Forget."""


def work(database: MemoryDatabase, event: Event, clock: Iterator[int]) -> Callable[[], None]:
    """Do to one event what the pipeline does: store, fold, evaluate."""
    resolver = Resolver(database, Counts(), lambda: 0)
    evaluator = Evaluator(database, Forgetful(), Counts(), lambda: next(clock))

    def job() -> None:
        EventStore(database).insert([event])
        resolver.start_batch()
        resolver.apply(event.owner, [event], stored=0)
        evaluator.start_batch()
        evaluator.evaluate(alone(event.owner))

    return job


def memberships_after(seed: int) -> tuple[bool, bool, list[int]]:
    """Let a few workers act on one person at once; give the membership, the truth, and the transition numbers."""
    random = Random(seed)
    schedule = Schedule(seed, crash=0.01)
    database = MemoryDatabase(schedule.hook)
    CatalogStore(database).put(Definition(kind="segment", id="odd", content=ODD))
    links = [("user_id:u",), ("user_id:u", "anonymous_id:a"), ("anonymous_id:a",)]
    first = an_event(0, links=links[1])
    clock = count(NOW)  # no two looks at the clock are the same, so that no two writes are
    work(database, first, clock)()
    events = [an_event(number, links=random.choice(links)) for number in range(1, random.randrange(3, 9))]
    schedule.run([work(database, event, clock) for event in events])
    profile = ProfileStore(database).root("p_user_id:u")
    _, found = MembershipStore(database).of(profile.profile_id if profile else "")
    numbers = [
        change.new["number"] for change in database.changes("memberships") if change.new and "number" in change.new
    ]
    truth = is_member(parse("odd", ODD), [first, *events], NOW, known=True)
    return bool(found and found["odd"].member), truth, [number for number in numbers if isinstance(number, int)]


def test_the_membership_is_that_of_the_last_write_and_no_transition_is_overwritten() -> None:
    for seed in range(500):
        member, truth, numbers = memberships_after(seed)

        assert member is truth, f"seed {seed}"
        assert numbers == list(range(1, len(numbers) + 1)), f"seed {seed}"
