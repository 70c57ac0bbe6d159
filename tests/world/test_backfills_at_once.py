"""People act and merge while definitions change and a backfill runs and dies: in the end all is right."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from random import Random
from typing import Any

from local.world.memory import MemoryDatabase
from local.world.world import Counts
from regulars.domain.instants import DAY
from regulars.domain.memberships import Membership
from regulars.domain.profiles import alone
from regulars.domain.releases import status_of
from regulars.domain.segment_definitions import parse
from regulars.errors import ConflictingEditError
from regulars.pipeline import wakeups
from regulars.pipeline.announce import transitions
from regulars.pipeline.backfill_steps import BackfillSteps
from regulars.pipeline.backfill_worker import BackfillWorker
from regulars.pipeline.backfills import Backfills
from regulars.pipeline.definitions import Definitions
from regulars.pipeline.evaluate import Evaluator
from regulars.pipeline.members import Members
from regulars.pipeline.resolve import Resolver
from regulars.stores import memberships as rows
from regulars.stores.database import text
from regulars.stores.events import EventStore
from regulars.stores.profiles import ProfileStore
from tests.builders import START, an_event
from tests.oracle import is_member
from tests.world.schedule import Schedule
from tests.world.test_backfills import Left
from tests.world.test_turns_at_once import Kept

NOW = START + DAY
OWNERS = ["user_id:u", "email:e", "email:f", "anonymous_id:a", "anonymous_id:b"]
SEEDS = 120
ASKS: Sequence[Mapping[str, Any]] = [
    {"where": {"event": "Product Viewed", "count": {"at_least": times}, **within}, "anonymous": anonymous}
    for times, within, anonymous in [(1, {}, True), (2, {}, True), (3, {"within": "30 days"}, True), (2, {}, False)]
] + [{"where": {"event": "Menu Opened"}, "anonymous": True}]


class Trial:
    """A few workers who do what the pipeline does, one who edits, and one who looks at everybody."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.schedule = Schedule(seed, crash=0.005)
        self.database = MemoryDatabase(self.schedule.hook)
        self.queue = Kept()
        self.ticks = count(NOW)
        self.clock = lambda: next(self.ticks)
        self.definitions = Definitions(self.database, self.clock)
        self.edit(0)()
        self.events = [self._event(number, (owner,)) for number, owner in enumerate(OWNERS)]
        for event in self.events:
            self.work(event)()

    def _event(self, number: int, links: Sequence[str]) -> Any:
        name = self.random.choice(["Product Viewed", "Product Viewed", "Menu Opened"])
        return an_event(number, links=tuple(sorted(links, key=OWNERS.index)), name=name)

    def run(self) -> None:
        """Do everything at once, and then what is left."""
        numbers = range(len(OWNERS), len(OWNERS) + self.random.randrange(3, 8))
        sizes = [self.random.choice([1, 1, 1, 2]) for _ in numbers]
        ties = [self._event(n, self.random.sample(OWNERS, size)) for n, size in zip(numbers, sizes, strict=True)]
        self.events += ties
        first = self.random.choice([[], [self.edit()]])
        for job in first:
            job()
        edits = self.random.choice([[], [self.edit()], [self.edit(), self.edit()]])
        self.schedule.run([*map(self.work, ties), *edits, self.backfill, self.backfill])
        self.backfill()

    def edit(self, index: int | None = None) -> Callable[[], None]:
        """Write another definition."""
        content = ASKS[self.random.randrange(len(ASKS)) if index is None else index]
        status = {} if index is not None else self.random.choice([{}, {}, {"status": "paused"}, {"status": "archived"}])

        def job() -> None:
            try:
                self.definitions.put("segment", "odd", {**content, **status}, origin="api")
            except ConflictingEditError:
                return

        return job

    def backfill(self) -> None:
        """Begin a backfill, or join one, and work at it to its end."""
        begun = Backfills(self.database, Left(), self.clock).begin(by="s-1")
        steps = BackfillSteps(self.database, self.clock)
        step = steps.step(begun.run.id) if begun else None
        while step and step.segments:
            for segment in step.segments:
                self.worker().work(step.id, segment, has_time=lambda: True)
            step = steps.step(step.id)

    def worker(self) -> BackfillWorker:
        """Make a worker that dies of what it cannot do."""
        return BackfillWorker(self.database, self.evaluator(), self.clock, report=_die)

    def evaluator(self) -> Evaluator:
        """Make an evaluator that has read the catalog."""
        evaluator = Evaluator(self.database, self.queue, Counts(), self.clock)
        evaluator.start_batch()
        return evaluator

    def work(self, event: Any) -> Callable[[], None]:
        """Store, fold and evaluate, as the pipeline does."""
        mine: list[wakeups.Wakeup | None] = [wakeups.Wakeup(alone(event.owner))]

        def job() -> None:
            EventStore(self.database).insert([event])
            resolver = Resolver(self.database, Counts(), lambda: 0)
            resolver.start_batch()
            resolver.apply(event.owner, [event], stored=0)
            mine.extend(self._news())
            evaluator = self.evaluator()
            for wakeup in wakeups.together(mine).values():
                evaluator.evaluate(wakeup.profile_id, absorbed=wakeup.absorbed, changed=wakeup.changed)

        return job

    def _news(self) -> list[wakeups.Wakeup | None]:
        """What the stream of profiles tells; each record goes to one worker."""
        changes = self.database.changes("profiles", 0, 10_000)
        if changes:
            self.database.trim("profiles", changes[-1].sequence)
        return [wakeups.of_profile((change.old, change.new)) for change in changes]

    def people(self) -> dict[str, list[str]]:
        """The owners of each live profile."""
        found, tied = {}, set()
        for item in self.database.all("profiles"):
            profile = ProfileStore(self.database).get(text(item, "profile_id"))
            if profile and not profile.merged_into:
                found[profile.profile_id] = list(profile.owners)
                tied |= set(profile.owners)
        return found | {alone(owner): [owner] for owner in set(OWNERS) - tied}


def _die(_whom: str, error: Exception) -> None:
    raise error


def test_members_are_whom_the_last_definition_takes_in() -> None:
    for seed in range(SEEDS):
        trial = Trial(seed)
        trial.run()
        [definition] = trial.definitions.list("segment")
        page = Members(trial.database, map, trial.clock).page("odd", after=None, limit=100)
        members = {each.profile_id for each in page.members}
        status = status_of(definition.content)
        if status == "paused":
            continue
        segment = parse("odd", definition.content)
        expected = {
            profile_id
            for profile_id, owners in trial.people().items()
            if status == "live"
            and is_member(
                segment,
                [event for event in trial.events if event.owner in owners],
                NOW + 1_000,
                known=any(not owner.startswith("anonymous") for owner in owners),
            )
        }

        assert members == expected, f"seed {seed}"


def test_nothing_is_told_twice_in_two_ways_and_nothing_is_left_untold() -> None:
    for seed in range(SEEDS):
        trial = Trial(seed)
        trial.run()
        changes = trial.database.changes("memberships", 0, 100_000)
        pairs = [
            tuple(rows.from_item(image) if image else None for image in (change.old, change.new))
            for change in changes
            if text(change.new or change.old or {}, "item") != rows.HEAD
        ]
        told: dict[tuple[str, int], set[bool]] = defaultdict(set)
        last: dict[str, tuple[int, bool]] = {}
        for each in transitions(pairs):  # type: ignore[arg-type]  # pairs they are
            told[each.profile_id, each.number].add(each.entered)
            last[each.profile_id] = max(last.get(each.profile_id, (0, False)), (each.number, each.entered))
        live = {segment.rows for segment in trial.evaluator().live.told}
        unsettled = [row for row in _rows(trial) if row.member and not row.number and row.rows in live]

        assert all(len(ways) == 1 for ways in told.values()), f"seed {seed}"
        assert unsettled == [], f"seed {seed}"


def _rows(trial: Trial) -> list[Membership]:
    return [rows.from_item(item) for item in trial.database.all("memberships") if item["item"] != rows.HEAD]
