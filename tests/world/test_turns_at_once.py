"""Nothing that was put off is lost, whoever merges, evaluates and dies meanwhile."""

from collections.abc import Callable, Sequence
from itertools import count
from random import Random

import pytest

from local.world.memory import MemoryDatabase
from local.world.world import Counts
from regulars.domain.events import Event
from regulars.domain.instants import DAY
from regulars.domain.profiles import alone
from regulars.domain.segment_definitions import parse
from regulars.domain.timers import MINUTE, Timer
from regulars.pipeline import wakeups
from regulars.pipeline.evaluate import Evaluator
from regulars.pipeline.ports import Clock
from regulars.pipeline.resolve import Resolver
from regulars.stores import memberships as rows
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import text
from regulars.stores.definitions import Definition
from regulars.stores.events import EventStore
from regulars.stores.profiles import ProfileStore
from tests.builders import START, an_event
from tests.oracle import is_member
from tests.world.schedule import Schedule
from tests.world.test_looking_twice import ODD

NOW = START + DAY
OWNERS = ["user_id:u", "email:e", "email:f", "anonymous_id:a", "anonymous_id:b"]


class Kept(list[Timer]):
    """A queue that keeps what it is given."""

    def send(self, timers: Sequence[Timer], *, now: int) -> None:
        """Keep."""
        del now
        self.extend(timers)


class Trial:
    """A few workers who do to events what the pipeline does, and at the end everything that is due."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.schedule = Schedule(seed, crash=0.02)
        self.database = MemoryDatabase(self.schedule.hook)
        self.queue = Kept()
        self.ticks = count(NOW)  # no two looks at the clock are the same, so that no two writes are
        CatalogStore(self.database).put(Definition(kind="segment", id="odd", content=ODD))

    def run(self) -> list[Event]:
        """Do everything; give the events."""
        firsts = [an_event(number, links=(owner,)) for number, owner in enumerate(OWNERS)]
        numbers = range(len(OWNERS), len(OWNERS) + self.random.randrange(3, 9))
        ties = [an_event(number, links=tuple(sorted(self._some(), key=OWNERS.index))) for number in numbers]
        self.schedule.run([self._work(event) for event in firsts])
        self.schedule.run([self._work(event) for event in ties])
        self.ticks = count(NOW + 2 * MINUTE)
        while self.queue:
            due, self.queue = self.queue, Kept()
            self.schedule.run([self._wake(timer) for timer in due])
        return firsts + ties

    def _some(self) -> list[str]:
        return self.random.sample(OWNERS, self.random.choice([1, 2, 2, 3]))

    def _evaluator(self) -> Evaluator:
        evaluator = Evaluator(self.database, self.queue, Counts(), self._clock())
        evaluator.start_batch()
        return evaluator

    def _clock(self) -> Clock:
        return lambda: next(self.ticks)

    def _work(self, event: Event) -> Callable[[], None]:
        mine: list[wakeups.Wakeup | None] = [wakeups.Wakeup(alone(event.owner))]

        def job() -> None:
            EventStore(self.database).insert([event])
            resolver = Resolver(self.database, Counts(), lambda: 0)
            resolver.start_batch()
            resolver.apply(event.owner, [event], stored=0)
            mine.extend(self._news())
            for wakeup in wakeups.together(mine).values():
                self._evaluator().evaluate(wakeup.profile_id, absorbed=wakeup.absorbed, changed=wakeup.changed)

        return job

    def _news(self) -> list[wakeups.Wakeup | None]:
        """What the stream of profiles tells; each record goes to one worker."""
        changes = self.database.changes("profiles", 0, 10_000)
        if changes:
            self.database.trim("profiles", changes[-1].sequence)
        return [wakeups.of_profile((change.old, change.new)) for change in changes]

    def _wake(self, timer: Timer) -> Callable[[], None]:
        return lambda: self._evaluator().wake(timer)


def test_what_was_put_off_is_decided_and_carried_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.domain.heads.MANY_OWNERS", 1)
    segment = parse("odd", ODD)
    for seed in range(300):
        trial = Trial(seed)
        events = trial.run()
        standing = [rows.from_item(item) for item in trial.database.all("memberships") if item["item"] != rows.HEAD]
        members = {row.profile_id for row in standing if row.member}
        expected = set()
        for item in trial.database.all("profiles"):
            profile = ProfileStore(trial.database).get(text(item, "profile_id"))
            if profile and not profile.merged_into:
                own = [event for event in events if event.owner in profile.owners]
                expected |= {profile.profile_id} if is_member(segment, own, NOW, known=True) else set()
        tied = {owner for item in trial.database.all("profiles") for owner in text(item, "owners").split()}
        for owner in set(OWNERS) - tied:
            own = [event for event in events if event.owner == owner]
            expected |= {alone(owner)} if is_member(segment, own, NOW, known=True) else set()

        assert members == expected, f"seed {seed}"
