"""Ninety days of people in fifty segments: every transition at the right second, none missed and none doubled."""

import pytest

from tests.world.segment_trial import run

PEOPLE = 500


@pytest.mark.parametrize("seed", range(1, 3))
def test_every_transition_comes_at_its_second(seed: int) -> None:
    found = run(seed, PEOPLE)

    assert (found.wrong, found.late) == (0, 0)
    assert found.transitions > 80 * PEOPLE
    assert found.evaluations < found.transitions
