"""A segment's two answers, against brute force over the raw events."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.catalog import next_watches
from regulars.domain.evaluation import evaluate
from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from regulars.domain.numbers import MICRO
from regulars.domain.parts import fold
from regulars.domain.people import Person, sum_parts
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import Segment
from regulars.domain.state import parts_of
from regulars.domain.watches import Watches
from tests.builders import START, an_event, an_order
from tests.cuts import Cut, cuts
from tests.oracle import count_orders, is_member, kept_traits, standing_orders
from tests.strategies import definitions, histories, instants


def person_of(segment: Segment, events: list[Event], *, known: bool = True) -> Person:
    """The person that these events add up to, for the needs of one segment."""
    watches = next_watches(Watches(by_event={}), [segment])
    names = {(event.owner, name) for event in events for name in parts_of(event, watches)}
    return sum_parts(
        [fold(owner, name, events, watches, version=0, read=0) for owner, name in names], watches, known=known
    )


@given(definitions, histories(["user_id:u", "anonymous_id:a"]), instants, st.booleans(), cuts)
def test_the_truth_is_that_of_brute_force(
    definition: dict[str, Any], events: list[Event], now: int, known: bool, cut: Cut
) -> None:
    segment = parse("s", definition)
    past = [event for event in events if event.at <= now]

    with cut():
        verdict = evaluate(segment, person_of(segment, past, known=known), now)
        assert verdict.truth is is_member(segment, past, now, known=known)


@given(histories(["user_id:u", "anonymous_id:a"]), cuts)
def test_what_is_kept_of_a_person_is_what_there_is_room_for(events: list[Event], cut: Cut) -> None:
    with cut():
        person = person_of(parse("s", {"where": {"orders": "count", "at_least": 1}}), events)
        assert sorted(person.traits) == sorted(kept_traits(events))
        assert person.revenue == sum(remains for _, remains in standing_orders(events).values()) * MICRO
        assert person.order_count == count_orders(events)


@given(definitions, histories(["user_id:u"]), instants)
def test_nothing_changes_before_the_next_change(definition: dict[str, Any], events: list[Event], now: int) -> None:
    segment = parse("s", definition)
    past = [event for event in events if event.at <= now]
    verdict = evaluate(segment, person_of(segment, past), now)

    until = verdict.next_change_at or now + 20 * DAY
    edges = {
        event.at + length for event in past for length in (10 * SECOND, 60 * SECOND, 6 * 3600 * SECOND, DAY, 3 * DAY)
    }
    edges |= {day * DAY for day in range(now // DAY + 1, now // DAY + 21)} | {until}
    between = [edge + step for edge in edges for step in (-1, 0) if now < edge + step < until]
    assert all(is_member(segment, past, instant, known=True) is verdict.truth for instant in between)


def test_a_window_ends_on_the_very_instant() -> None:
    segment = parse("s", {"where": {"event": "Product Viewed", "within": "10 seconds"}})
    person = person_of(segment, [an_event(at=START)])

    inside = evaluate(segment, person, START + 10 * SECOND - 1)
    outside = evaluate(segment, person, START + 10 * SECOND)

    assert (inside.truth, inside.next_change_at) == (True, START + 10 * SECOND)
    assert (outside.truth, outside.next_change_at) == (False, None)


def test_a_sum_of_days_changes_at_midnight() -> None:
    segment = parse(
        "s", {"where": {"event": "Order Completed", "sum": {"of": "revenue", "at_least": 5}, "within": "2 days"}}
    )
    person = person_of(segment, [an_order(1, 5, at=START + 3600 * SECOND)])

    assert evaluate(segment, person, START + 3600 * SECOND).next_change_at == START + 2 * DAY


def test_a_refund_that_comes_before_its_order_counts_once() -> None:
    segment = parse("s", {"where": {"orders": "revenue", "equals": 7}})
    refund = an_order(1, 3, name="Order Refunded", at=START)
    order = an_order(1, 10, at=START + SECOND)

    assert evaluate(segment, person_of(segment, [refund, order]), START + DAY).truth


def test_the_reason_tells_the_truth_of_every_condition() -> None:
    segment = parse("s", {"where": {"all": [{"event": "Product Viewed"}, {"not": {"event": "Order Completed"}}]}})

    why = evaluate(segment, person_of(segment, [an_event()]), START + DAY).why

    assert [(reason.condition, reason.truth) for reason in why.below] == [
        ("Product Viewed at_least 1 times", True),
        ("not", True),
    ]
