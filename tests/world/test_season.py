"""Ninety days of people in fifty segments: every transition at the right second, none missed and none doubled."""

from tests.world.segment_trial import run

PEOPLE = 500


def test_every_transition_comes_at_its_second() -> None:
    found = run(1, PEOPLE)

    assert (found.wrong, found.late) == (0, 0)
    assert found.transitions > 80 * PEOPLE
    assert found.evaluations < found.transitions
