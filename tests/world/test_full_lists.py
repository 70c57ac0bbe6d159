"""Who did more within a window than is kept is answered from their events: as exact, and at most once a minute."""

from local.world.world import START, World
from regulars.domain.instants import DAY, SECOND
from regulars.domain.needs import MAX_LIST
from regulars.domain.timers import MINUTE
from tests.builders import an_order

MANY = MAX_LIST + 20
BIG = {
    "where": {"event": "Order Completed", "sum": {"of": "revenue", "at_least": MANY}, "within": "30 days"},
    "anonymous": True,
}


def buy(world: World, number: int) -> None:
    """Complete an order of 1, ten seconds after the one before."""
    at = START + number * 10 * SECOND
    world.advance(at)
    world.store(an_order(number, 1, at=at))
    world.settle()


def test_a_sum_of_more_than_is_kept_is_exact() -> None:
    world = World()
    world.define("segment", "big", BIG)
    for number in range(MANY - 1):
        buy(world, number)
    assert world.announced == []

    buy(world, MANY - 1)
    world.advance(world.clock.now + 2 * MINUTE)

    (entered,) = world.announced
    assert 0 <= entered.since - (START + (MANY - 1) * 10 * SECOND) <= MINUTE


def test_it_ends_at_the_second_at_which_the_first_drops_out() -> None:
    world = World()
    world.define("segment", "big", BIG)
    for number in range(MANY):
        buy(world, number)

    world.advance(START + 30 * DAY + MINUTE)

    assert [one.entered for one in world.announced] == [True, False]
    assert 0 <= world.announced[1].since - (START + 30 * DAY) <= SECOND
