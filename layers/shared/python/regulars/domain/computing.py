"""Computed traits as functions: what each comes to for a person at an instant, and when time alone changes that."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from heapq import merge
from typing import Any, Literal

from regulars.domain.calendars import Calendar
from regulars.domain.checks import Exists
from regulars.domain.computed import AnyMeasure, ComputedTrait, Rfm, Score, What, conditions, has_value, is_always
from regulars.domain.leaves import Answer, Turn, answer, moves, turns_of
from regulars.domain.measuring import is_amount, is_time
from regulars.domain.needs import needs_of
from regulars.domain.people import Person
from regulars.domain.segments import SCALARS, Measured, OrdersMeasure

Type = Literal["number", "amount", "time", "value", "list", "score", "rfm"]
_Read = Callable[[Person, int], Any]


@dataclass(frozen=True, slots=True)
class CompiledTrait:
    """
    A computed trait that can be asked.

    `read` gives a number, an amount in millionths, an instant in microseconds, a value or a list as JSON has them, or
    None.
    """

    trait: ComputedTrait
    read: _Read
    turns: Callable[[Person, int], Iterable[Turn]]
    answers: Mapping[Measured, Answer]

    @property
    def events(self) -> frozenset[str]:
        """The names of the events that it is computed of."""
        return frozenset(need.event for condition in self.answers for need in needs_of(condition, Calendar()))

    def next_change(self, person: Person, now: int) -> int | None:
        """Give the next instant at which time alone changes it, or might; None if it never does."""
        before = repr(self.read(person, now))
        for turn in self.turns(person, now):
            if not turn.sure or repr(self.read(person, turn.at)) != before:
                return turn.at
        return None

    def short_of(self, person: Person, now: int) -> frozenset[str]:
        """Name the events of which more has to be known than is kept."""
        short = [condition for condition, each in self.answers.items() if each.short(person, now)]
        return frozenset(need.event for condition in short for need in needs_of(condition, Calendar()))


def type_of(what: What) -> Type:
    """Say of which type a computed trait is."""
    match what:
        case Score():
            return "score"
        case Rfm():
            return "rfm"
        case _ if is_amount(what):
            return "amount"
        case _ if is_time(what):
            return "time"
        case OrdersMeasure():
            return "number"
        case _:
            return _type_of_values(what.function)


def _type_of_values(function: str) -> Type:
    if function == "values":
        return "list"
    return "value" if function in SCALARS - {"distinct"} else "number"


def compile_trait(trait: ComputedTrait, calendar: Calendar) -> CompiledTrait:
    """Make the functions of a computed trait."""
    answers = {condition: answer(condition, calendar) for condition in conditions(trait.what)}
    match trait.what:
        case Score() as score:
            return CompiledTrait(trait, _read_score(score, answers), _turns_of_all(answers), answers)
        case Rfm() as rfm:
            return CompiledTrait(trait, _read_rfm(rfm, answers), _turns_of_all(answers), answers)
        case measure:
            read = answers[has_value(measure)].found
            return CompiledTrait(trait, read, _turns_of_value(measure, read, calendar), answers)


def _read_score(score: Score, answers: Mapping[Measured, Answer]) -> _Read:
    steps = [answers[Measured(score.of, step)].truth for step in score.steps]
    exists = None if is_always(score.of) else answers[Measured(score.of, Exists(True))].truth

    def read(person: Person, at: int) -> int | None:
        return None if exists and not exists(person, at) else 1 + sum(passes(person, at) for passes in steps)

    return read


def _read_rfm(rfm: Rfm, answers: Mapping[Measured, Answer]) -> _Read:
    reads = [_read_score(score, answers) for score in rfm.scores]

    def read(person: Person, at: int) -> str | None:
        scores = [of(person, at) for of in reads]
        return None if None in scores else "-".join(map(str, scores))

    return read


def _turns_of_all(answers: Mapping[Measured, Answer]) -> Callable[[Person, int], Iterable[Turn]]:
    return lambda person, now: merge(*(each.turns(person, now) for each in answers.values()))


def _turns_of_value(measure: AnyMeasure, read: _Read, calendar: Calendar) -> Callable[[Person, int], Iterable[Turn]]:
    edges = moves(measure, calendar)
    return lambda person, now: turns_of(edges(person), lambda who, at: repr(read(who, at)), person, now)
