"""What a segment says of somebody of whom nothing is known: if it is false, who did nothing need not be looked for."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from regulars.domain.checks import Check, Compares, Exists, IsIn
from regulars.domain.segments import (
    All,
    Drawn,
    InSegment,
    Measure,
    Measured,
    Node,
    Not,
    OneOf,
    OrdersMeasure,
    Regular,
    Segment,
    Trait,
)

_HOW: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
}
_NOTHING = frozenset({"average", "minimum", "maximum", "first", "last", "most_frequent", "first_time", "last_time"})


def may_be_silent(segment: Segment, segments: Mapping[str, Segment]) -> bool:
    """Say whether somebody who did nothing may be in a segment."""
    return True in _truths(segment.where, segments)


def _truths(node: Node, segments: Mapping[str, Segment]) -> frozenset[bool]:
    match node:
        case All(nodes):
            return _united([_truths(inner, segments) for inner in nodes], all)
        case OneOf(nodes):
            return _united([_truths(inner, segments) for inner in nodes], any)
        case Not(inner):
            return frozenset(not truth for truth in _truths(inner, segments))
        case InSegment(id):
            return frozenset({False}) | (_truths(segments[id].where, segments) if id in segments else frozenset())
        case Drawn():
            return frozenset({True, False})
        case _:
            return frozenset({_of_nothing(node)})


def _united(each: list[frozenset[bool]], rule: Callable[[list[bool]], bool]) -> frozenset[bool]:
    worst, best = [min(truths) for truths in each], [max(truths) for truths in each]
    return frozenset({rule(worst), rule(best)})


def _of_nothing(node: Node) -> bool:
    match node:
        case Trait(_, check):
            return _passes_none(check)
        case Measured(Measure() as measure, check) if measure.function in _NOTHING:
            return _passes_none(check)
        case Measured(OrdersMeasure(of), check) if of not in ("count", "revenue"):
            return _passes_none(check)
        case Measured(Measure(function="values"), check):
            return isinstance(check, Exists) and check.truth
        case Measured(_, check):
            return _passes_zero(check)
        case Regular():
            return (node.periods if node.times <= 0 else 0) >= node.at_least
        case _:
            return False


def _passes_none(check: Check) -> bool:
    return isinstance(check, Exists) and not check.truth


def _passes_zero(check: Check) -> bool:
    match check:
        case Exists(truth):
            return truth
        case Compares(how, other) if not isinstance(other, str | bool):
            return _HOW[how](0, other)
        case IsIn(options):
            return any(option == 0 for option in options if not isinstance(option, str | bool))
        case _:
            return False
