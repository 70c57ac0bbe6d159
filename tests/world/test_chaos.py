"""The whole pipeline while everything goes wrong, against the oracle: nothing lost, nothing doubled."""

import pytest

from tests.world.chaos_trial import trial


@pytest.mark.parametrize(("seed", "events"), [(seed, 4_000) for seed in range(1, 6)])
def test_every_person_is_what_the_oracle_says(seed: int, events: int) -> None:
    outcome = trial(seed, events)

    assert outcome.faults == []
    assert (outcome.lost, outcome.doubled) == (0, 0)
    assert outcome.merges > 0
    assert outcome.refolds > 0
    assert outcome.announced > events // 100
