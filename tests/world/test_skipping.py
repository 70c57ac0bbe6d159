"""Who held nothing is not read again, and what they come to hold is seen all the same, whoever evaluates meanwhile."""

from collections.abc import Callable
from itertools import count
from random import Random

from local.world.memory import MemoryDatabase
from local.world.world import Counts, World
from regulars.domain.events import Event
from regulars.domain.instants import DAY
from regulars.domain.profiles import alone
from regulars.domain.segment_definitions import parse
from regulars.errors import ConflictError
from regulars.pipeline.evaluate import Evaluator
from regulars.pipeline.resolve import Resolver
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import text
from regulars.stores.definitions import Definition
from regulars.stores.events import EventStore
from regulars.stores.memberships import MembershipStore
from tests.builders import START, an_event
from tests.oracle import is_member
from tests.world.schedule import Schedule
from tests.world.test_looking_twice import ODD, Forgetful

NOW = START + DAY
OWNERS = ("user_id:u", "email:e", "anonymous_id:a")
HOME = "p_user_id:u"
SEEDS = 800


class Trial:
    """A person of whom only one identifier holds parts, and workers who let the others do something at once."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.schedule = Schedule(seed, crash=0.01)
        self.database = MemoryDatabase(self.schedule.hook)
        self.ticks = count(NOW)
        self.segments = count(1)
        self.events = [an_event(0, links=OWNERS)]
        if seed % 2:  # the profile is named by one who holds nothing
            self.events.insert(0, an_event(90, links=OWNERS[1:], name="Menu Opened"))
        CatalogStore(self.database).put(Definition(kind="segment", id="odd", content=ODD))
        for event in self.events:
            self.work(event)()
        for _ in range(self.random.choice([0, 1, 2, 2])):
            self.define()()

    def run(self) -> list[tuple[bool, bool]]:
        """Let a few things happen at once, and then one more; give membership and truth after each."""
        owners = [OWNERS[0], self.random.choice(OWNERS[1:]), *self.random.choice([(), OWNERS[:1]])]
        self.events += [an_event(number, links=(owner,)) for number, owner in enumerate(owners, 1)]
        jobs = [self.work(event) for event in self.events[-len(owners) :]]
        self.schedule.run([*jobs, *self.random.choice([(), (self.define(),), (self.define(), self.define())])])
        at_once = self.outcome()
        self.events.append(an_event(9, links=OWNERS[:1]))
        self.work(self.events[-1])()
        return [at_once, self.outcome()]

    def outcome(self) -> tuple[bool, bool]:
        """Whether the person is a member, and whether they should be one."""
        (profile,) = (item for item in self.database.all("profiles") if "merged_into" not in item)
        found = MembershipStore(self.database).get(text(profile, "profile_id"), "odd")
        return bool(found and found.member), is_member(parse("odd", ODD), self.events, NOW, known=True)

    def work(self, event: Event) -> Callable[[], None]:
        """Store, fold and evaluate, as the pipeline does."""

        def job() -> None:
            self.fold(event)
            self.evaluate(event.owner)

        return job

    def define(self, *, evaluate: bool = True) -> Callable[[], None]:
        """Let another definition go live, so that the next evaluation writes the head, and evaluate."""
        number = next(self.segments)

        def job() -> None:
            store, id = CatalogStore(self.database), f"other_{number}"
            while store.get("segment", id) is None:
                try:
                    store.put(Definition(kind="segment", id=id, content={"where": {"event": f"Never {number}"}}))
                except ConflictError:
                    continue
            if evaluate:
                self.evaluate(OWNERS[0])

        return job

    def fold(self, event: Event) -> None:
        """Store an event and fold it."""
        EventStore(self.database).insert([event])
        resolver = Resolver(self.database, Counts(), lambda: 0)
        resolver.start_batch()
        resolver.apply(event.owner, [event], stored=0)

    def evaluate(self, owner: str) -> None:
        """Evaluate whoever an identifier belongs to."""
        self.evaluator().evaluate(alone(owner))

    def evaluator(self) -> Evaluator:
        """Make an evaluator that has read the catalog."""
        evaluator = Evaluator(self.database, Forgetful(), Counts(), lambda: next(self.ticks))
        evaluator.start_batch()
        return evaluator


def test_what_an_identifier_comes_to_hold_is_seen() -> None:
    for seed in range(SEEDS):
        for member, truth in Trial(seed).run():
            assert member is truth, f"seed {seed}"


def test_who_was_named_twice_is_not_read() -> None:
    trial = Trial(2)
    for _ in range(3):
        trial.define()()
    before = trial.database.bill.requests.copy()
    trial.evaluate(OWNERS[0])

    assert MembershipStore(trial.database).head(HOME).skipped == {"email:e", "anonymous_id:a"}
    assert (trial.database.bill.requests - before)["query identities"] == 1


def test_a_name_that_comes_after_the_first_part_is_not_believed() -> None:
    trial, device = Trial(2), "anonymous_id:new"
    for links in ((OWNERS[0], device), (device,)):
        trial.events.append(an_event(10 + len(trial.events), links=links, name="Menu Opened"))
        trial.work(trial.events[-1])()
    slow = trial.evaluator()  # has read the catalog before the next definition goes live, and so writes no head
    trial.events.append(an_event(20, links=(device,)))
    trial.define(evaluate=False)()

    def meanwhile(operation: str, table: str) -> None:
        if (operation, table) == ("put", "memberships"):
            trial.database.hook = None
            trial.fold(trial.events[-1])
            slow.evaluate(alone(device))

    trial.database.hook = meanwhile
    trial.evaluate(OWNERS[0])
    trial.database.hook = None
    trial.events.append(an_event(21, links=OWNERS[:1]))
    trial.work(trial.events[-1])()

    member, truth = trial.outcome()
    assert member is truth


def test_a_name_is_taken_away_with_the_first_part() -> None:
    trial = Trial(2)
    for _ in range(3):
        trial.define()()
    trial.work(an_event(1, links=("email:e",)))()

    head = MembershipStore(trial.database).head(HOME)
    assert head.skipped == {"anonymous_id:a"}
    assert head.bare == set()


def test_a_new_definition_looks_at_everybody() -> None:
    world = World()
    world.define("segment", "viewers", {"where": {"event": "Product Viewed"}})
    world.store(an_event(0, links=OWNERS), an_event(1, links=("email:e",), name="Wish Made"))
    world.settle()
    for number in range(3):
        world.define("segment", f"other_{number}", {"where": {"event": f"Never {number}"}})
        world.store(an_event(10 + number, links=OWNERS[:1]))
        world.settle()
    assert MembershipStore(world.database).head(HOME).skipped == {"email:e", "anonymous_id:a"}
    world.define("segment", "wishing", {"where": {"event": "Wish Made"}})
    world.store(an_event(20, links=OWNERS[:1]))
    world.settle()

    held = MembershipStore(world.database).get(HOME, "wishing")
    assert held is not None
    assert held.member
