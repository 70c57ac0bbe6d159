"""Everything accepted is in the lake once, as its readers see it, whatever goes wrong on the way."""

from collections import defaultdict
from random import Random

import pytest

from local.world.chaos import CrashError, SeededChaos
from local.world.lake import MemoryLake, archive
from local.world.world import World
from regulars.adapters.parquet import Parquet
from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from regulars.domain.lake import EVENTS, IDENTITY
from regulars.domain.lake_rows import event_row
from regulars.domain.profiles import Profile
from regulars.pipeline.compact import Compactor
from regulars.pipeline.lake import Format
from regulars.stores.events import from_item as event_from_item
from regulars.stores.profiles import from_item as profile_from_item
from tests.builders import an_event
from tests.lake import ask
from tests.world.chaos_trial import events_of
from tests.world.lines import Lines, view


class Trial:
    """A world that writes to a lake while everything goes wrong, compaction included."""

    def __init__(self, seed: int, format: Format) -> None:
        self._random = Random(seed)
        self.lake = MemoryLake(self._strike)
        self.world = World(chaos=SeededChaos(seed, rewind=0.05), lanes=2, batch=self._random.choice([10, 50]))
        archive(self.world, self.lake, format)
        self.compactor = Compactor(self.lake, format, self.world.journal, self.world.clock)
        self.crashes = 0

    def run(self, events: int, *, at_once: int = 20) -> None:
        """Send a history through, some of it again, and compact days whenever it pleases chance."""
        history = events_of(self._random, events)
        for start in range(0, events, at_once):
            self.world.store(*history[start : start + at_once])
            self.world.settle()
            if self._random.random() < 0.5:
                self._compact_some_day()
        self.lake.hook = lambda: None
        self.world.settle()

    def _compact_some_day(self) -> None:
        days = sorted({key.split("=")[1].split("/")[0] for key in self.lake.content})
        try:
            self.compactor.compact(day=self._random.choice(days))
        except CrashError:
            self.crashes += 1

    def _strike(self) -> None:
        if self._random.random() < 0.03:
            raise CrashError

    def events(self) -> list[Event]:
        """The events as they are stored."""
        return [event_from_item(item) for item in self.world.database.all("events")]

    def profiles(self) -> list[Profile]:
        """The profiles as they are stored."""
        return [profile_from_item(item) for item in self.world.database.all("profiles")]


@pytest.fixture(scope="module", params=range(1, 9))
def trial(request: pytest.FixtureRequest) -> Trial:
    trial = Trial(request.param, Lines())
    trial.run(400)
    return trial


def test_every_event_is_there_once(trial: Trial) -> None:
    found = [repr(row) for row in view(EVENTS, trial.lake.content)]

    assert len(found) == len(trial.events()) == 400
    assert sorted(found) == sorted(repr(event_row(event)) for event in trial.events())


def test_every_change_of_every_profile_is_there_once(trial: Trial) -> None:
    versions = defaultdict(list)
    for row in view(IDENTITY, trial.lake.content):
        versions[row["profile_id"]].append(row)

    assert {one.profile_id for one in trial.profiles()} == set(versions)
    for profile in trial.profiles():
        rows = sorted(versions[profile.profile_id], key=lambda row: int(row["version"]))
        assert [row["version"] for row in rows] == list(range(1, profile.version + 1))
        assert rows[-1]["owners"] == profile.owners
        assert sorted(owner for row in rows for owner in row["joined"]) == sorted(profile.owners)


def test_chaos_struck_while_days_were_merged() -> None:
    trials = [Trial(seed, Lines()) for seed in range(11, 14)]
    for trial in trials:
        trial.run(200)

    assert sum(trial.crashes for trial in trials) > 0
    assert all(trial.world.journal.counts["copies_removed"] for trial in trials)


def test_closed_days_come_to_one_file_each_and_no_copies(trial: Trial) -> None:
    before = view(EVENTS, trial.lake.content)
    trial.world.clock.advance_to(trial.world.clock.now + 3 * DAY)
    assert trial.compactor.compact()

    folders = [key.rpartition("/")[0] for key in trial.lake.content]
    lines = sum(len(content.splitlines()) for key, content in trial.lake.content.items() if key.startswith("events/"))
    assert len(folders) == len(set(folders))
    assert lines == len(before) == 400
    assert sorted(map(repr, view(EVENTS, trial.lake.content))) == sorted(map(repr, before))


def test_it_is_the_same_by_parquet_and_sql() -> None:
    trial = Trial(3, Parquet())
    trial.run(120, at_once=30)

    every = ask(trial.lake.content, "SELECT owner, moment FROM events ORDER BY ALL")
    assert every == sorted((event.owner, event.moment) for event in trial.events())
    changes = ask(trial.lake.content, "SELECT profile_id, max(version), count(*) FROM identity GROUP BY 1 ORDER BY 1")
    assert changes == sorted((one.profile_id, one.version, one.version) for one in trial.profiles())
    assert dict(ask(trial.lake.content, "SELECT owner, profile_id FROM people")) == {
        owner: one.profile_id for one in trial.profiles() if not one.merged_into for owner in one.owners
    }


def test_what_comes_late_is_merged_into_its_day() -> None:
    trial = Trial(1, Lines())
    trial.lake.hook = lambda: None
    trial.world.store(an_event(1))
    trial.world.settle()
    trial.world.clock.advance_to(trial.world.clock.now + 2 * DAY)
    trial.compactor.compact()
    (first,) = trial.lake.content
    trial.world.store(an_event(2))
    trial.world.settle()
    trial.compactor.compact()

    (second,) = trial.lake.content
    assert second != first
    assert len(view(EVENTS, trial.lake.content)) == 2


def test_a_day_that_is_not_over_is_left_alone() -> None:
    trial = Trial(1, Lines())
    trial.lake.hook = lambda: None
    trial.world.store(an_event(1))
    trial.world.settle()
    before = dict(trial.lake.content)
    trial.world.clock.advance_to(trial.world.clock.now + DAY + 3_599 * SECOND)
    trial.compactor.compact()

    assert trial.lake.content == before


def test_stops_when_time_is_up_and_says_so() -> None:
    trial = Trial(1, Lines())
    trial.lake.hook = lambda: None
    trial.world.store(an_event(1), an_event(2, arrival=an_event().arrival + DAY))
    trial.world.settle()
    trial.world.clock.advance_to(trial.world.clock.now + 3 * DAY)
    left = iter([True, False])

    assert not trial.compactor.compact(has_time=lambda: next(left))
    assert sum("merged-" in key for key in trial.lake.content) == 1
    assert trial.compactor.compact()
    assert all("merged-" in key for key in trial.lake.content)
