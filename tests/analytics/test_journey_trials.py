"""Who is in which group of a trial is what is counted by hand, person by person: once, by the first passage."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from regulars.domain.instants import DAY
from regulars.domain.journey_definitions import parse_journey
from tests.builders import START
from tests.journey_lives import Life, a_life, events_of, merged, reported

PHASES = [phase for phase in Phase if phase is not Phase.shrink]
NOW = START + 60 * DAY  # so that of many the time is not over
WITHIN = 30 * DAY
SENDS = [{"send": {"channel": "email", "template": "hello"}}]
JOURNEY = parse_journey(
    "j",
    {
        "enter": {"event": "Signed Up"},
        "purpose": "newsletter",
        "goal": {"event": "Order Completed", "within": "30 days", "exit": False},
        "holdout": 30,
        "steps": [
            {
                "repeat": {
                    "times": 2,
                    "steps": [
                        {
                            "id": "subject",
                            "split": [
                                {"name": "a", "percent": 50, "steps": SENDS},
                                {"name": "b", "percent": 30, "steps": [{"send": {"channel": "sms", "template": "s"}}]},
                            ],
                        }
                    ],
                }
            }
        ],
    },
)
PEOPLE = [merged(1, f"user_id:{one}", f"email:{one}") for one in range(4)]
OWNERS = [*(f"user_id:{one}" for one in range(12)), *(f"email:{one}" for one in range(4))]
Groups = dict[tuple[str, str], dict[str, tuple[int, int, int]]]


def person_of(owner: str) -> str:
    """Four people have two identifiers each."""
    kind, _, number = owner.partition(":")
    return f"user_id:{number}" if kind == "email" else owner


def firsts(lives: Iterable[tuple[Life, str]]) -> Iterable[tuple[Life, str]]:
    """Give of each person the first passage with its group."""
    chosen: dict[str, tuple[Life, str]] = {}
    for life, group in sorted(lives, key=lambda one: (one[0].passage.at, one[0].passage.id)):
        chosen.setdefault(person_of(life.passage.owner), (life, group))
    return chosen.values()


def counted(lives: Iterable[tuple[Life, str]]) -> dict[str, tuple[int, int, int]]:
    """Count people whose time is over, of them those with the goal, and those whose time is not."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for life, group in firsts(lives):
        at, met = life.passage.at, life.passage.converted
        if at > NOW - WITHIN:
            found[group][2] += 1
        else:
            found[group][0] += 1
            found[group][1] += met is not None and met <= at + WITHIN
    return {group: (numbers[0], numbers[1], numbers[2]) for group, numbers in found.items()}


def by_hand(lives: Sequence[Life]) -> Groups:
    entered = [(life, "held_out" if life.passage.ending == "held_out" else "treated") for life in lives]
    decided = [
        (life, "held_out" if meant[0] == "held_out" else "treated")
        for life in lives
        if (meant := [reason for _, reason in life.sent if reason != "consent"])
    ]
    parts = [
        (life, next(came for place, _, came in life.ways if place.startswith("subject")))
        for life in lives
        if any(place.startswith("subject") for place, _, _ in life.ways)
    ]
    found = {("held_out", ""): counted(entered), ("split", "subject"): counted(parts)}
    everything = counted(decided)
    if "held_out" in everything:
        found["everything", ""] = everything
    return {
        trial: {"treated": (0, 0, 0), **groups} if trial[0] != "split" else groups
        for trial, groups in found.items()
        if groups and (trial[0] == "split" or "held_out" in groups)
    }


@settings(max_examples=30, deadline=None, phases=PHASES)
@given(st.integers(0, 2**32))
def test_groups_are_what_is_counted_by_hand(seed: int) -> None:
    random = Random(seed)
    lives = [a_life(JOURNEY, random, random.choice(OWNERS), 1) for _ in range(40)]
    lives = [life for life in lives if life.passage.at < NOW]

    [report] = reported(events_of(lives), {1: JOURNEY}, people=PEOPLE, now=NOW)

    found: Groups = {
        (trial.kind, trial.step): {
            group.name: (group.share.whole, group.share.part, group.early) for group in trial.groups
        }
        for trial in report.trials
    }
    assert found == by_hand(lives)


def test_a_journey_that_does_nothing_shows_no_lift() -> None:
    random = Random(6)
    lives = [a_life(JOURNEY, random, f"user_id:{number}", 1) for number in range(1_200)]

    [report] = reported(events_of(lives), {1: JOURNEY})
    [comparison] = next(trial for trial in report.trials if trial.kind == "held_out").comparisons

    assert comparison.difference is not None
    assert comparison.difference.high is not None
    assert comparison.difference.low < 0 < comparison.difference.high
    assert comparison.chance == pytest.approx(comparison.adjusted)


def test_a_journey_that_works_shows_it() -> None:
    random = Random(5)
    lives = [a_life(JOURNEY, random, f"user_id:{number}", 1) for number in range(1_200)]
    told: list[Any] = []
    for life in lives:
        loses = life.passage.ending == "held_out" and random.random() < 0.5
        kept = [one for one in life.told if not (loses and one.name == "Journey Goal Met")]
        told.append(Life(life.passage, told=kept))

    [report] = reported(events_of(told), {1: JOURNEY})
    [comparison] = next(trial for trial in report.trials if trial.kind == "held_out").comparisons

    assert comparison.difference is not None
    assert comparison.difference.low > 0
    assert comparison.ratio is not None
    assert comparison.ratio.low > 1
    assert comparison.chance is not None
    assert comparison.chance < 0.001
