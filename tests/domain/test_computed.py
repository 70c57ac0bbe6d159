"""Computed traits against brute force over the raw events: of one person, of two who merge, of each side again."""

from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.computed import AnyMeasure, ComputedTrait, Score
from regulars.domain.computed_definitions import parse_computed
from regulars.domain.costs import excess, in_words, looks
from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import Function, Measure, OrdersMeasure
from regulars.errors import DefinitionError
from tests.builders import START, an_event, an_order
from tests.computed import COMPUTED, TRAITS, computed, expected, person_of
from tests.cuts import Cut, cuts
from tests.domain.test_evaluation import evaluate
from tests.strategies import histories, instants, measured, windows

OWNERS = ["user_id:u", "anonymous_id:a"]


@st.composite
def measures(draw: st.DrawFn) -> dict[str, Any]:
    """A computed trait that is a measure, as it stands in a definition."""
    if draw(st.integers(0, 3)) == 0:
        return {
            "orders": draw(st.sampled_from(["count", "revenue", "average", "first_time", "last_time"])),
            **draw(windows),
        }
    condition = draw(measured())
    (function,) = [function for function in get_args(Function) if function in condition]
    of = {"of": condition[function]["of"]} if "of" in condition[function] else {}
    return {**condition, function: of}


@st.composite
def scores(draw: st.DrawFn) -> dict[str, Any]:
    """A score of something."""
    steps: list[Any] = [1, 2, 3]
    match draw(st.sampled_from(["count", "recency", "money", "window"])):
        case "recency":
            return {"score": {"of": {"orders": "last_time"}, "steps": ["3 days", "6 hours", "10 seconds"]}}
        case "money":
            steps = [0.1, 9.99, 30]
            of: dict[str, Any] = {"orders": "revenue", **draw(windows)}
        case "window":
            of = {"event": "Product Viewed", "count": {}, "within": "6 hours"}
        case _:
            of = {"orders": "count"}
    return {"score": {"of": of, "steps": steps}}


def of(trait: ComputedTrait) -> AnyMeasure:
    assert isinstance(trait.what, Measure | OrdersMeasure)
    return trait.what


def expected_score(score: Score, events: list[Event], now: int) -> int | None:
    """Count steps, plainly."""
    value = expected(score.of, events, now)
    if value is None:
        return None
    lengths = {"3 days": 3 * DAY, "6 hours": 6 * 3600 * SECOND, "10 seconds": 10 * SECOND}
    if isinstance(score.of, OrdersMeasure) and score.of.of == "last_time":
        return 1 + sum(bool(now - length < value <= now) for length in lengths.values())
    is_money = isinstance(score.of, OrdersMeasure) and score.of.of == "revenue"
    steps = [100_000, 9_990_000, 30_000_000] if is_money else [1, 2, 3]
    return 1 + sum(bool(value >= step) for step in steps)


@given(measures(), histories(OWNERS), instants, cuts)
def test_a_value_is_that_of_brute_force(definition: dict[str, Any], events: list[Event], now: int, cut: Cut) -> None:
    trait = parse_computed("t", definition)
    past = [event for event in events if event.at <= now]

    with cut():
        value, _ = computed(trait, person_of(trait, past), past, now)
        assert repr(value) == repr(expected(of(trait), past, now))


@given(measures(), histories(OWNERS), instants, cuts)
def test_who_merges_has_the_sum_and_who_unmerges_their_own(
    definition: dict[str, Any], events: list[Event], now: int, cut: Cut
) -> None:
    trait = parse_computed("t", definition)
    past = [event for event in events if event.at <= now]

    with cut():
        for owners in (OWNERS[:1], OWNERS, OWNERS[1:]):
            theirs = [event for event in past if event.owner in owners]
            value, _ = computed(trait, person_of(trait, past, owners), theirs, now)
            assert repr(value) == repr(expected(of(trait), theirs, now))


@given(scores(), histories(OWNERS), instants)
def test_a_score_is_the_number_of_steps(definition: dict[str, Any], events: list[Event], now: int) -> None:
    trait = parse_computed("t", definition)
    past = [event for event in events if event.at <= now]
    assert isinstance(trait.what, Score)

    value, _ = computed(trait, person_of(trait, past), past, now)
    assert value == expected_score(trait.what, past, now)


@given(st.one_of(measures(), scores()), histories(["user_id:u"]), instants)
def test_time_alone_changes_nothing_before_it_is_said_to(
    definition: dict[str, Any], events: list[Event], now: int
) -> None:
    trait = parse_computed("t", definition)
    past = [event for event in events if event.at <= now]
    person = person_of(trait, past)
    value, until = computed(trait, person, past, now)

    spans = (10 * SECOND, 60 * SECOND, 6 * 3600 * SECOND, DAY, 3 * DAY)
    edges = {event.at + length for event in past for length in spans}
    edges |= {day * DAY for day in range(now // DAY + 1, now // DAY + 21)} | ({until} if until else set())
    end = until or now + 20 * DAY
    between = [edge + step for edge in edges for step in (-1, 0) if now < edge + step < end]
    assert {repr(computed(trait, person, past, at)[0]) for at in between} <= {repr(value)}
    if until:
        assert repr(computed(trait, person, past, until)[0]) != repr(value)


CHECKS: list[dict[str, Any]] = [
    {"at_least": 2},
    {"at_most": 2},
    {"more_than": 1},
    {"less_than": 2.5},
    {"equals": 1},
    {"equals": 4},
    {"in": [1, 3]},
    {"in": [1, 2, 3, 4]},
    {"exists": True},
    {"missing": True},
]


def passes(check: dict[str, Any], score: int | None) -> bool:
    """Check a score, plainly."""
    (how, value), *_ = check.items()
    if how in ("exists", "missing"):
        return (score is None) is (how == "missing")
    if score is None:
        return False
    asked: dict[str, Callable[[], bool]] = {
        "at_least": lambda: bool(score >= value),
        "at_most": lambda: bool(score <= value),
        "more_than": lambda: bool(score > value),
        "less_than": lambda: bool(score < value),
        "equals": lambda: bool(score == value),
        "in": lambda: score in value,
    }
    return asked[how]()


@given(scores(), st.sampled_from(CHECKS), histories(["user_id:u"]), instants)
def test_a_segment_asks_for_the_score_that_is_shown(
    definition: dict[str, Any], check: dict[str, Any], events: list[Event], now: int
) -> None:
    trait = parse_computed("t", definition)
    segment = parse("s", {"where": {"computed": "t", **check}}, computed={"t": trait})
    past = [event for event in events if event.at <= now]

    score, _ = computed(trait, person_of(trait, past), past, now)
    assert evaluate(segment, past, now).truth is passes(check, score)


def test_a_condition_on_a_computed_trait_is_what_it_computes() -> None:
    named = parse("s", {"where": {"computed": "lifetime_revenue", "at_least": 500}}, computed=TRAITS)
    written = parse("s", {"where": {"orders": "revenue", "at_least": 500}})

    assert named == written


def test_a_trait_and_a_computed_trait_of_one_name_are_two() -> None:
    said = parse("s", {"where": {"trait": "plan", "equals": "gold"}}, computed=TRAITS)
    done = parse("s", {"where": {"computed": "plan", "equals": "gold"}}, computed=TRAITS)

    assert said != done


def test_an_rfm_cell_is_three_scores() -> None:
    orders = [an_order(number, 40, at=START + number * DAY) for number in range(3)]
    now = START + 2 * DAY + 100 * DAY

    value, until = computed(TRAITS["rfm"], person_of(TRAITS["rfm"], orders), orders, now)
    segment = parse("s", {"where": {"computed": "rfm", "in": ["1-1-1", "3-3-3"]}}, computed=TRAITS)
    assert value == "3-3-3"
    assert until == START + 2 * DAY + 180 * DAY
    assert evaluate(segment, orders, now).truth
    assert not evaluate(segment, orders, until).truth


def test_who_never_bought_is_in_no_cell() -> None:
    events = [an_event(name="Product Viewed")]
    segment = parse("s", {"where": {"computed": "rfm", "missing": True}}, computed=TRAITS)

    assert computed(TRAITS["rfm"], person_of(TRAITS["rfm"], events), events, START + DAY) == (None, None)
    assert evaluate(segment, events, START + DAY).truth


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({}, "says what it computes: one of event, orders, score, rfm"),
    ({"event": "X"}, "says one of count, sum"),
    ({"event": "X", "count": {}, "sum": {"of": "y"}}, "says one of count, sum"),
    ({"event": "X", "count": {"at_least": 3}}, "count: takes nothing here: write {}"),
    ({"event": "X", "count": 3}, "count: is an object, such as {}"),
    ({"event": "X", "sum": {}}, "sum.of: is a text"),
    ({"event": "X", "last": {"of": "email"}}, "last.of: email is personal"),
    ({"event": "X", "days": {}}, "days: counts in the last so many calendar_days"),
    ({"event": "X", "last_time": {}, "within": "7 days"}, "last_time: asks all events"),
    ({"event": "X", "count": {}, "at_least": 3}, "does not know at_least"),
    ({"orders": "sum"}, "orders: is one of count"),
    ({"orders": "count", "at_least": 3}, "does not know at_least"),
    ({"orders": "count", "name": ""}, "name: is a text"),
    ({"orders": "count", "description": 3}, "description: is a text"),
    ({"score": {"of": "none", "steps": [1]}}, "score.of: there is no computed trait none"),
    ({"score": {"of": "recency", "steps": [1]}}, "score.of: recency is a score itself"),
    ({"score": {"of": "plan", "steps": [1]}}, "score.of: is a number, an amount or a time"),
    ({"score": {"of": "lifetime_revenue", "steps": []}}, "score.steps: is a list of 1 to 20"),
    ({"score": {"of": "lifetime_revenue", "steps": [5, 5]}}, "score.steps[1]: is more than the step before it"),
    ({"score": {"of": "lifetime_revenue", "steps": ["5 days"]}}, "score.steps[0]: is a number"),
    ({"score": {"of": "views", "steps": [1.5]}}, "score.steps[0]: compares with a whole number"),
    ({"score": {"of": "last_order", "steps": [5]}}, "score.steps[0]: is a number and a unit"),
    ({"score": {"of": "last_order", "steps": ["1 day", "2 days"]}}, "score.steps[1]: is shorter than"),
    ({"score": {"of": {"orders": "last_time", "within": "9 days"}, "steps": ["1 day"]}}, "score.of: asks for all time"),
    ({"rfm": {"recency": "recency", "frequency": "frequency"}}, "rfm.monetary: is an object"),
    ({"rfm": {"recency": "views", "frequency": "frequency", "monetary": "monetary"}}, "rfm.recency: views is no score"),
    ({"rfm": {"recency": "frequency", "frequency": "frequency", "monetary": "monetary"}}, "is a score of a time"),
]


@pytest.mark.parametrize(("definition", "message"), BROKEN)
def test_says_what_does_not_hold_together(definition: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_computed("t", definition, COMPUTED)

    assert message in str(caught.value)


CONDITIONS: list[tuple[dict[str, Any], str]] = [
    ({"computed": "none", "exists": True}, "where.computed: there is no computed trait none"),
    ({"computed": "views"}, "says what to compare with"),
    ({"computed": "views", "at_least": 1, "within": "7 days"}, "does not know within"),
    ({"computed": "views", "at_least": 1.5}, "compares with a whole number"),
    ({"computed": "lifetime_revenue", "equals": "5"}, "compares with a number"),
    ({"computed": "last_order", "at_least": 5}, "compares a date"),
    ({"computed": "brands", "equals": "x"}, "is a list"),
    ({"computed": "recency", "more_than": 5}, "is never true: this score is a whole number from 1 to 5"),
    ({"computed": "recency", "equals": "5"}, "a score compares with a number"),
    ({"computed": "rfm", "at_least": 3}, "is a text such as 5-3-4"),
    ({"computed": "rfm", "equals": "5-3"}, "is three scores such as 5-3-4"),
    ({"computed": "rfm", "equals": "6-1-1"}, "is never true"),
]


@pytest.mark.parametrize(("where", "message"), CONDITIONS)
def test_a_segment_asks_what_a_computed_trait_can_answer(where: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse("s", {"where": where}, computed=TRAITS)

    assert message in str(caught.value)


def test_computed_traits_share_the_limits_of_segments() -> None:
    dear = [
        parse_computed(f"t{number}", {"event": "X", "values": {"of": f"p{number}"}, "within": "9 days"})
        for number in range(60)
    ]
    found = excess([parse("s", {"where": {"event": "X"}}), *dear])

    assert found is not None
    assert "t0" in found.fix
    assert looks(dear) > looks(dear[:1])


def test_says_what_a_computed_trait_keeps() -> None:
    assert in_words(TRAITS["views"]).startswith("keeps the newest 101 of `Product Viewed`, about")
    assert in_words(TRAITS["rfm"]) == "keeps nothing of its own: traits and orders are kept of everybody"
