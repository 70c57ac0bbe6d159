"""A segment's two answers, against brute force over the raw events."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.calendars import Calendar
from regulars.domain.catalog import next_watches
from regulars.domain.compiling import compile_all
from regulars.domain.evaluation import Verdict
from regulars.domain.evaluation import evaluate as ask
from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from regulars.domain.numbers import MICRO
from regulars.domain.parts import fold
from regulars.domain.people import Person, sum_parts
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import Segment
from regulars.domain.state import add_all, parts_of, state_of
from regulars.domain.watches import Watches
from tests.builders import START, an_event, an_order
from tests.cuts import Cut, cuts
from tests.oracle import count_orders, is_member, kept_traits, standing_orders
from tests.strategies import definitions, histories, instants


def person_of(segment: Segment, events: list[Event], *, known: bool = True) -> Person:
    """The person that these events add up to, for the needs of one segment."""
    watches = next_watches(Watches(by_event={}), [segment])
    names = {(event.owner, name) for event in events for name in parts_of(event, watches)}
    parts = [fold(owner, name, events, watches, version=0, read=0) for owner, name in names]
    return sum_parts(parts, watches, known=known, profile_id="p_user_id:u")


def evaluate(segment: Segment, events: list[Event], now: int, *, known: bool = True) -> Verdict:
    """Ask a segment by itself, reading the events where what is kept does not suffice."""
    compiled = compile_all([segment], Calendar())[segment.id]
    person = person_of(segment, events, known=known)
    if short := compiled.short_of(person, now):
        watches = next_watches(Watches(by_event={}), [segment]).by_event
        states = {
            name: add_all(
                (state_of(event, f"event#{name}", watches[name].unbounded) for event in events if event.name == name),
                watches[name].unbounded,
            )
            for name in short
        }
        person = replace(person, events={**person.events, **states}, whole=short)
        assert not compiled.short_of(person, now)
    return ask(compiled, person, now)


@given(definitions, histories(["user_id:u", "anonymous_id:a"]), instants, st.booleans(), cuts)
def test_the_truth_is_that_of_brute_force(
    definition: dict[str, Any], events: list[Event], now: int, known: bool, cut: Cut
) -> None:
    segment = parse("s", definition)
    past = [event for event in events if event.at <= now]

    with cut():
        verdict = evaluate(segment, past, now, known=known)
        assert verdict.truth is is_member(segment, past, now, known=known)


@given(histories(["user_id:u", "anonymous_id:a"]), cuts)
def test_what_is_kept_of_a_person_is_what_there_is_room_for(events: list[Event], cut: Cut) -> None:
    with cut():
        person = person_of(parse("s", {"where": {"orders": "count", "at_least": 1}}), events)
        assert sorted(person.traits) == sorted(kept_traits(events))
        assert person.totals.revenue == sum(remains for _, remains in standing_orders(events).values()) * MICRO
        assert person.totals.count == count_orders(events)


@given(definitions, histories(["user_id:u"]), instants, cuts)
def test_nothing_changes_before_the_next_change(
    definition: dict[str, Any], events: list[Event], now: int, cut: Cut
) -> None:
    segment = parse("s", definition)
    past = [event for event in events if event.at <= now]
    with cut():
        verdict = evaluate(segment, past, now)

        until = verdict.next_change_at or now + 20 * DAY
        edges = {
            event.at + length
            for event in past
            for length in (10 * SECOND, 60 * SECOND, 6 * 3600 * SECOND, DAY, 3 * DAY)
        }
        edges |= {day * DAY for day in range(now // DAY + 1, now // DAY + 21)} | {until}
        between = [edge + step for edge in edges for step in (-1, 0) if now < edge + step < until]
        assert all(is_member(segment, past, instant, known=True) is verdict.truth for instant in between)


def test_a_window_ends_on_the_very_instant() -> None:
    segment = parse("s", {"where": {"event": "Product Viewed", "within": "10 seconds"}})
    events = [an_event(at=START)]

    inside = evaluate(segment, events, START + 10 * SECOND - 1)
    outside = evaluate(segment, events, START + 10 * SECOND)

    assert (inside.truth, inside.next_change_at) == (True, START + 10 * SECOND)
    assert (outside.truth, outside.next_change_at) == (False, None)


def test_a_sum_of_days_changes_at_midnight() -> None:
    segment = parse(
        "s", {"where": {"event": "Order Completed", "sum": {"of": "revenue", "at_least": 5}, "calendar_days": 2}}
    )
    events = [an_order(1, 5, at=START + 3600 * SECOND)]

    assert evaluate(segment, events, START + 3600 * SECOND).next_change_at == START + 2 * DAY


def test_a_refund_that_comes_before_its_order_counts_once() -> None:
    segment = parse("s", {"where": {"orders": "revenue", "equals": 7}})
    refund = an_order(1, 3, name="Order Refunded", at=START)
    order = an_order(1, 10, at=START + SECOND)

    assert evaluate(segment, [refund, order], START + DAY).truth
