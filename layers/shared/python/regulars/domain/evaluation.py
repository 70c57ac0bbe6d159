"""
A segment asked of a person at an instant answers twice: is it true, and when could that next change by time alone?

Windows are half open, (now - W, now]: an event leaves at the very instant that is W after it. Calendar days are UTC.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from regulars.domain.instants import DAY, day_of
from regulars.domain.numbers import MICRO
from regulars.domain.orders import count_standing, net_revenue
from regulars.domain.people import Person
from regulars.domain.segments import (
    All,
    Happened,
    Node,
    Not,
    OneOf,
    Orders,
    Segment,
    Total,
    TraitIs,
    compare,
)
from regulars.domain.state import EMPTY


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is true, the next instant at which time alone could change that, and why."""

    truth: bool
    next_change_at: int | None
    why: "Reason"


@dataclass(frozen=True, slots=True)
class Reason:
    """The truth of one condition, with what was found, and of those below it."""

    condition: str
    truth: bool
    found: str | None = None
    below: tuple["Reason", ...] = ()


def evaluate(segment: Segment, person: Person, now: int) -> Verdict:
    """Decide whether a person is in a segment at an instant (microseconds)."""
    if not (person.known or segment.anonymous):
        return Verdict(False, None, Reason("is known", False))
    return ask(segment.where, person, now)


def ask(node: Node, person: Person, now: int) -> Verdict:
    """Answer one condition of the tree."""
    match node:
        case All(nodes):
            return _united("all", [ask(inner, person, now) for inner in nodes], all)
        case OneOf(nodes):
            return _united("any", [ask(inner, person, now) for inner in nodes], any)
        case Not(inner):
            verdict = ask(inner, person, now)
            return Verdict(
                not verdict.truth,
                verdict.next_change_at,
                Reason("not", not verdict.truth, None, (verdict.why,)),
            )
        case TraitIs():
            return _ask_trait(node, person)
        case Happened():
            return _ask_happened(node, person, now)
        case Total():
            return _ask_total(node, person, now)
        case Orders():
            return _ask_orders(node, person)


def _united(word: str, verdicts: list[Verdict], rule: Callable[[Iterable[bool]], bool]) -> Verdict:
    truth = rule([verdict.truth for verdict in verdicts])
    nexts = [verdict.next_change_at for verdict in verdicts if verdict.next_change_at is not None]
    return Verdict(truth, min(nexts, default=None), Reason(word, truth, None, tuple(v.why for v in verdicts)))


def _ask_trait(node: TraitIs, person: Person) -> Verdict:
    trait = person.traits.get(node.trait)
    present = trait is not None and trait[2] is not None
    if node.comparison == "exists":
        truth = present is node.value
    else:
        truth = trait is not None and _comparable(trait[2]) and compare(node.comparison, trait[2], node.value)
    return Verdict(truth, None, Reason(f"trait {node.trait} {node.comparison} {node.value}", truth))


def _comparable(value: object) -> bool:
    return isinstance(value, str | int | float)


def _ask_happened(node: Happened, person: Person, now: int) -> Verdict:
    state = person.events.get(node.event, EMPTY)
    within = node.within
    if within is None:
        truth = compare(node.comparison, state.count, node.times)
        return Verdict(truth, None, Reason(_words(node), truth, str(state.count)))

    def count_at(instant: int) -> int:
        return sum(1 for at in state.instants if instant - within < at <= instant)

    changes = {change for at in state.instants for change in (at, at + within)}
    truth, change = _first_change(lambda instant: compare(node.comparison, count_at(instant), node.times), changes, now)
    return Verdict(truth, change, Reason(_words(node), truth, str(count_at(now))))


def _ask_total(node: Total, person: Person, now: int) -> Verdict:
    state = person.events.get(node.event, EMPTY)
    length = node.days
    if length is None:
        total = state.sums.get(node.of, 0)
        truth = compare(node.comparison, total, node.amount)
        return Verdict(truth, None, Reason(_words(node), truth, str(total / MICRO)))

    def total_at(instant: int) -> int:
        today = day_of(instant)
        return sum(sums.get(node.of, 0) for day, sums in state.days.items() if today - length < day <= today)

    changes = {DAY * change for day in state.days for change in (day, day + length)}
    truth, change = _first_change(
        lambda instant: compare(node.comparison, total_at(instant), node.amount), changes, now
    )
    return Verdict(truth, change, Reason(_words(node), truth, str(total_at(now) / MICRO)))


def _ask_orders(node: Orders, person: Person) -> Verdict:
    found = count_standing(person.orders) * MICRO if node.of == "count" else net_revenue(person.orders)
    truth = compare(node.comparison, found, node.amount)
    return Verdict(
        truth,
        None,
        Reason(
            f"orders {node.of} {node.comparison} {node.amount / MICRO:g}",
            truth,
            f"{found / MICRO:g}",
        ),
    )


def _first_change(truth_at: Callable[[int], bool], changes: Iterable[int], now: int) -> tuple[bool, int | None]:
    truth = truth_at(now)
    later = (change for change in sorted(changes) if change > now)
    return truth, next((change for change in later if truth_at(change) is not truth), None)


def _words(node: Happened | Total) -> str:
    if isinstance(node, Total):
        window = f" in {node.days} days" if node.days else ""
        return f"{node.of} of {node.event} {node.comparison} {node.amount / MICRO:g}{window}"
    window = f" in {node.within / MICRO:g} seconds" if node.within else ""
    return f"{node.event} {node.comparison} {node.times} times{window}"
