"""What follows what: the spans of time in which a sequence, an event without an answer, or the latest event holds."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Listed
from typing import Any

from regulars.domain.people import Person
from regulars.domain.segments import Latest, Sequence, Unfollowed

Span = tuple[int, int]  # from an instant up to but without another
Lists = Listed[Callable[[Person], Any]]
NEVER = 1 << 62


def following(leaf: Sequence | Unfollowed | Latest, lists: Lists) -> Callable[[Person], Iterable[Span]]:
    """Make the function that lists the spans in which a condition holds, if nothing else happens."""
    match leaf:
        case Sequence():
            return lambda person: _completed(leaf, [read(person) for read in lists])
        case Unfollowed():
            return lambda person: _unanswered(leaf, [read(person) for read in lists])
        case Latest():
            return lambda person: _latest(leaf, [read(person) for read in lists])


def _completed(leaf: Sequence, lists: Listed[Any]) -> Iterable[Span]:
    """
    Go through the events of all steps by time, with the latest start from which each step has been reached.

    Events of one instant do not follow each other.
    """
    steps = [_by_value(items) for items in lists]
    for value, firsts in steps[0].items():
        starts: list[tuple[int, int]] = [(at, at) for at in firsts]  # (reached at, started at), by time
        for step in steps[1:]:
            starts = _go_on(starts, step.get(value, []))
        yield from ((at, at + leaf.window.length) for at, start in starts if at - start <= leaf.within)


def _go_on(starts: list[tuple[int, int]], nexts: list[int]) -> list[tuple[int, int]]:
    best, latest = [], -NEVER
    for _, start in starts:
        latest = max(latest, start)
        best.append(latest)
    ats = [at for at, _ in starts]
    reached = ((at, bisect_right(ats, at - 1)) for at in nexts)
    return [(at, best[before - 1]) for at, before in reached if before]


def _unanswered(leaf: Unfollowed, lists: Listed[Any]) -> Iterable[Span]:
    firsts, thens = (_by_value(items) for items in lists)
    for value, ats in firsts.items():
        answers = thens.get(value, [])
        for at in ats:
            after = bisect_right(answers, at)
            if after == len(answers) or answers[after] > at + leaf.within:
                yield at + leaf.within, at + leaf.window.length


def _latest(leaf: Latest, ends: Listed[Any]) -> Iterable[Span]:
    newest, without = (end[1][0] if end else None for end in (ends[0], ends[1] if len(ends) > 1 else ()))
    if newest is not None and (without is None or without < newest):
        yield newest + leaf.ago, newest + leaf.window.length if leaf.window else NEVER


def _by_value(items: Any) -> Mapping[str, list[int]]:
    """Sort instants by the value that they come with, the oldest first."""
    by_value: dict[str, list[int]] = defaultdict(list)
    for item in reversed(items):
        at, value = (item, "") if isinstance(item, int) else item
        by_value[value].append(at)
    return by_value
