"""Segments asked of a crowd as the stream asks: of what is kept of each person, of events where that is short."""

from collections.abc import Sequence
from dataclasses import replace

from regulars.domain.catalog import next_watches
from regulars.domain.checks import TIMELESS, Check, Compares, Exists, IsIn
from regulars.domain.compiling import compile_all
from regulars.domain.parts import fold
from regulars.domain.people import Person, sum_parts
from regulars.domain.segments import (
    AMOUNTS,
    DAILY,
    TIMES,
    CalendarDays,
    InSegment,
    Measure,
    Measured,
    Node,
    Segment,
    Trait,
    walk,
)
from regulars.domain.state import add_all, parts_of, state_of
from regulars.domain.watches import Watches
from tests.crowds import Crowd, Somebody


class Stream:
    """Keeps of a crowd what some segments need."""

    def __init__(self, crowd: Crowd, segments: Sequence[Segment]) -> None:
        self._crowd = crowd
        self._by_id = {segment.id: segment for segment in segments}
        kept = [segment for segment in segments if self.can_ask(segment)]
        self._compiled = compile_all(kept, crowd.calendar)
        self._watches = next_watches(Watches(by_event={}), kept, crowd.calendar)
        self._people = [(one, self._person(one)) for one in crowd.people]

    def can_ask(self, segment: Segment) -> bool:
        """Say whether a definition could say this: what needs a window has one, what moves in time has none."""
        return all(self._is_definable(node) for node in walk(segment.where))

    def members(self, segment: Segment) -> set[str]:
        """Say who is in a segment."""
        return {one.profile_id for one, person in self._people if self._is_member(segment, one, person)}

    def _is_member(self, segment: Segment, one: Somebody, person: Person) -> bool:
        compiled = self._compiled[segment.id]
        short = compiled.short_of(person, self._crowd.now)
        if short:
            states = {
                name: add_all(
                    (
                        state_of(event, f"event#{name}", self._watches.by_event[name].unbounded)
                        for event in one.events
                        if event.name == name
                    ),
                    self._watches.by_event[name].unbounded,
                )
                for name in short
            }
            person = replace(person, events={**person.events, **states}, whole=short)
        return compiled.is_member(person, self._crowd.now)

    def _person(self, one: Somebody) -> Person:
        names = {(event.owner, name) for event in one.events for name in parts_of(event, self._watches)}
        parts = [fold(owner, name, one.events, self._watches, version=0, read=0) for owner, name in names]
        return sum_parts(parts, self._watches, known=one.known, profile_id=one.profile_id)

    def _is_definable(self, node: Node) -> bool:
        match node:
            case InSegment(id):
                return id not in self._by_id or self.can_ask(self._by_id[id])
            case Measured(Measure() as measure, check):
                return _fits(measure, check)
            case Trait():
                return True
            case _:
                return True


def _fits(measure: Measure, check: Check) -> bool:
    if measure.function in DAILY and not isinstance(measure.window, CalendarDays):
        return False
    if measure.function == "sessions" and measure.window is None:
        return False
    if measure.function in TIMES and measure.window is not None:
        return False
    if measure.function in AMOUNTS and not _asks_numbers(check):
        return False
    return measure.window is None or isinstance(check, TIMELESS)


def _asks_numbers(check: Check) -> bool:
    match check:
        case Compares(_, value):
            return not isinstance(value, str | bool)
        case IsIn(values):
            return not any(isinstance(value, str | bool) for value in values)
        case _:
            return isinstance(check, Exists)
