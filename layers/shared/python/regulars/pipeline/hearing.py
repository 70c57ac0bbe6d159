"""
Let people on journeys hear what happens: goals, exits, and what they hold for.

The passage is written first, then the state machine is told, then the world; whoever hears the same again finds its
traces, and does again what may have been left undone.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from regulars.domain.hearing import News, bears, hear, step_at
from regulars.domain.journey_deeds import JourneyEvent
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_events import ended, goal_met, passed
from regulars.domain.journeys import Anew, Journey, turns
from regulars.domain.live_journeys import LiveJourney
from regulars.domain.passage_keeps import stamped
from regulars.domain.passages import Ending, Passage
from regulars.domain.stepping import gives_way
from regulars.errors import ConflictError, DefinitionError
from regulars.pipeline.ports import Journal, Machines
from regulars.stores.database import Database
from regulars.stores.definitions import DefinitionStore
from regulars.stores.journeys import JourneyStore

TRIES = 60
Tell = Callable[..., object]  # an owner, and what a journey did to them


class Hearing:
    """Moves passages by what happened to their people."""

    def __init__(
        self,
        database: Database,
        machines: Machines,
        tell: Tell,
        journal: Journal,
        pause: Callable[[int], None] = lambda _tries: None,
    ) -> None:
        self._definitions = DefinitionStore(database)
        self._journeys = JourneyStore(database)
        self._machines = machines
        self._tell = tell
        self._journal = journal
        self._pause = pause

    def hear(self, passage: Passage, one: LiveJourney, news: Iterable[News], *, again: News | None = None) -> Passage:
        """
        Let a passage hear news, one after the other; give it as it stands then.

        What follows from that which comes `again` is done again, if it was heard before. Raises ConflictError.
        """
        for each in news:
            passage = self._hear(passage, one, each, is_again=each is again)
        return passage

    def end(self, passage: Passage, one: LiveJourney | None, ending: Ending, at: int) -> Passage:
        """End a passage where it is, and its execution; what has ended is told of once more. Raises ConflictError."""
        for tries in range(TRIES):
            try:
                if passage.ending is None:
                    passage = self.save(_with_end(passage, ending, at), one)
                self._stop(passage, one)
                return passage
            except ConflictError:
                self._pause(tries)
                if (again := self._again(passage)) is None:
                    return passage
                passage = again
        raise ConflictError("the passage kept changing")

    def save(self, passage: Passage, one: LiveJourney | None) -> Passage:
        """Write a passage over the version that was read; one that has ended goes in its time. Raises ConflictError."""
        journey = one.journey if one else self._former(passage)
        return self._journeys.save(stamped(passage, journey) if journey else passage)

    def release(self, passage: Passage, way: int) -> None:
        """Let who holds go on by a way; a machine that went on by itself is the truth."""
        held = [self._machines.release(token, {"way": way, "until": None}) for token in passage.token.split()]
        self._journal.count("holds_released" if any(held) else "holds_gone")

    def _hear(self, passage: Passage, one: LiveJourney, news: News, *, is_again: bool) -> Passage:
        for tries in range(TRIES):
            after = hear(passage, one.journey, news)
            if after == passage:
                if is_again and bears(passage, news):
                    self._follow(passage, one, news)
                return passage
            try:
                after = self.save(after, one)
            except ConflictError:
                self._pause(tries)
                if (again := self._again(passage)) is None:
                    return passage
                passage = again
                continue
            self._follow(after, one, news)
            return after
        raise ConflictError("the passage kept changing")

    def _follow(self, passage: Passage, one: LiveJourney, news: News) -> None:
        """Do what follows from news that a passage has heard."""
        if passage.converted == news.at:
            self._tell(passage.owner, goal_met(passage))
        if passage.ending in ("goal", "exit") and passage.ended == news.at:
            self._stop(passage, one)
        elif passage.ending is None and passage.released is not None:
            self.release(passage, passage.released)
            if told := _anew(passage, one):
                self._tell(passage.owner, told)

    def _stop(self, passage: Passage, one: LiveJourney | None) -> None:
        if one:
            self._machines.stop(one.machine, passage.id, passage.ending or "ended")
        self.tell_end(passage)

    def tell_end(self, passage: Passage) -> None:
        """Tell how a passage ended; told again it is the same."""
        self._tell(passage.owner, ended(passage))
        self._journal.count("passages_ended", ending=passage.ending or "")

    def _former(self, passage: Passage) -> Journey | None:
        """Read a version that nobody goes through any more, None where it cannot be read: then a row stays."""
        found = self._definitions.get("journey_version", f"{passage.journey}#{passage.number:06}")
        try:
            return parse_journey(passage.journey, found.content["definition"]) if found else None
        except DefinitionError:
            return None

    def _again(self, passage: Passage) -> Passage | None:
        return self._journeys.passage(passage.owner, passage.journey, passage.id)


def yields(passage: Passage, others: Iterable[Passage]) -> bool:
    """Say whether a passage ends because its person goes through with the same key already, for longer."""
    return passage.ending is None and gives_way(passage, [one for one in others if one.id != passage.id])


def _anew(passage: Passage, one: LiveJourney) -> JourneyEvent | None:
    """Tell of a hold that began anew."""
    step, way = step_at(one.journey, passage.place), passage.released
    if step is None or way is None or not isinstance(turns(step)[way], Anew):
        return None
    return passed(passage, passage.place, way, str(way), passage.since, turn=passage.restarts)


def _with_end(passage: Passage, ending: Ending, at: int) -> Passage:
    return replace(passage, ended=max(at, passage.at), ending=ending)
