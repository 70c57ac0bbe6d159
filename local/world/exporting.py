"""Exports in the in-memory world: made by workers that die whenever they like, into a bucket in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from local.world.erasing import MemoryLarge
from local.world.world import World
from regulars.domain.audit import Deed
from regulars.pipeline.export_worker import ExportWorker
from regulars.pipeline.ports import Many, Sealer


class MemoryFiles(MemoryLarge):
    """The bucket of exports, in memory."""

    def link(self, key: str, *, name: str, seconds: int) -> str:
        """Say what the address would be of."""
        return f"memory://{key}?name={name}&seconds={seconds}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporting:
    """Workers of exports in a world; they work when they are told to."""

    world: World
    sealer: Sealer
    write: Callable[[Deed], object]
    many: Many = map
    files: MemoryFiles = field(default_factory=MemoryFiles)
    begun: list[str] = field(default_factory=list)

    def start(self, id: str, segments: Sequence[int], *, name: str) -> None:
        """Note an export."""
        del segments, name
        self.begun.append(id)

    def worker(self) -> ExportWorker:
        """Make a worker that has read nothing yet."""
        world = self.world
        return ExportWorker(world.database, self.sealer, self.files, self.write, world.journal, world.clock, self.many)

    def finish(self, *, has_time: Callable[[], bool] = lambda: True) -> None:
        """Work off all that was begun to its end."""
        while self.begun:
            while not self.worker().work(self.begun[0], has_time=has_time):
                pass
            self.begun.pop(0)
