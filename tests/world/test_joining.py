"""Who joins a profile brings all of their history, also what nothing read while they were alone."""

from local.world.world import World
from regulars.stores.memberships import MembershipStore
from tests.builders import an_event

WISHING = {"where": {"event": "Wish Made", "count": {"at_least": 2}}}


def test_a_definition_that_went_live_before_they_joined_counts_what_they_did_before_it() -> None:
    world = World()
    world.store(an_event(1, links=("email:e",), name="Wish Made"))
    world.settle()
    world.define("segment", "wishing", WISHING)
    world.store(an_event(2, links=("user_id:u",), name="Wish Made"))
    world.settle()

    world.store(an_event(3, links=("user_id:u", "email:e"), name="Seen"))
    world.settle()

    _, memberships = MembershipStore(world.database).of("p_user_id:u")
    assert [name for name, membership in memberships.items() if membership.member] == ["wishing"]
