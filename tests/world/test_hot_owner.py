"""One identifier with most of the traffic neither holds up the others nor grows."""

import pytest

from tests.world.hot_trial import Waited, trial

OTHERS = 300


@pytest.fixture(scope="module")
def beside() -> Waited:
    return trial(OTHERS, hot=True)


def test_beside_a_hot_owner_others_wait_twice_as_long_at_most(beside: Waited) -> None:
    alone = trial(OTHERS, hot=False)

    assert beside.counted <= 2 * alone.counted
    assert beside.evaluated <= 2 * alone.evaluated


def test_every_event_of_a_hot_owner_is_counted_once(beside: Waited) -> None:
    assert (beside.lost, beside.doubled) == (0, 0)


def test_no_part_of_a_hot_owner_outgrows_a_write_unit(beside: Waited) -> None:
    assert beside.largest < 1_024
