"""Law one: what is known of an identifier is a sum, and no order, batch, repetition or crash can be seen in it."""

from dataclasses import replace
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.checks import Compares
from regulars.domain.events import Event
from regulars.domain.instants import SECOND
from regulars.domain.keeps import Keep, Kind
from regulars.domain.parts import REMEMBERED, SKEW, Part, admit, count, fold
from regulars.domain.people import sum_parts
from regulars.domain.segments import Where
from regulars.domain.state import EMPTY, State, add, parts_of, state_of, watch_of
from regulars.domain.watches import Watch, Watches
from tests.builders import an_event
from tests.cuts import Cut, cuts
from tests.strategies import histories

KINDS: tuple[Kind, ...] = get_args(Kind)
CHEAP = (Where("revenue", Compares("less_than", 20)),)
WATCH = Watch(
    keeps={
        Keep(kind, where, of=of, zone="Europe/Berlin"): 3
        for kind in KINDS
        for where in ((), CHEAP)
        for of in ("", "revenue", "colour")
        if of or kind in ("count", "ends", "newest", "days")
    }
)
WATCHES = Watches(version=1, by_event={"Product Viewed": WATCH, "Order Completed": WATCH, "Order Refunded": WATCH})
ONE = ["user_id:u"]


def counted_in(part: str, events: list[Event], *, batch: int, ahead: int = 0) -> Part:
    """
    Count events in a part, so many at a time; fold it anew from what is stored when it says so.

    One event is stored a second, and counting is so many of them behind.
    """
    owner = events[0].owner
    kept = Part(owner=owner, name=part)
    for start in range(0, len(events), batch):
        now = [event for event in events[start : start + batch] if part in parts_of(event, WATCHES)]
        end = min(start + batch, len(events))
        stored = min(end + ahead, len(events))
        history = list({event.moment: event for event in events[:stored]}.values())
        kept = count(kept, now, WATCHES, stored=end * SECOND) or fold(
            owner, part, history, WATCHES, version=0, read=stored * SECOND + SKEW
        )
    return kept


@given(histories(ONE), st.randoms(use_true_random=False), st.integers(1, 5), st.integers(0, 20), cuts)
def test_counting_in_any_order_batch_and_repetition_gives_the_fold(
    events: list[Event], random: Random, batch: int, ahead: int, cut: Cut
) -> None:
    shuffled = random.sample(events, len(events)) + random.sample(events, len(events) // 2)

    with cut():
        for name in {name for event in events for name in parts_of(event, WATCHES)}:
            expected = fold(ONE[0], name, events, WATCHES, version=0, read=0)
            assert counted_in(name, shuffled, batch=batch, ahead=ahead).state == expected.state


def total(name: str, events: list[Event]) -> State:
    """What a part of these events comes to, added one by one."""
    state, watch = EMPTY, watch_of(name, WATCHES)
    for event in events:
        if name in parts_of(event, WATCHES):
            state = add(state, state_of(event, name, watch), watch)
    return state


@given(histories(["user_id:u", "anonymous_id:a"]), st.integers(0, 40), st.integers(0, 40), cuts)
def test_adding_states_is_associative_and_commutative(events: list[Event], one: int, other: int, cut: Cut) -> None:
    one, other = sorted((one, other))
    with cut():
        for name in {name for event in events for name in parts_of(event, WATCHES)}:
            watch = watch_of(name, WATCHES)
            a, b, c = (total(name, some) for some in (events[:one], events[one:other], events[other:]))
            assert add(add(a, b, watch), c, watch) == add(a, add(b, c, watch), watch)
            assert add(a, b, watch) == add(b, a, watch)
            assert total(name, events) == add(add(c, a, watch), b, watch)


@given(histories(["user_id:u", "anonymous_id:a"]), st.randoms(use_true_random=False), cuts)
def test_a_person_is_the_sum_of_identifiers_wherever_the_events_lie(
    events: list[Event], random: Random, cut: Cut
) -> None:
    owners = {event.owner for event in events}
    moved = [replace(event, owner="user_id:u") for event in events]

    with cut():
        names = {name for event in events for name in parts_of(event, WATCHES)}
        spread = [fold(owner, name, events, WATCHES, version=0, read=0) for owner in owners for name in names]
        together = [fold("user_id:u", name, moved, WATCHES, version=0, read=0) for name in names]
        random.shuffle(spread)
        assert sum_parts(spread, WATCHES, known=True) == sum_parts(together, WATCHES, known=True)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"type": "identify", "name": None, "traits": {"plan": "gold"}}, {"traits": {"plan": "silver"}}),
        ({"name": "Order Refunded", "properties": {"order_id": "x", "revenue": 5}}, {"properties": {"order_id": "x"}}),
        (
            {"name": "Order Refunded", "properties": {"order_id": "x", "revenue": 5}},
            {"properties": {"order_id": "x", "revenue": 9}},
        ),
    ],
)
def test_of_one_message_under_two_identifiers_it_is_all_the_same_which_is_added_first(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    events = [an_event(links=("user_id:u",), **first), an_event(links=("user_id:v",), **{**first, **second})]
    name = parts_of(events[0], WATCHES)[-1]
    one, other = (total(name, [event]) for event in events)

    assert one != other
    assert add(one, other, Watch()) == add(other, one, Watch())


def test_an_event_at_or_below_the_floor_is_never_counted_but_folded_anew() -> None:
    events = [an_event(number) for number in range(REMEMBERED + 5)]
    part = counted_in("event#Product Viewed", events, batch=1)

    assert part.floor == events[4].arrival
    assert admit(part, events[4]) == "refold"
    assert admit(part, events[5]) == "skip"
    assert count(part, [events[0]], WATCHES, stored=0) is None


def test_what_was_stored_before_a_part_was_folded_is_in_it_and_what_was_stored_after_is_not() -> None:
    part = fold("anonymous_id:a", "event#Product Viewed", [an_event(1)], WATCHES, version=1, read=SKEW + SECOND)

    before = count(part, [an_event(1), an_event(2)], WATCHES, stored=SECOND)
    after = count(part, [an_event(1), an_event(2)], WATCHES, stored=SECOND + 1)
    assert (before and before.state.count, after and after.state.count) == (1, 2)


def test_a_part_folded_for_another_watch_is_folded_anew() -> None:
    part = counted_in("event#Product Viewed", [an_event(1)], batch=1)
    stored = replace(part, version=1, watch="older")

    assert count(stored, [an_event(2)], WATCHES, stored=0) is None


def test_an_event_that_nothing_reads_is_counted_nowhere() -> None:
    assert parts_of(an_event(name="Menu Opened"), WATCHES) == []
