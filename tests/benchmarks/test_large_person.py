"""What a person of many identifiers costs to read grows with their identifiers and not with their events."""

import pytest

from benchmarks.large_person import DEVICES, Read, measure

IDENTIFIERS = DEVICES + 1


@pytest.fixture(scope="module")
def few() -> list[Read]:
    return measure(400)


def test_reading_a_person_costs_what_is_written_down(few: list[Read]) -> None:
    profile, events, evaluation = (one.read_units for one in few)

    assert profile <= 4 * IDENTIFIERS + 20
    assert events <= 2 * IDENTIFIERS + 17
    assert evaluation <= IDENTIFIERS + 6


def test_more_events_cost_no_more_to_read(few: list[Read]) -> None:
    many = measure(1_200)

    assert [one.read_units for one in many] == [one.read_units for one in few]
