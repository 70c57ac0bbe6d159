"""A request of many costs for each what one of fewer does, and leaves nobody."""

from tests.world import crowd_erasing


def test_what_each_identifier_costs_does_not_grow_with_their_number() -> None:
    few, many = (crowd_erasing.trial(7, number) for number in (300, 1_500))

    assert few.faults == many.faults == []
    assert (few.erased, many.erased) == (585, 2_925)
    assert many.calls <= few.calls * 1.05
    assert many.read_units <= few.read_units * 1.05
    assert many.write_units <= few.write_units * 1.05
