"""The engine in SQL answers what the oracle answers, of random trees and random people."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.crowds import a_crowd
from tests.segment_sql import answer, expected, loaded, trial
from tests.trees import a_segment


@pytest.mark.parametrize("seed", range(1, 5))
def test_sql_and_the_oracle_agree_on_everybody(seed: int) -> None:
    outcome = trial(seed, trees=50, people=100)

    assert outcome.faults == []
    assert outcome.members > outcome.cases // 50


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.large_base_example])
@given(st.randoms(use_true_random=False))
def test_sql_and_the_oracle_agree_on_one_person(random: Random) -> None:
    crowd = a_crowd(random, number=1, most=4)
    segment = a_segment(random, crowd, "s0")

    with loaded(crowd) as database:
        assert answer(database, crowd, [segment], [segment]) == expected(crowd, [segment], [segment])
