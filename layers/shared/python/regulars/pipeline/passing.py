"""
Where a state machine and the passage that it moves meet: it asks for a place, and is answered once and for good.

What is done at a place comes first, so often as it takes; then the answer is written, then the world is told of it. The
first answer that is written is the answer, whoever asks again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from regulars.domain.catalog import Live
from regulars.domain.hearing import step_at
from regulars.domain.journey_events import ended as ended_event
from regulars.domain.journey_events import passed
from regulars.domain.journeys import END, Send, Step, Webhook
from regulars.domain.live_journeys import LiveJourney
from regulars.domain.passages import Ending, Passage, name_of
from regulars.domain.stepping import answered, arrive, came_from, in_a_word, waits
from regulars.pipeline.hearing import Hearing, Tell, yields
from regulars.pipeline.ports import Clock, Machines
from regulars.pipeline.snapshots import Home
from regulars.pipeline.travellers import Travellers
from regulars.stores.database import Database
from regulars.stores.journey_versions import VersionStore
from regulars.stores.journeys import JourneyStore


@dataclass(frozen=True, slots=True)
class Answer:
    """What a state machine is told: by which way it goes on, and at which instant, if it is to wait."""

    way: int = 0
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Somebody at a place, as it is to be written; `step` None at the end."""

    passage: Passage
    one: LiveJourney
    home: Home
    step: Step | None


class Passing:
    """Lets passages come to places, and leave them."""

    def __init__(
        self,
        database: Database,
        travellers: Travellers,
        hearing: Hearing,
        machines: Machines,
        tell: Tell,
        clock: Clock,
        live: Callable[[], Live],
    ) -> None:
        self._versions = VersionStore(database)
        self._journeys = JourneyStore(database)
        self._travellers = travellers
        self._hearing = hearing
        self._machines = machines
        self._tell = tell
        self._clock = clock
        self.live = live

    def arrive(self, instance: str, place: str, token: str = "") -> Arrived | Answer:
        """
        Let who is behind an instance come to a place, or give the answer where there is nothing more to do.

        Nothing is written yet. Whoever has ended, is gone or restricted, or went through with the same key already is
        stopped. Raises ConflictError, UnavailableError, ValueError.
        """
        owner, journey, id = name_of(instance)
        passage = self._journeys.passage(owner, journey, id)
        if passage is None:
            self._stop_any(journey, id)
            return Answer()
        one = self.live().journey(journey, passage.number)
        if passage.ending is not None:
            return self._after_the_end(passage, place)
        if one is None:
            return self._end(passage, "stopped")
        if place in passage.answers and place != passage.place:
            return Answer(passage.answers[place])  # asked long ago; the answer comes late, and to nobody
        home = self._travellers.home(owner)
        if home.erased or (place != END and self._travellers.is_restricted(home)):
            return self._end(passage, "stopped")
        if len(home.owners) > 1 and yields(passage, self._travellers.passages(home, journey)):
            return self._end(passage, "merged")
        there = arrive(passage, one.journey, place, self._clock(), token)
        arrived = Arrived(passage=there, one=one, home=home, step=step_at(one.journey, place))
        if place in there.answers:
            return self._again(arrived, there.answers[place])
        return arrived

    def write(self, arrived: Arrived) -> Arrived:
        """Write down where somebody is, and tell what they left. Raises ConflictError."""
        written = replace(arrived, passage=self._hearing.save(arrived.passage, arrived.one))
        self._tell_left(written)
        return written

    def answer(self, arrived: Arrived, way: int, until: int | None = None, *, came: str | None = None) -> Answer:
        """
        Write down the way by which somebody leaves, and until when they wait before; then tell it.

        `came` says in a word what came of the place, where the number of the way does not. Raises ConflictError.
        """
        after = answered(arrived.passage, way, until)
        written = replace(arrived, passage=self._hearing.save(after, arrived.one))
        self._tell_left(written)
        self._tell_way(written, way, came)
        return Answer(way, until)

    def _again(self, arrived: Arrived, way: int) -> Answer:
        self._tell_left(arrived)
        self._tell_way(arrived, way, None)
        return Answer(way, arrived.passage.until)

    def _tell_left(self, arrived: Arrived) -> None:
        left = came_from(arrived.passage, arrived.one.journey)
        if left and waits(left.step, left.way):
            self._tell(arrived.passage.owner, passed(arrived.passage, left.place, left.way, left.came, left.at))

    def _tell_way(self, arrived: Arrived, way: int, came: str | None) -> None:
        passage, step = arrived.passage, arrived.step
        if step is None or waits(step, way) or (came is None and isinstance(step, Send | Webhook)):
            return
        at = passage.since if passage.until is None else passage.until
        self._tell(passage.owner, passed(passage, passage.place, way, came or in_a_word(step, way), at))

    def _after_the_end(self, passage: Passage, place: str) -> Answer:
        if place == END:
            self._tell(passage.owner, ended_event(passage))
        else:
            self._stop(passage)
        return Answer()

    def _end(self, passage: Passage, ending: Ending) -> Answer:
        self._hearing.end(passage, None, ending, self._clock())
        self._stop(passage)
        return Answer()

    def _stop(self, passage: Passage) -> None:
        version = self._versions.get(passage.journey, passage.number)
        if version and version.machine:
            self._machines.stop(version.machine, passage.id, "ended")

    def _stop_any(self, journey: str, id: str) -> None:
        """Stop an execution of whichever version: of who is gone nobody knows it any more."""
        for version in self._versions.of(journey):
            if version.machine:
                self._machines.stop(version.machine, id, "ended")
