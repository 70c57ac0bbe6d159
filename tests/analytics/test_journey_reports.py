"""What the lake says of journeys is what is counted by hand, passage by passage, whatever lies there twice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from regulars.domain.instants import DAY
from regulars.domain.journey_deeds import event_of
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_events import entered, goal_met, refused
from regulars.domain.journey_reports import VersionReport
from regulars.domain.journey_stops import stops
from regulars.domain.journeys import Journey
from regulars.errors import DefinitionError
from tests.builders import START
from tests.journey_lives import NOW, Life, a_life, events_of, merged, reported
from tests.journeys import journeys

PHASES = [phase for phase in Phase if phase is not Phase.shrink]  # each example asks a lake


def drawn(made: dict[str, Any]) -> Journey:
    try:
        return parse_journey("j", made)
    except DefinitionError:
        assume(False)
        raise


def lives_of(journey: Journey, random: Random, number: int = 40) -> list[Life]:
    return [a_life(journey, random, f"user_id:{index % 25}", 1) for index in range(number)]


def by_hand(journey: Journey, lives: Sequence[Life]) -> dict[str, Any]:
    """Count passage by passage."""
    through = [life for life in lives if life.passage.ending != "held_out"]
    laid = {stop.name: stop for stop in stops(journey.steps)}
    endings: Counter[str] = Counter()
    places: dict[str, Counter[str]] = {name: Counter() for name in laid}
    came: dict[str, Counter[str]] = {name: Counter() for name in laid}
    for life in through:
        left = {place for place, way, _ in life.ways if laid[place].targets[way] is not None}
        for place, _, word in life.ways:
            came[place][word] += 1
        for place in left:
            places[place]["passed"] += 1
        is_over = life.passage.ended is not None or life.at is None
        last = life.ways[-1] if life.ways else ("", 0, "")
        ending = life.passage.ending or (laid[last[0]].ends_as(last[1]) if is_over and last[0] else None)
        endings[ending or "waiting"] += 1
        if life.at is not None and life.at not in left:
            places[life.at][ending or "waiting"] += 1
    return {
        "entered": len(lives),
        "entrants": len({life.passage.owner for life in lives}),
        "held_out": len(lives) - len(through),
        "converted": sum(life.passage.converted is not None for life in through),
        "held_out_converted": sum(
            life.passage.converted is not None for life in lives if life.passage.ending == "held_out"
        ),
        "endings": endings,
        "places": {name: found for name, found in places.items() if found},
        "came": {name: found for name, found in came.items() if found},
        "sent": Counter(place for life in through for place, reason in life.sent if not reason),
        "not_sent": Counter(one for life in through for one in set(life.sent) if one[1]),
    }


def as_counted(found: VersionReport) -> dict[str, Any]:
    """Write a report as what is counted by hand."""
    places = {}
    for one in found.places:
        passed = one.entered - one.waiting - one.left.total()
        places[one.place] = +Counter({**one.left, "passed": passed, "waiting": one.waiting})
    return {
        "entered": found.entered,
        "entrants": found.entrants,
        "held_out": found.held_out,
        "converted": found.converted,
        "held_out_converted": found.held_out_converted,
        "endings": +Counter({**found.endings, "waiting": found.waiting}),
        "places": {name: counts for name, counts in places.items() if counts},
        "came": {one.place: one.came for one in found.places if one.came},
        "sent": +Counter({one.place: one.messages["sent"] for one in found.places}),
        "not_sent": Counter({(one.place, why): n for one in found.places for why, n in one.not_sent.items()}),
    }


@settings(max_examples=40, deadline=None, phases=PHASES)
@given(journeys, st.integers(0, 2**32))
def test_a_report_is_what_is_counted_by_hand(made: dict[str, Any], seed: int) -> None:
    journey, random = drawn(made), Random(seed)
    lives = lives_of(journey, random)
    events = events_of(lives)
    again = random.sample(events, len(events) // 3)  # a file was written twice
    shuffled = random.sample([*events, *again], len(events) + len(again))

    [found] = reported(shuffled, {1: journey})

    assert as_counted(found) == by_hand(journey, lives)


@settings(max_examples=20, deadline=None, phases=PHASES)
@given(journeys, st.integers(0, 2**32), st.floats(0, 1))
def test_sums_hold_whatever_is_not_in_the_lake_yet(made: dict[str, Any], seed: int, missing: float) -> None:
    journey, random = drawn(made), Random(seed)
    events = [event for event in events_of(lives_of(journey, random)) if random.random() >= missing]

    [found] = reported(events, {1: journey})

    assert found.entered == found.held_out + found.waiting + found.endings.total()
    assert found.waiting >= sum(one.waiting for one in found.places)
    for one in found.places:
        assert one.entered == one.waiting + one.left.total() + one.came.total() - one.anew
    assert found.held_out_converted <= found.held_out


JOURNEY = parse_journey(
    "j",
    {
        "enter": {"event": "Signed Up"},
        "purpose": "newsletter",
        "steps": [
            {"wait": "1 day"},
            {"send": {"channel": "email", "template": "hello"}},
            {"wait": "1 day", "id": "last"},
        ],
        "goal": {"event": "Order Completed", "within": "7 days"},
        "holdout": 20,
    },
)


def test_who_was_merged_is_counted_once() -> None:
    lives = [
        a_life(JOURNEY, Random(seed), owner, 1) for seed, owner in enumerate(["user_id:a", "email:a", "user_id:b"])
    ]

    [found] = reported(events_of(lives), {1: JOURNEY}, people=[merged(1, "user_id:a", "email:a")])

    assert (found.entered, found.entrants) == (3, 2)


def test_what_was_told_again_at_another_instant_is_counted_once() -> None:
    life = a_life(JOURNEY, Random(3), "user_id:a", 1)
    late = [event_of("user_id:a", told, arrival=told.at + DAY) for told in life.told]

    assert as_counted(reported([*events_of([life]), *late], {1: JOURNEY})[0]) == by_hand(JOURNEY, [life])


def test_versions_are_told_apart_and_other_journeys_left_out() -> None:
    other = parse_journey("other", {"enter": {"api": True}, "steps": [{"wait": "1 day"}]})
    lives = [a_life(JOURNEY, Random(1), "user_id:a", 1), a_life(JOURNEY, Random(2), "user_id:a", 2)]
    lives.append(a_life(other, Random(3), "user_id:a", 1))

    found = reported(events_of(lives), {1: JOURNEY, 2: JOURNEY, 3: JOURNEY})

    assert [(one.version, one.entered) for one in found] == [(3, 0), (2, 1), (1, 1)]


def test_entries_before_a_day_are_left_out_whole() -> None:
    lives = lives_of(JOURNEY, Random(4))
    day = START + 50 * DAY

    [found] = reported(events_of(lives), {1: JOURNEY}, since=day)

    assert as_counted(found) == by_hand(JOURNEY, [life for life in lives if life.passage.at >= day])


def test_who_waits_where_the_draft_has_no_step_is_seen() -> None:
    draft = parse_journey("j", {"enter": {"event": "Signed Up"}, "steps": [{"wait": "2 days"}]})

    [found] = reported(events_of(lives_of(JOURNEY, Random(4))), {1: JOURNEY}, draft=draft)

    assert {one.place: one.in_draft for one in found.places} == {"wait_1": True, "hello": False, "last": False}
    assert all(one.in_draft is None for one in reported([], {1: JOURNEY})[0].places)


def test_refusals_are_counted_by_reason_once_each() -> None:
    told = [
        refused(JOURNEY.id, JOURNEY.version, reason, occasion, START)
        for reason in ("again", "cool_down")
        for occasion in ("a", "b")
    ]
    events = [event_of("user_id:a", one, arrival=START + turn) for turn in (0, 5) for one in told]

    assert reported(events, {1: JOURNEY})[0].refused == {"again": 2, "cool_down": 2}


def test_a_journey_that_nobody_entered_has_places_all_the_same() -> None:
    [found] = reported([], {1: JOURNEY})

    assert [one.place for one in found.places] == ["wait_1", "hello", "last"]
    assert (found.entered, found.waiting) == (0, 0)


def test_a_version_that_nobody_knows_any_more_is_summed_by_the_places_that_were_told() -> None:
    lives = lives_of(JOURNEY, Random(5))

    found = reported(events_of(lives), {7: JOURNEY})

    assert [one.version for one in found] == [7, 1]
    assert found[1].entered == found[1].held_out + found[1].waiting + found[1].endings.total() == len(lives)


@pytest.mark.parametrize(("late", "counted"), [(0, True), (7 * DAY, True), (7 * DAY + 1, False)])
def test_a_goal_counts_in_a_trial_within_its_time(late: int, counted: bool) -> None:
    life = a_life(JOURNEY, Random(8), "user_id:a", 1)
    held = replace(life.passage, ending="held_out", converted=life.passage.at + late)
    events = [event_of("user_id:a", told, arrival=NOW) for told in (entered(held), goal_met(held))]
    [trial] = reported(events, {1: JOURNEY})[0].trials

    assert [(group.name, group.share.part, group.share.whole) for group in trial.groups] == [
        ("treated", 0, 0),
        ("held_out", int(counted), 1),
    ]
