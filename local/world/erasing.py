"""Requests of persons in the in-memory world: worked off on its clock, by workers that die whenever they like."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from local.world.lake import MemoryLake
from local.world.ledger_copies import MemoryLedgerCopies
from local.world.world import World
from regulars.domain.instants import SECOND
from regulars.pipeline.erase_worker import EraseWorker, Places
from regulars.pipeline.journey_forgetting import Stops
from regulars.pipeline.lake import Rewriting


class MemoryLarge:
    """The bucket of what is too large, in memory."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def put(self, key: str, content: bytes) -> None:
        """Store bytes."""
        self.held[key] = content

    def get(self, key: str) -> bytes | None:
        """Read bytes."""
        return self.held.get(key)

    def keys(self, prefix: str) -> Iterable[str]:
        """List the keys that begin so."""
        return sorted(key for key in self.held if key.startswith(prefix))

    def delete(self, key: str) -> None:
        """Remove bytes."""
        self.held.pop(key, None)


@dataclass(frozen=True, slots=True)
class Stopped:
    """State machines of journeys of which it is only noted what was stopped."""

    executions: list[tuple[str, str]] = field(default_factory=list)

    def stop(self, machine: str, passage: str, cause: str) -> None:
        """Note that an execution ends."""
        del cause
        self.executions.append((machine, passage))


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    """Workers of requests in a world, whose lake is written in a format."""

    world: World
    lake: MemoryLake
    format: Rewriting
    large: MemoryLarge = field(default_factory=MemoryLarge)
    exports: MemoryLarge = field(default_factory=MemoryLarge)
    failures: MemoryLarge = field(default_factory=MemoryLarge)
    copies: MemoryLedgerCopies = field(default_factory=MemoryLedgerCopies)
    machines: Stops = field(default_factory=Stopped)

    @property
    def places(self) -> Places:
        """Where things are, beside the tables."""
        return Places(
            large=self.large,
            failures=self.failures,
            lake=self.lake,
            format=self.format,
            exports=self.exports,
            copies=self.copies,
            machines=self.machines,
        )

    def worker(self) -> EraseWorker:
        """Make a worker that has read nothing yet."""
        return EraseWorker(self.world.database, self.places, self.world.journal, self.world.clock, map)

    def finish(self, id: str, *, has_time: Callable[[], bool] = lambda: True) -> None:
        """Work off a request to its end, and let the time pass for which it waits."""
        while not (step := self.worker().work(id, has_time=has_time)).done:
            self.world.advance(self.world.clock.now + step.wait * SECOND)
