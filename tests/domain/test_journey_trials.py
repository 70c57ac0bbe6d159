"""Trials of a journey: groups by lot, compared where there are enough of them, and nothing said where there are not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_trials import ENOUGH_GOALS, ENOUGH_PEOPLE, Row, Trial, trials_of

SPLIT = [
    {"name": name, "percent": 30, "steps": [{"send": {"channel": "email", "template": name}}]}
    for name in ("x", "y", "z")
]
DEFINITION: dict[str, Any] = {
    "enter": {"event": "Signed Up"},
    "purpose": "newsletter",
    "steps": [{"id": "subject", "split": SPLIT}],
    "goal": {"event": "Order Completed", "within": "7 days"},
    "holdout": 20,
}
JOURNEY = parse_journey("j", DEFINITION)


def found(*rows: Row) -> list[Trial]:
    return list(trials_of(JOURNEY, rows))


def test_who_went_through_is_beside_who_was_held_out() -> None:
    [trial] = found(("held_out", "", 0, 8_000, 960, 30), ("held_out", "", 1, 2_000, 200, 9))

    assert [(group.name, group.early) for group in trial.groups] == [("treated", 30), ("held_out", 9)]
    [comparison] = trial.comparisons
    assert comparison.difference is not None
    assert comparison.difference.value == pytest.approx(0.02)
    assert comparison.difference.low == pytest.approx(0.0045, abs=1e-3)
    assert comparison.ratio is not None
    assert comparison.ratio.value == pytest.approx(1.2)
    assert comparison.ratio.low > 1


def test_without_anybody_held_out_there_is_no_trial() -> None:
    assert found(("held_out", "", 0, 8_000, 960, 0), ("everything", "", 0, 8_000, 960, 0)) == []


def test_without_a_goal_there_is_no_trial() -> None:
    without = parse_journey("j", {key: value for key, value in DEFINITION.items() if key not in ("goal", "holdout")})

    assert trials_of(without, [("split", "subject", 0, 500, 50, 0), ("split", "subject", 1, 500, 50, 0)]) == []


def test_parts_are_named_and_compared_two_by_two_with_correction() -> None:
    rows: list[Row] = [("split", "subject", number, 1_000, met, 0) for number, met in ((0, 100), (1, 140), (2, 105))]
    [trial] = found(*rows, ("split", "subject", 3, 100, 12, 0))

    assert [group.name for group in trial.groups] == ["x", "y", "z", "none"]
    assert len(trial.comparisons) == 6
    for one in trial.comparisons:
        assert one.chance is not None
        assert one.adjusted is not None
        assert one.chance <= one.adjusted <= min(1, 6 * one.chance)


@given(st.integers(0, 300), st.integers(0, 300), st.data())
def test_of_too_few_nothing_is_said(one: int, other: int, data: st.DataObject) -> None:
    met, others = data.draw(st.integers(0, one)), data.draw(st.integers(0, other))
    [trial] = found(("held_out", "", 0, one, met, 0), ("held_out", "", 1, other, others, 0))
    [said] = trial.comparisons
    total, goals = one + other, met + others

    if min(one, other) < ENOUGH_PEOPLE:
        assert said.why == "too_few_people"
    elif min(goals, total - goals) < ENOUGH_GOALS:
        assert said.why == "too_few_goals"
    else:
        assert said.why is None
    assert (said.difference is None) is (said.chance is None) is (said.adjusted is None) is (said.why is not None)
