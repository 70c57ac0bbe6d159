"""Backfills in the in-memory world: worked off by whoever begins them, at once and to the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from local.world.world import World
from regulars.pipeline.backfill_steps import BackfillSteps
from regulars.pipeline.backfill_worker import BackfillWorker
from regulars.pipeline.evaluate import Evaluator


@dataclass(frozen=True, slots=True)
class Backfilling:
    """Workers of backfills that are done as soon as they are started."""

    world: World

    def start(self, id: str, segments: Sequence[int], *, name: str) -> None:
        """Work off segments, and whatever comes after them."""
        del name
        steps = BackfillSteps(self.world.database, self.world.clock)
        while segments:
            for segment in segments:
                self.worker().work(id, segment, has_time=lambda: True)
            step = steps.step(id)
            id, segments = step.id, step.segments

    def worker(self) -> BackfillWorker:
        """Make a worker that has read nothing yet, and dies of what it cannot do."""
        world = self.world
        evaluator = Evaluator(world.database, world.timer_queue, world.journal, world.clock)
        return BackfillWorker(world.database, evaluator, world.clock, report=_die)


def _die(_whom: str, error: Exception) -> None:
    raise error
