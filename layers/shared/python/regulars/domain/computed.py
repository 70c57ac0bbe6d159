"""
Computed traits: what somebody's events or orders come to, under a name; a score of that, or the three scores of RFM.

Nothing of them is stored: they are read off the same sums as segments, and so are right after a merge, an unmerge, a
late event and the passing of time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from regulars.domain.checks import Check, Compares, Exists, Recent
from regulars.domain.segments import Measure, Measured, Node, OrdersMeasure, Segment, walk

AnyMeasure = Measure | OrdersMeasure
Step = Compares | Recent
_OF_NOTHING = frozenset({"count", "sum", "distinct", "values", "days", "streak", "sessions", "revenue"})


@dataclass(frozen=True, slots=True)
class Score:
    """
    One, and one more for each step that a measure passes; of nothing there is no score.

    Who passes a step passes all before it.
    """

    of: AnyMeasure
    steps: tuple[Step, ...]

    @property
    def highest(self) -> int:
        """The best score that there is."""
        return len(self.steps) + 1


@dataclass(frozen=True, slots=True)
class Rfm:
    """Three scores as one text such as 5-3-4: how recent, how often, how much; none unless all three are there."""

    recency: Score
    frequency: Score
    monetary: Score

    @property
    def scores(self) -> tuple[Score, Score, Score]:
        """The scores in the order in which they are written."""
        return self.recency, self.frequency, self.monetary


What = Measure | OrdersMeasure | Score | Rfm


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedTrait:
    """A definition."""

    id: str
    name: str
    what: What


Reader = Segment | ComputedTrait  # whatever wants something kept


def is_always(measure: AnyMeasure) -> bool:
    """Say whether a measure has a value even where nothing happened: 0, or no values."""
    return (measure.of if isinstance(measure, OrdersMeasure) else measure.function) in _OF_NOTHING


def has_value(measure: AnyMeasure) -> Measured:
    """Make the condition that a measure comes to something."""
    return Measured(measure, Exists(True))


def conditions(what: What) -> tuple[Measured, ...]:
    """List the conditions that are answered to compute a trait."""
    match what:
        case Score(of, steps):
            checks: tuple[Check, ...] = steps if is_always(of) else (Exists(True), *steps)
            return tuple(Measured(of, check) for check in checks)
        case Rfm():
            return tuple(condition for score in what.scores for condition in conditions(score))
        case _:
            return (has_value(what),)


def nodes_of(reader: Reader) -> Iterator[Node]:
    """List all conditions of a segment or a computed trait."""
    if isinstance(reader, Segment):
        yield from walk(reader.where)
    else:
        yield from conditions(reader.what)
