"""The tracking plan as the door needs it: compiled once for each version of it, and asked for seldom."""

from dataclasses import dataclass

from regulars.domain.instants import SECOND
from regulars.domain.judging import Judge
from regulars.errors import DefinitionError, UnavailableError
from regulars.pipeline.held import Held
from regulars.pipeline.ports import Clock
from regulars.stores.database import Database
from regulars.stores.definitions import DefinitionStore

PLAN_HELD = 5 * SECOND


@dataclass(frozen=True, slots=True)
class _Ready:
    version: int = 0
    judge: Judge | None = None


class Plans:
    """Gives the plan that is live; a workspace without one pays a read of one small item every five seconds."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._store = DefinitionStore(database)
        self._held = Held(self._read, clock, for_=PLAN_HELD)
        self._ready = _Ready()

    def now(self) -> Judge | None:
        """Give the plan, None where there is none. Raises UnavailableError."""
        ready = self._held.get("plan")
        return ready.judge if ready else None

    def _read(self, _id: str) -> _Ready:
        version = self._store.plan_version()
        if version != self._ready.version:
            self._ready = _Ready(version, self._compile(version))
        return self._ready

    def _compile(self, version: int) -> Judge | None:
        definitions = self._store.list("tracking_plan")
        if not definitions:
            return None
        from regulars.domain.plan_definitions import parse_plan
        from regulars.domain.plans import compile_plan  # twelve megabytes, for those who have a plan

        try:
            parsed = [parse_plan(one.id, one.content, version=one.version) for one in definitions]
            return compile_plan(parsed, version=version)
        except DefinitionError as error:  # a newer release wrote it: senders keep their events and try again
            raise UnavailableError(f"the tracking plan cannot be read: {error}") from error
