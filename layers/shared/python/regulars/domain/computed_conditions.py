"""Read the conditions on computed traits: what a trait computes stands in the tree, as if it were written there."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from regulars.domain.check_definitions import CHECKS, some_checks
from regulars.domain.checking import compares
from regulars.domain.checks import TIMELESS, Check, Compares, Exists, IsIn
from regulars.domain.computed import ComputedTrait, Rfm, Score, What, has_value, is_always
from regulars.domain.definition_reading import only, word
from regulars.domain.measure_definitions import fits, united
from regulars.domain.segments import All, Computed, Measured, Node, Not, OneOf
from regulars.errors import DefinitionError


def read_computed(raw: Mapping[str, Any], path: str, traits: Mapping[str, ComputedTrait] | None) -> Node:
    """Read a condition on a computed trait. Raises DefinitionError."""
    only(raw, {"computed", *CHECKS}, path)
    id = word(raw["computed"], f"{path}.computed")
    found = some_checks(raw, path)
    if traits is None:
        return united([Computed(id, check) for check in found])
    if id not in traits:
        raise DefinitionError(f"{path}.computed", f"there is no computed trait {id[:64]}")
    return united([_condition(traits[id].what, check, path) for check in found])


def _condition(what: What, check: Check, path: str) -> Node:
    match what:
        case Score():
            return _of_score(what, check, path)
        case Rfm():
            return _of_rfm(what, check, path)
        case _:
            fits(what, check, path)
            if what.window and not isinstance(check, TIMELESS):
                raise DefinitionError(path, "asks for a time that moves, of a computed trait with a window beside it")
            return Measured(what, check)


def _of_score(score: Score, check: Check, path: str) -> Node:
    if isinstance(check, Exists):
        return Measured(score.of, check)
    asked = _asked(check, path, "a score compares with a number: equals, at_least, at_most, more_than, less_than or in")
    taken = [one for one in range(1, score.highest + 1) if any(compares(how, one, value) for how, value in asked)]
    if not taken:
        raise DefinitionError(path, f"is never true: this score is a whole number from 1 to {score.highest}")
    runs = [_between(score, low, high) for low, high in _runs(taken)]
    return runs[0] if len(runs) == 1 else OneOf(tuple(runs))


def _asked(check: Check, path: str, otherwise: str) -> list[tuple[Any, int | float]]:
    match check:
        case Compares(how, value) if not isinstance(value, str | bool):
            return [(how, value)]
        case IsIn(values):
            numbers = [value for value in values if not isinstance(value, str | bool)]
            if len(numbers) == len(values):
                return [("equals", value) for value in numbers]
        case _:
            pass
    raise DefinitionError(path, otherwise)


def _runs(numbers: Collection[int]) -> Iterator[tuple[int, int]]:
    """Give the first and last of each run of whole numbers, which are in order."""
    for low in (one for one in numbers if one - 1 not in numbers):
        yield low, next(one for one in numbers if one >= low and one + 1 not in numbers)


def _between(score: Score, low: int, high: int) -> Node:
    """A score from one number to another: it passes the step below, and not the one above."""
    nodes: list[Node] = []
    if low > 1:
        nodes.append(Measured(score.of, score.steps[low - 2]))
    elif high == score.highest or not is_always(score.of):
        nodes.append(has_value(score.of))
    if high < score.highest:
        nodes.append(Not(Measured(score.of, score.steps[high - 1])))
    return united(nodes)


def _of_rfm(rfm: Rfm, check: Check, path: str) -> Node:
    match check:
        case Exists(truth):
            there = All(tuple(has_value(score.of) for score in rfm.scores))
            return there if truth else Not(there)
        case Compares("equals", str() as text):
            return _cell(rfm, text, path)
        case IsIn(values) if all(isinstance(value, str) for value in values):
            cells = [_cell(rfm, str(value), path) for value in values]
            return cells[0] if len(cells) == 1 else OneOf(tuple(cells))
        case _:
            raise DefinitionError(path, "is a text such as 5-3-4: equals, in, exists or missing; or ask its scores")


def _cell(rfm: Rfm, text: str, path: str) -> Node:
    parts = text.split("-")
    numbers = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) <= len("20")]
    if not len(numbers) == len(parts) == len(rfm.scores):
        raise DefinitionError(path, "is three scores such as 5-3-4")
    pairs = zip(rfm.scores, numbers, strict=True)
    return All(tuple(_of_score(score, Compares("equals", number), path) for score, number in pairs))
