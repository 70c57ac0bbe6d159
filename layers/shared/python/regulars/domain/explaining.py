"""Why somebody is in a segment, or is not: the truth of each condition, what was found, and when it turns next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from regulars.domain.compiling import Compiled
from regulars.domain.instants import to_text
from regulars.domain.measuring import is_amount, is_time
from regulars.domain.numbers import from_amount
from regulars.domain.people import Person
from regulars.domain.segments import (
    All,
    InSegment,
    Leaf,
    Measured,
    Node,
    Not,
    OneOf,
)
from regulars.domain.wording import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """
    The truth of one condition at an instant, and the reasons of those below it.

    `found` is the value that was compared, as JSON has it. `next_change_at` is when time alone turns it, or might.
    """

    node: Node
    condition: str
    truth: bool
    found: Any = None
    next_change_at: int | None = None
    below: tuple["Reason", ...] = field(default=())


def explain(compiled: Compiled, person: Person, at: int, others: Mapping[str, Compiled]) -> Reason:
    """Explain the truth of a segment about a person at an instant; `others` are the segments that it may read."""
    return _Explainer(person, at, others).explain(compiled.segment.condition, compiled)


class _Explainer:
    """Explains a tree, and each segment that it reads once."""

    def __init__(self, person: Person, at: int, others: Mapping[str, Compiled]) -> None:
        self._person = person
        self._at = at
        self._others = others
        self._told: set[str] = set()

    def explain(self, node: Node, compiled: Compiled) -> Reason:
        """Explain one condition and all below it."""
        match node:
            case All(nodes) | OneOf(nodes):
                below = tuple(self.explain(inner, compiled) for inner in nodes)
                truths = [reason.truth for reason in below]
                truth = all(truths) if isinstance(node, All) else any(truths)
                return Reason(node=node, condition=in_words(node), truth=truth, below=below)
            case Not(inner):
                reason = self.explain(inner, compiled)
                return Reason(node=node, condition=in_words(node), truth=not reason.truth, below=(reason,))
            case InSegment():
                return self._of_segment(node)
            case _:
                return _of_leaf(node, compiled, self._person, self._at)

    def _of_segment(self, node: InSegment) -> Reason:
        other = self._others.get(node.segment)
        if other is None:
            return Reason(node=node, condition=in_words(node), truth=False, found="there is no such segment")
        below: tuple[Reason, ...] = ()
        if node.segment not in self._told:
            self._told.add(node.segment)
            below = (self.explain(other.segment.condition, other),)
        return Reason(
            node=node,
            condition=in_words(node),
            truth=other.is_member(self._person, self._at),
            next_change_at=other.next_change(self._person, self._at),
            below=below,
        )


def _of_leaf(leaf: Leaf, compiled: Compiled, person: Person, at: int) -> Reason:
    answer = compiled.answers[leaf]
    turn = next(iter(answer.turns(person, at)), None)
    return Reason(
        node=leaf,
        condition=in_words(leaf),
        truth=answer.truth(person, at),
        found=_shown(leaf, answer.found(person, at)),
        next_change_at=turn.at if turn else None,
    )


def _shown(leaf: Leaf, found: Any) -> Any:
    """Show what was found as JSON has it: amounts as numbers, instants as text, of what is sealed only that it is."""
    match leaf:
        case Measured(measure) if found is not None and is_amount(measure):
            return from_amount(found)
        case Measured(measure) if found is not None and is_time(measure):
            return to_text(found)
        case _:
            return found if isinstance(found, str | int | float | list | None) else "sealed"
