"""
A segment is a typed tree of a fixed set of operators, never an expression in a language of its own.

`needs` says what state it takes to answer it; `regulars.domain.segment_definitions` reads the tree from a definition,
`regulars.domain.evaluation` answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from regulars.domain.watches import Watch

Comparison = Literal["equals", "at_least", "at_most", "more_than", "less_than"]
COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)


@dataclass(frozen=True, slots=True)
class All:
    """True where every one is."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """True where one is."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True where it is false."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class TraitIs:
    """A trait compared with a value; `exists` asks only whether there is one."""

    trait: str
    comparison: Comparison | Literal["exists"]
    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Happened:
    """How often an event happened, ever or within the window (microseconds) that ends now."""

    event: str
    comparison: Comparison
    times: int
    within: int | None


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of a property, ever or over the last so many calendar days, today included."""

    event: str
    of: str
    comparison: Comparison
    amount: int
    days: int | None


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders net of refunds and cancellations: their number or their revenue, ever."""

    of: Literal["count", "revenue"]
    comparison: Comparison
    amount: int


Node = All | OneOf | Not | TraitIs | Happened | Total | Orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """
    A definition that people are evaluated for; `anonymous` says whether it takes in people without a known identifier.

    Its memberships lie under its `edition`; while that is `coming` the world is told of none of them.
    """

    id: str
    name: str
    where: Node
    anonymous: bool = False
    version: int = 1
    edition: int = 0
    coming: bool = False

    @property
    def rows(self) -> str:
        """The name under which its memberships lie."""
        return rows_of(self.id, self.edition)


def rows_of(id: str, edition: int) -> str:
    """Name the memberships of an edition of a segment; those of the first one of an old platform have no number."""
    return f"{id}#{edition}" if edition else id


def compare(comparison: Comparison, one: Any, other: Any) -> bool:
    """Compare two values of one type; values of different types are never equal, greater or less."""
    if isinstance(one, bool) is not isinstance(other, bool) or isinstance(one, str) is not isinstance(other, str):
        return False
    match comparison:
        case "equals":
            return bool(one == other)
        case "at_least":
            return bool(one >= other)
        case "at_most":
            return bool(one <= other)
        case "more_than":
            return bool(one > other)
        case "less_than":
            return bool(one < other)


def walk(node: Node) -> Iterator[Node]:
    """List a node and all below it."""
    yield node
    match node:
        case All(nodes) | OneOf(nodes):
            for inner in nodes:
                yield from walk(inner)
        case Not(inner):
            yield from walk(inner)
        case _:
            pass


def needs(segment: Segment) -> Iterator[tuple[str, Watch]]:
    """Say what to keep of which event names, so that the segment can be answered."""
    for node in walk(segment.where):
        match node:
            case Happened(event, _, times, within):
                yield event, Watch(instants=times + 1 if within else 0)
            case Total(event, of, _, _, days):
                yield event, Watch(days={of: days}) if days else Watch(sums=frozenset({of}))
            case _:
                pass


def traits_read(segment: Segment) -> frozenset[str]:
    """The traits that the segment reads."""
    return frozenset(node.trait for node in walk(segment.where) if isinstance(node, TraitIs))


def reads_orders(segment: Segment) -> bool:
    """Say whether the segment reads the order ledger."""
    return any(isinstance(node, Orders) for node in walk(segment.where))
