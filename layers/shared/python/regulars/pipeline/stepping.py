"""Answer state machines at places where nothing is sent: wait until when, go which way, and what is done there."""

from collections.abc import Callable

from regulars.domain.journey_signals import is_passed
from regulars.domain.journey_times import date_for, next_time, zone_of
from regulars.domain.journeys import (
    END,
    Branch,
    Enlist,
    Hold,
    Move,
    Send,
    Split,
    Step,
    Update,
    Wait,
    WaitForDate,
    WaitForTime,
    Webhook,
)
from regulars.domain.live_journeys import arm_of
from regulars.domain.lots import part_of
from regulars.domain.stepping import ended
from regulars.errors import ConflictError
from regulars.pipeline.deeds import Deeds
from regulars.pipeline.hearing import TRIES, Hearing
from regulars.pipeline.passing import Answer, Arrived, Passing
from regulars.pipeline.travellers import Travellers

_ZONE = "timezone"


class Stepping:
    """Answers places of all steps but messages and webhooks."""

    def __init__(
        self,
        passing: Passing,
        travellers: Travellers,
        hearing: Hearing,
        deeds: Deeds,
        pause: Callable[[int], None] = lambda _tries: None,
    ) -> None:
        self._passing = passing
        self._travellers = travellers
        self._hearing = hearing
        self._deeds = deeds
        self._pause = pause

    def step(self, instance: str, place: str, token: str = "") -> Answer:
        """
        Answer a state machine at a place; a hold is answered later, by its token.

        Raises ConflictError when others kept getting in first, UnavailableError, and ValueError where this cannot be.
        """
        for tries in range(TRIES):
            try:
                return self._step(instance, place, token)
            except ConflictError:
                self._pause(tries)
        raise ConflictError("the passage kept changing")

    def _step(self, instance: str, place: str, token: str) -> Answer:
        arrived = self._passing.arrive(instance, place, token)
        if isinstance(arrived, Answer):
            return arrived
        if place == END:
            return self._end(arrived)
        if isinstance(arrived.step, Hold):
            return self._hold(arrived)
        if arrived.step is None or isinstance(arrived.step, Send | Webhook):
            raise ValueError(f"{place} is no place that is answered here")
        return self._passing.answer(arrived, *self._answer(arrived, arrived.step))

    def _end(self, arrived: Arrived) -> Answer:
        over = ended(arrived.passage, arrived.one.journey)
        written = self._passing.write(Arrived(passage=over, one=arrived.one, home=arrived.home, step=None))
        self._hearing.tell_end(written.passage)
        return Answer()

    def _hold(self, arrived: Arrived) -> Answer:
        """Let somebody hold: the token first, then what happened since they came, which may let them go at once."""
        passage = self._passing.write(arrived).passage
        if passage.released is not None:
            self._hearing.release(passage, passage.released)
        else:
            self._hearing.hear(passage, arrived.one, self._travellers.news(arrived.home, arrived.one, passage.since))
        return Answer()

    def _answer(self, arrived: Arrived, step: Step) -> tuple[int, int | None]:
        now = arrived.passage.since
        match step:
            case Wait(_, length):
                return 0, now + length
            case WaitForTime():
                return 0, next_time(step, now, self._zone(arrived))
            case WaitForDate(_, trait):
                person = self._travellers.person(arrived.home, self._passing.live())
                due = date_for(step, person.values.get(trait), now, self._zone(arrived))
                return (1, None) if due is None else (0, due)
            case _:
                return self._way(arrived, step), None

    def _way(self, arrived: Arrived, step: Step) -> int:
        passage, home = arrived.passage, arrived.home
        match step:
            case Branch(_, arms):
                true = (number for number in range(len(arms)) if self._is_true(arrived, step, number))
                return next(true, len(arms))
            case Split(_, _, by):
                return part_of(step, self._travellers.lot(home, passage.owner, by))
            case Update():
                self._deeds.update(passage, step)
            case Enlist():
                self._deeds.enlist(passage, step)
            case Move():
                self._deeds.move(passage, step)
        return 0

    def _is_true(self, arrived: Arrived, step: Branch, number: int) -> bool:
        arm = step.arms[number]
        if not is_passed(arm.entry, arrived.passage.bound):
            return False
        condition = arrived.one.conditions.get(arm_of(step.id, number))
        live = self._passing.live()
        return condition is None or self._travellers.fulfils(arrived.home, live, condition.id)

    def _zone(self, arrived: Arrived) -> str:
        live = self._passing.live()
        said = self._travellers.person(arrived.home, live).values.get(_ZONE)
        return zone_of(said, live.workspace.zone)
