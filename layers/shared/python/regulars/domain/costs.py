"""
What segments and computed traits cost: how much they keep of a person, at how many values one looks to answer them.

A write is billed by the whole part, a reading by all parts of a person, and an evaluation answers every condition: all
three are bounded over all that is live together, where one of it is saved.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from regulars.domain.calendars import Calendar
from regulars.domain.computed import Reader, nodes_of
from regulars.domain.keeps import Kind
from regulars.domain.needs import needs, needs_of
from regulars.domain.segments import MAX_VALUE, Node
from regulars.domain.watches import Watch, unite

MAX_PART = 100_000  # bytes of one event name
MAX_ITEM = (
    340_000  # bytes of one event name if all that is kept is as long as it can be: what is sealed of it fits beside it
)
MAX_KEPT = 500_000  # bytes of all event names
MAX_LOOKS = 200_000  # values: with those, an evaluation takes about a tenth of a second
_PART = 600  # keys, marks, and the rest that every part has
_LONGEST_PART = 2_600
_KEEP = 14  # what names one keep
_USUAL: Mapping[Kind, int] = {
    "count": 4,
    "numbers": 40,
    "ends": 80,
    "newest": 17,
    "amounts": 28,
    "scalars": 50,
    "days": 20,
    "values": 50,
}
_LONGEST: Mapping[Kind, int] = {
    "count": 12,
    "numbers": 100,
    "ends": 60,
    "newest": 18,
    "amounts": 50,
    "scalars": 30,
    "days": 64,
    "values": 40,
}
_LONGEST_TEXT = 7 * MAX_VALUE + 10  # bytes of a text of characters that each are escaped twice
_SHOWN = 3
_SINGLE = frozenset({"count", "numbers", "ends"})


@dataclass(frozen=True, slots=True)
class Excess:
    """What is too much, with its limit, and what to do about it."""

    what: str
    fix: str


def part_bytes(watch: Watch) -> int:
    """How large what is kept of one event name usually becomes under one identifier."""
    return _PART + sum(_KEEP + size * _USUAL[keep.kind] for keep, size in watch.keeps.items())


def most_bytes(watch: Watch) -> int:
    """How large it becomes if everything is as long as it can be."""
    texts = sum(2 * size for keep, size in watch.keeps.items() if keep.kind == "ends" and keep.of)
    texts += sum(size for keep, size in watch.keeps.items() if keep.kind in ("scalars", "values"))
    longest = sum(_KEEP + size * _LONGEST[keep.kind] for keep, size in watch.keeps.items())
    return _LONGEST_PART + longest + texts * _LONGEST_TEXT


def looks(readers: Iterable[Reader]) -> int:
    """How many kept values an evaluation looks at, at most."""
    return sum(_looks(node) for reader in readers for node in nodes_of(reader))


def excess(readers: Iterable[Reader]) -> Excess | None:
    """Say what these segments and computed traits together have too much of; None when they may all be live."""
    live = list(readers)
    kept = {name: part_bytes(watch) for name, watch in _watches(live).items()}
    for name in (name for name, size in kept.items() if size > MAX_PART):
        what = f"all that is live would keep {_kb(kept[name])} of `{name}` for each person; {_kb(MAX_PART)} is the most"
        return _excess(what, live, partial(_bytes, only=name), _kb)
    for name in (name for name, watch in _watches(live).items() if most_bytes(watch) > MAX_ITEM):
        what = f"all that is live would keep too much of `{name}` if all of it is long: {_kb(MAX_ITEM)} is the most"
        return _excess(what, live, partial(_bytes, only=name), _kb)
    if (total := sum(kept.values())) > MAX_KEPT:
        what = f"all that is live would keep {_kb(total)} for each person; {_kb(MAX_KEPT)} is the most"
        return _excess(what, live, _bytes, _kb)
    if (total := looks(live)) > MAX_LOOKS:
        what = f"all that is live would look at {total:,} values of each person; {MAX_LOOKS:,} is the most"
        return _excess(what, live, lambda one: looks([one]), "{:,}".format)
    return None


def in_words(reader: Reader) -> str:
    """Say in a line what a segment or a computed trait keeps of a person, and about how much that is."""
    watches = _watches([reader])
    kept = [piece for name, watch in sorted(watches.items()) for piece in _pieces(name, watch)]
    if not kept:
        return "keeps nothing of its own: traits and orders are kept of everybody"
    shown = kept if len(kept) <= _SHOWN else [*kept[: _SHOWN - 1], f"{len(kept) - _SHOWN + 1} more"]
    return f"keeps {_and(shown)}, about {_kb(_bytes(reader))} for each person who did it"


def _looks(node: Node) -> int:
    return 1 + sum(2 * size for _, keep, size in needs_of(node, Calendar()) if keep and keep.kind not in _SINGLE)


def _bytes(reader: Reader, *, only: str | None = None) -> int:
    return sum(part_bytes(watch) for name, watch in _watches([reader]).items() if only in (None, name))


def _watches(readers: Iterable[Reader]) -> Mapping[str, Watch]:
    return unite(need for reader in readers for need in needs(reader, Calendar()))


def _excess(what: str, live: list[Reader], cost: Callable[[Reader], int], show: Callable[[int], str]) -> Excess:
    dearest = sorted(live, key=lambda reader: (-cost(reader), reader.id))[:_SHOWN]
    names = ", ".join(f"{reader.id} ({show(cost(reader))})" for reader in dearest)
    return Excess(what, f"shorten windows, ask for fewer properties, or remove one of the dearest: {names}")


def _pieces(name: str, watch: Watch) -> Iterable[str]:
    for keep, size in sorted(watch.keeps.items(), key=lambda one: repr(one[0])):
        of = f" of `{keep.of}`" if keep.of else ""
        chosen = " that pass its filter" if keep.where else ""
        yield f"{_words(keep.kind, size)}{of} of `{name}`{chosen}"
    if not watch.keeps:
        yield f"the number of `{name}`"


def _words(kind: Kind, size: int) -> str:
    match kind:
        case "count":
            return "the number"
        case "numbers":
            return "the sum"
        case "ends":
            return "the first and last"
        case "days":
            return f"{size} daily sums"
        case "values":
            return f"{size} values"
        case _:
            return f"the newest {size}"


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _kb(size: int) -> str:
    return f"{size / 1_000:,.1f} KB"
