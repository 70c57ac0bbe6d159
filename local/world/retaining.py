"""Retention in the in-memory world: sweeps on its clock, and DynamoDB's deletions of what has expired."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from local.world.erasing import MemoryLarge, Stopped
from local.world.memory import MemoryDatabase
from local.world.world import World
from regulars.domain.instants import SECOND
from regulars.pipeline.journey_forgetting import Stops
from regulars.pipeline.retaining import Ground, Retainer, nobody_is_held
from regulars.pipeline.working import Report
from regulars.stores.database import KEYS, TableName, number, text

EXPIRING: tuple[TableName, ...] = ("events", "identities", "memberships", "journeys", "timers", "quarantine", "tallies")


def expire(database: MemoryDatabase, now: int) -> int:
    """Delete what has expired, as DynamoDB does some time after; say how much."""
    gone = 0
    for table in EXPIRING:
        partition, sort = KEYS[table]
        for item in database.all(table):
            if "expires" in item and number(item, "expires") * SECOND <= now:
                database.delete(table, text(item, partition), text(item, sort or "") or None)
                gone += 1
    return gone


def _die(_whom: str, error: Exception) -> None:
    raise error


@dataclass(frozen=True, slots=True, kw_only=True)
class Retaining:
    """Sweeps of a world."""

    world: World
    large: MemoryLarge = field(default_factory=MemoryLarge)
    held: Callable[[Collection[str]], bool] = nobody_is_held
    machines: Stops = field(default_factory=Stopped)
    report: Report = _die

    def worker(self) -> Retainer:
        """Make a worker that has read nothing yet."""
        ground = Ground(large=self.large, held=self.held, machines=self.machines, report=self.report)
        return Retainer(self.world.database, ground, self.world.journal, self.world.clock)

    def sweep(self) -> None:
        """Let a sweep begin and end, if it is time for one, and what is due of those who are being forgotten."""
        if not self.worker().work(has_time=lambda: True):
            raise AssertionError("a sweep that has time ends")
