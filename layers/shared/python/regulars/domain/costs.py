"""
What segments cost: how much they keep of a person, how many values an evaluation looks at, and how much is too much.

A write is billed by the whole part, a reading by all parts of a person, and an evaluation answers every condition: all
three are bounded over all live segments together, where one of them is saved.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from regulars.domain.segments import Happened, Segment, Total, needs, walk
from regulars.domain.watches import Watch, unite

MAX_PART = 100_000  # bytes of one event name; with sums as large as they can be still less than an item holds
MAX_KEPT = 500_000  # bytes of all event names
MAX_LOOKS = 200_000  # values: with those, an evaluation takes about a tenth of a second
_DIGITS = 10  # of a sum: up to 9,999.99
_PART = 600  # keys, marks, and the rest that every part has
_INSTANT = 17
_DAY = 11
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Excess:
    """What is too much, with its limit, and what to do about it."""

    what: str
    fix: str


def part_bytes(watch: Watch) -> int:
    """How large what is kept of one event name becomes under one identifier."""
    sums = sum(map(_named, watch.sums))
    days = _DAY * max(watch.days.values(), default=0)
    daily = sum(length * _named(name) for name, length in watch.days.items())
    return _PART + _INSTANT * watch.instants + sums + days + daily


def looks(segments: Iterable[Segment]) -> int:
    """How many kept values an evaluation looks at, at most."""
    return sum(_looks(node) for segment in segments for node in walk(segment.where))


def excess(segments: Iterable[Segment]) -> Excess | None:
    """Say what these segments together have too much of; None when they may all be live."""
    live = list(segments)
    kept = {name: part_bytes(watch) for name, watch in _watches(live).items()}
    for name in (name for name, size in kept.items() if size > MAX_PART):
        what = f"all segments would keep {_kb(kept[name])} of `{name}` for each person; {_kb(MAX_PART)} is the most"
        return _excess(what, live, partial(_bytes, only=name), _kb)
    if (total := sum(kept.values())) > MAX_KEPT:
        what = f"all segments would keep {_kb(total)} for each person; {_kb(MAX_KEPT)} is the most"
        return _excess(what, live, _bytes, _kb)
    if (total := looks(live)) > MAX_LOOKS:
        what = f"all segments would look at {total:,} values of each person; {MAX_LOOKS:,} is the most"
        return _excess(what, live, lambda one: looks([one]), "{:,}".format)
    return None


def in_words(segment: Segment) -> str:
    """Say in a line what a segment keeps of a person, and about how much that is."""
    watches = _watches([segment])
    kept = [piece for name, watch in sorted(watches.items()) for piece in _pieces(name, watch)]
    if not kept:
        return "keeps nothing of its own: traits and orders are kept of everybody"
    shown = kept if len(kept) <= _SHOWN else [*kept[: _SHOWN - 1], f"{len(kept) - _SHOWN + 1} more"]
    return f"keeps {_and(shown)}, about {_kb(_bytes(segment))} for each person who did it"


def _looks(node: object) -> int:
    match node:
        case Happened(_, _, times, within) if within:
            return 2 * (times + 1)
        case Total(days=days) if days:
            return 2 * days
        case _:
            return 1


def _bytes(segment: Segment, *, only: str | None = None) -> int:
    return sum(part_bytes(watch) for name, watch in _watches([segment]).items() if only in (None, name))


def _watches(segments: Iterable[Segment]) -> Mapping[str, Watch]:
    return unite(need for segment in segments for need in needs(segment))


def _excess(what: str, live: list[Segment], cost: Callable[[Segment], int], show: Callable[[int], str]) -> Excess:
    dearest = sorted(live, key=lambda segment: (-cost(segment), segment.id))[:_SHOWN]
    names = ", ".join(f"{segment.id} ({show(cost(segment))})" for segment in dearest)
    return Excess(what, f"shorten windows, ask for fewer properties, or remove one of the dearest: {names}")


def _pieces(name: str, watch: Watch) -> Iterable[str]:
    if watch.instants:
        yield f"the newest {watch.instants} `{name}`"
    for of in sorted(watch.sums):
        yield f"the sum of `{of}` of `{name}`"
    for of, length in sorted(watch.days.items()):
        yield f"{length} daily sums of `{of}` of `{name}`"
    if not (watch.instants or watch.sums or watch.days):
        yield f"the number of `{name}`"


def _named(name: str) -> int:
    return len(json.dumps(name, ensure_ascii=False).encode()) + _DIGITS + 2


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _kb(size: int) -> str:
    return f"{size / 1_000:,.1f} KB"
