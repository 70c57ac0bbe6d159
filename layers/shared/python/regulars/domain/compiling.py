"""
Segments as functions: each tree becomes one generated function of a person and an instant.

Its text is made of fixed pieces and numbered names; whatever a definition says stands behind a name, never in the text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import merge
from typing import Any

from regulars.domain.calendars import Calendar
from regulars.domain.checking import passes
from regulars.domain.checks import Check, Compares, Exists, IsIn
from regulars.domain.leaves import Answer, Truth, answer
from regulars.domain.needs import needs_of
from regulars.domain.people import Person
from regulars.domain.segments import (
    All,
    InSegment,
    Leaf,
    Node,
    Not,
    OneOf,
    Segment,
    Trait,
    purposes_read,
    reads_orders,
    segments_read,
    traits_read,
    walk,
)

ORDERS = "orders"
CONSENT = "consent"
_TRIES = 1_000  # turns at which a tree is asked in search of its next change; then it is asked again at the last
_SIGNS = {"equals": "==", "at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<"}
_NUMBERS = frozenset({int, float})


@dataclass(frozen=True, slots=True)
class Compiled:
    """
    A segment that can be asked: `is_member` decides whether a person is in it at an instant (microseconds).

    `would_be` leaves aside the consent that it needs. Time alone may turn the answers that are `timed`, those of
    segments that it reads among them; the `limited` ones read lists that may be too full. `events` and `traits` are the
    names of what its truth may depend on.
    """

    segment: Segment
    is_member: Truth
    would_be: Truth
    answers: Mapping[Leaf, Answer]
    timed: tuple[Answer, ...]
    limited: tuple[tuple[Leaf, Answer], ...]
    inner: tuple["Compiled", ...]
    events: frozenset[str]
    traits: frozenset[str]
    orders: bool
    consent: bool

    @property
    def reads(self) -> frozenset[str]:
        """Name all that its truth may depend on beside time, as a change of it is named."""
        own = {name for name, is_read in ((ORDERS, self.orders), (CONSENT, self.consent)) if is_read}
        return frozenset({*(f"event#{name}" for name in self.events), *(f"trait#{name}" for name in self.traits), *own})

    def holds_back(self, person: Person, at: int) -> bool:
        """Say whether a person would be in it at an instant, if they only consented to what it needs."""
        needs = self.segment.needs
        if needs is None or person.consent.allows(needs.purpose, needs.channel):
            return False
        return self.would_be(person, at)

    @property
    def is_limited(self) -> bool:
        """Say whether it reads, itself or through others, what may be too full."""
        return bool(self.limited) or any(each.is_limited for each in self.inner)

    def next_change(self, person: Person, now: int) -> int | None:
        """Give the next instant at which time alone changes that, or might; None if it never does."""
        if person.restricted or not (person.known or self.segment.anonymous):
            return None
        before = self.is_member(person, now)
        for tried, turn in enumerate(merge(*(each.turns(person, now) for each in self.timed))):
            if not turn.sure or tried == _TRIES or self.is_member(person, turn.at) is not before:
                return turn.at
        return None

    def short_of(self, person: Person, now: int) -> frozenset[str]:
        """Name the events of which more has to be known than is kept, in order to answer."""
        short = [leaf for leaf, each in self.limited if each.short(person, now)]
        own = {need.event for leaf in short for need in needs_of(leaf, Calendar())}
        return frozenset(own).union(*(inner.short_of(person, now) for inner in self.inner))


def compile_all(segments: Iterable[Segment], calendar: Calendar) -> dict[str, Compiled]:
    """
    Compile segments, by the name of their rows.

    One that reads another reads the live version of it, else the one that is coming; what is not there is false.
    """
    given = sorted(segments, key=lambda segment: not segment.coming)
    named = {segment.id: segment for segment in given}
    made: dict[str, Compiled] = {}  # by id, what others read

    def of(segment: Segment, way: tuple[str, ...] = ()) -> Compiled:
        for id in sorted(segments_read(segment) & named.keys() - made.keys() - {segment.id, *way}):
            made[id] = of(named[id], (segment.id, *way))
        return compile_one(segment, calendar, made)

    for id, segment in named.items():
        if id not in made:
            made[id] = of(segment)
    return {each.rows: made[each.id] if each == named[each.id] else of(each) for each in given}


def compile_one(segment: Segment, calendar: Calendar, others: Mapping[str, Compiled]) -> Compiled:
    """Compile a segment; those that it reads are compiled already."""
    writer = _Writer(calendar, others)
    is_member = writer.function(segment.condition, anonymous=segment.anonymous)
    inner = tuple(others[id] for id in sorted(segments_read(segment)) if id in others)
    events = {need.event for node in walk(segment.where) for need in needs_of(node, calendar)}
    return Compiled(
        segment=segment,
        is_member=is_member,
        would_be=writer.function(segment.where, anonymous=segment.anonymous) if segment.needs else is_member,
        answers=writer.answers,
        timed=tuple(
            each
            for each in (*writer.answers.values(), *(one for other in inner for one in other.timed))
            if each.is_timed
        ),
        limited=tuple((leaf, each) for leaf, each in writer.answers.items() if each.is_limited),
        inner=inner,
        events=frozenset(events).union(*(each.events for each in inner)),
        traits=traits_read(segment).union(*(each.traits for each in inner)),
        orders=reads_orders(segment) or any(each.orders for each in inner),
        consent=bool(purposes_read(segment)) or any(each.consent for each in inner),
    )


class _Writer:
    """Writes the text of one function, and gathers what its names stand for."""

    def __init__(self, calendar: Calendar, others: Mapping[str, Compiled]) -> None:
        self._calendar = calendar
        self._others = others
        self._names: dict[str, Any] = {"number": _NUMBERS, "text": str, "kind": type}
        self.answers: dict[Leaf, Answer] = {}

    def function(self, node: Node, *, anonymous: bool) -> Truth:
        """Make the function of a tree, which is true of people whom nobody knows only where they are taken in."""
        who = "not person.restricted and " if anonymous else "person.known and not person.restricted and "
        text = f"def is_member(person, at):\n value = person.values.get\n return {who}{self._expression(node)}"
        names = {**self._names, "__builtins__": {}}
        exec(compile(text, "<segment>", "exec"), names)
        is_member: Truth = names["is_member"]
        return is_member

    def _expression(self, node: Node) -> str:
        match node:
            case All(nodes):
                return f"({' and '.join(self._cheap_first(nodes))})"
            case OneOf(nodes):
                return f"({' or '.join(self._cheap_first(nodes))})"
            case Not(inner):
                return f"(not {self._expression(inner)})"
            case Trait(trait, check):
                self._answer(node)
                return self._trait(self._name(trait), check)
            case InSegment(id):
                other = self._others.get(id)
                return f"{self._name(other.is_member)}(person, at)" if other else "False"
            case _:
                return f"{self._name(self._answer(node).truth)}(person, at)"

    def _cheap_first(self, nodes: Iterable[Node]) -> list[str]:
        return [self._expression(node) for node in sorted(nodes, key=lambda node: not isinstance(node, Trait))]

    def _answer(self, leaf: Leaf) -> Answer:
        return self.answers.setdefault(leaf, answer(leaf, self._calendar))

    def _trait(self, trait: str, check: Check) -> str:
        match check:
            case Compares(_, bool() as other):
                return f"(value({trait}) is {self._name(other)})" if check.how == "equals" else "False"
            case Compares(how, str() as other):
                return f"(kind(it := value({trait})) is text and it {_SIGNS[how]} {self._name(other)})"
            case Compares(how, other):
                return f"(kind(it := value({trait})) in number and it {_SIGNS[how]} {self._name(other)})"
            case Exists(truth):
                return f"(value({trait}) is {'not ' if truth else ''}None)"
            case IsIn(values) if all(isinstance(each, str) for each in values):
                rest = self._name(passes(check, self._calendar))
                texts = self._name(frozenset(values))
                return f"(it in {texts} if kind(it := value({trait})) is text else {rest}(it, at))"
            case _:
                return f"{self._name(passes(check, self._calendar))}(value({trait}), at)"

    def _name(self, thing: object) -> str:
        name = f"n{len(self._names)}"
        self._names[name] = thing
        return name
