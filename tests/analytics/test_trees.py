"""The engine in SQL answers what the oracle answers, of random trees and random people."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.domain.events import Event
from regulars.domain.reserved_events import ENTERED, EXITED
from regulars.domain.segments import InAudience, Node, Not, Segment
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


@pytest.mark.parametrize("seed", range(10))
def test_sql_and_the_oracle_agree_on_audiences_of_third_parties(seed: int) -> None:
    random = Random(seed)
    crowd = a_crowd(random)
    people = [replace(one, events=[_word(random, event) for event in one.events]) for one in crowd.people]
    crowd = replace(crowd, people=people)
    nodes: list[Node] = [InAudience("sports"), InAudience("sports", "acme"), Not(InAudience("cars", "zeta"))]
    asked = [Segment(id=f"s{n}", name="", where=node, anonymous=True) for n, node in enumerate(nodes)]

    with loaded(crowd) as database:
        found = answer(database, crowd, asked, asked)
    assert found == expected(crowd, asked, asked)
    assert all(found)


def _word(random: Random, event: Event) -> Event:
    """Let a third party have said it."""
    if event.type != "track":
        return event
    said = {"audience": random.choice(["sports", "cars"]), "provider": random.choice(["acme", "zeta"])}
    return replace(event, name=random.choice([ENTERED, ENTERED, EXITED]), properties=said)
