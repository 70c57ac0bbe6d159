"""
A segment is a typed tree of a fixed set of operators, never an expression in a language of its own.

`regulars.domain.segment_definitions` reads the tree from a definition; two engines answer it, and agree. Instants are
microseconds, windows are half open, (now - length, now], and a calendar day is one of the workspace's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from regulars.domain.checks import Check, Compares
from regulars.domain.reserved_events import ENTERED, EXITED


@dataclass(frozen=True, slots=True)
class Where:
    """
    A filter on one property of an event; never one that depends on what time it is.

    A property is found by its name as it stands, else by its path, the names of nested objects with dots between.
    """

    property: str
    check: Check


@dataclass(frozen=True, slots=True)
class Selection:
    """
    Events of one name that pass all filters, at or after `start` and before `end` where these are given (microseconds).
    """

    event: str
    where: tuple[Where, ...] = ()
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Rolling:
    """The window that ends now: (now - length, now]."""

    length: int


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """The last so many calendar days, today included."""

    number: int


Window = Rolling | CalendarDays

Function = Literal[
    "count",  # how many events
    "sum",  # of the property, of those events in which it is an amount (a number, or a text that is one); 0 of none
    "average",  # the same, divided by how many; rounded down to a millionth
    "minimum",
    "maximum",
    "first",  # the value of the property in the earliest event that has one, by instant, then by the value as JSON
    "last",
    "most_frequent",  # value, the first by its JSON text where several are
    "distinct",  # how many values
    "values",  # the list of values, in the order of their JSON text
    "days",  # on how many calendar days
    "streak",  # the longest run of calendar days
    "sessions",  # how many groups of events with at most 30 minutes between one and the next
    "first_time",  # the instant of the earliest event
    "last_time",
]
AMOUNTS: frozenset[Function] = frozenset({"sum", "average", "minimum", "maximum"})
SCALARS: frozenset[Function] = frozenset({"first", "last", "most_frequent", "distinct", "values"})
COUNTS: frozenset[Function] = frozenset({"count", "distinct", "days", "streak", "sessions"})
DAILY: frozenset[Function] = frozenset({"days", "streak"})
TIMES: frozenset[Function] = frozenset({"first_time", "last_time"})
SESSION_GAP = 30 * 60 * 1_000_000
MAX_VALUE = 100  # characters by which a text counts as a value


@dataclass(frozen=True, slots=True)
class Measure:
    """
    What the selected events within the window come to: a number, an amount in millionths, a value, or an instant.

    Of nothing there is no average, minimum, maximum, first, last, most frequent value or instant. Values of a property
    are text (its first 100 characters), numbers, true and false; null, lists and objects are none.
    """

    selection: Selection
    function: Function = "count"
    of: str | None = None
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class OrdersMeasure:
    """
    What orders come to, net of refunds and cancellations: a number, or an amount in millionths.

    An order lies in the window if the instant at which it was completed does.
    """

    of: Literal["count", "revenue", "average", "first_time", "last_time"]
    window: Window | None = None


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
class Trait:
    """What somebody said of themselves, or was said of them, last."""

    trait: str
    check: Check


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure that passes a check. An amount is compared as a whole number of millionths."""

    measure: Measure | OrdersMeasure
    check: Check


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed trait that passes a check, where what it computes is not at hand: else that stands in its place."""

    trait: str
    check: Check


@dataclass(frozen=True, slots=True)
class Sequence:
    """
    One event of each step, each later than the one before, the last at most `within` after the first and in the window.

    With `same`, all of them have one value of that property: that product, that cart.
    """

    steps: tuple[Selection, ...]
    within: int
    window: Rolling
    same: str | None = None


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """
    A `first` event in the window, `within` or more ago, that no `then` event followed in (its instant, + within].

    With `same`, only one with the same value of that property follows it; one without a value is not asked.
    """

    first: Selection
    then: Selection
    within: int
    window: Rolling
    same: str | None = None


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest `event` is at least `ago` ago, less than `window` ago if there is one, and no `without` is as new."""

    event: Selection
    without: Selection | None
    ago: int = 0
    window: Rolling | None = None


@dataclass(frozen=True, slots=True)
class Regular:
    """
    At least `times` in at least `at_least` of the last `periods` periods of `days` calendar days each.

    The newest period ends with today.
    """

    selection: Selection
    times: int
    days: int
    periods: int
    at_least: int


@dataclass(frozen=True, slots=True)
class Returned:
    """
    A day with such an event in the last `days`, today included, that comes after `gap` or more days without one.

    Before those there was one: who comes for the first time does not return.
    """

    selection: Selection
    gap: int
    days: int


@dataclass(frozen=True, slots=True)
class InSegment:
    """In another segment, as that is defined by now; `anonymous` of the other one counts, too."""

    segment: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """
    Among the people who were drawn: of a hundred equal lots, those from `start` up to but without `end`.

    The lot of a profile is the first 8 bytes of md5(salt + "|" + profile id), as a number, modulo 100.
    """

    start: int
    end: int
    salt: str


@dataclass(frozen=True, slots=True)
class InAudience:
    """
    In an audience of a third party, by its newest word, of one provider or of any; nobody who is known is in one.

    It is true of a profile without a known identifier only: as soon as somebody is known, audiences count no more.
    """

    audience: str
    provider: str | None = None

    @property
    def latest(self) -> Latest:
        """The condition on events, of whoever is not known."""
        said = [("audience", self.audience), ("provider", self.provider)]
        where = tuple(Where(name, Compares("equals", value)) for name, value in said if value is not None)
        return Latest(Selection(ENTERED, where), Selection(EXITED, where))


@dataclass(frozen=True, slots=True)
class Consented:
    """A purpose may go on, on this channel of it; without one on all that it has."""

    purpose: str
    channel: str | None = None


Leaf = (
    Trait
    | Measured
    | Computed
    | Sequence
    | Unfollowed
    | Latest
    | Regular
    | Returned
    | InSegment
    | InAudience
    | Consented
    | Drawn
)
Node = All | OneOf | Not | Leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """
    A definition that people are evaluated for; `anonymous` says whether it takes in people without a known identifier.

    Who does not consent to what it `needs` is in it no more. Its memberships lie under its `edition`; while that is
    `coming` the world is told of none of them.
    """

    id: str
    name: str
    where: Node
    anonymous: bool = False
    needs: Consented | None = None
    version: int = 1
    edition: int = 0
    coming: bool = False

    @property
    def condition(self) -> Node:
        """What must be true of whoever is in it: the consent that it needs, too."""
        return All((self.needs, self.where)) if self.needs else self.where

    @property
    def rows(self) -> str:
        """The name under which its memberships lie."""
        return rows_of(self.id, self.edition)


def rows_of(id: str, edition: int) -> str:
    """Name the memberships of an edition of a segment; those of the first one of an old platform have no number."""
    return f"{id}#{edition}" if edition else id


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


def selections(node: Node) -> tuple[Selection, ...]:
    """The events that one condition reads itself."""
    match node:
        case Measured(Measure(selection)) | Regular(selection) | Returned(selection):
            return (selection,)
        case Sequence(steps):
            return steps
        case Unfollowed(first, then):
            return (first, then)
        case Latest(event, without):
            return (event,) if without is None else (event, without)
        case InAudience():
            return selections(node.latest)
        case _:
            return ()


def traits_read(segment: Segment) -> frozenset[str]:
    """The traits that the segment reads."""
    return frozenset(node.trait for node in walk(segment.where) if isinstance(node, Trait))


def segments_read(segment: Segment) -> frozenset[str]:
    """The other segments that the segment reads itself."""
    return frozenset(node.segment for node in walk(segment.where) if isinstance(node, InSegment))


def purposes_read(segment: Segment) -> frozenset[Consented]:
    """List what the segment reads of consent: what it asks for, and what it needs."""
    asked = {node for node in walk(segment.where) if isinstance(node, Consented)}
    return frozenset(asked | {segment.needs} if segment.needs else asked)


def reads_orders(segment: Segment) -> bool:
    """Say whether the segment reads the order ledger."""
    return any(isinstance(node, Measured) and isinstance(node.measure, OrdersMeasure) for node in walk(segment.where))
