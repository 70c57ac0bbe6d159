"""
A segment asked of a person at an instant answers twice: is it true, and when could that next change by time alone?

Windows are half open, (now - W, now]: an event leaves at the very instant that is W after it. Calendar days are UTC.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from regulars.domain.instants import DAY, day_of
from regulars.domain.numbers import MICRO
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
    within, change, found = node.within, None, state.count
    if within is not None:
        found = sum(1 for at in state.instants if now - within < at <= now)
        steps = [(at, 1) for at in state.instants] + [(at + within, -1) for at in state.instants]
        change = _first_change(found, steps, lambda times: compare(node.comparison, times, node.times), now)
    truth = compare(node.comparison, found, node.times)
    return Verdict(truth, change, Reason(_words(node), truth, str(found)))


def _ask_total(node: Total, person: Person, now: int) -> Verdict:
    state = person.events.get(node.event, EMPTY)
    length, change, found = node.days, None, state.sums.get(node.of, 0)
    if length is not None:
        today = day_of(now)
        sums = [(day, kept[node.of]) for day, kept in state.days.items() if node.of in kept]
        found = sum(amount for day, amount in sums if today - length < day <= today)
        steps = [(DAY * day, amount) for day, amount in sums]
        steps += [(DAY * (day + length), -amount) for day, amount in sums]
        change = _first_change(found, steps, lambda amount: compare(node.comparison, amount, node.amount), now)
    truth = compare(node.comparison, found, node.amount)
    return Verdict(truth, change, Reason(_words(node), truth, str(found / MICRO)))


def _ask_orders(node: Orders, person: Person) -> Verdict:
    found = person.order_count * MICRO if node.of == "count" else person.revenue
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


def _first_change(value: int, steps: Iterable[tuple[int, int]], holds: Callable[[int], bool], now: int) -> int | None:
    """Find the first instant after `now` at which a value that goes in these steps makes another truth."""
    truth = holds(value)
    later = sorted(step for step in steps if step[0] > now)
    for at, (instant, step) in enumerate(later, 1):
        value += step
        if at < len(later) and later[at][0] == instant:
            continue  # all that happens at one instant counts at once
        if holds(value) is not truth:
            return instant
    return None


def _words(node: Happened | Total) -> str:
    if isinstance(node, Total):
        window = f" in {node.days} days" if node.days else ""
        return f"{node.of} of {node.event} {node.comparison} {node.amount / MICRO:g}{window}"
    window = f" in {node.within / MICRO:g} seconds" if node.within else ""
    return f"{node.event} {node.comparison} {node.times} times{window}"
