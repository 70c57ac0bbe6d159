"""What an evaluation asks of the database."""

import threading

from local.world.memory import MemoryDatabase
from local.world.world import Counts, World
from regulars.adapters.parallel import PARALLEL_READS, Parallel
from regulars.domain.timers import MINUTE
from regulars.pipeline.evaluate import Evaluator
from regulars.stores.database import TableName
from tests.builders import START, an_event, an_identify
from tests.world.test_looking_twice import Forgetful

DEVICES = 30
RULES = {
    "identifiers": [
        {"kind": "user_id", "from": ["userId"], "limit": 1, "known": True},
        {"kind": "anonymous_id", "from": ["anonymousId"], "limit": DEVICES},
    ]
}
VIEWERS = {"where": {"event": "Product Viewed", "count": {"at_least": 2}}}


def with_many_devices() -> MemoryDatabase:
    """One person on many devices, with a look on each."""
    world = World()
    world.define("identity", "rules", RULES)
    for device in range(DEVICES):
        links = ("user_id:u", f"anonymous_id:{device}")
        world.store(an_identify(2 * device, links=links), an_event(2 * device + 1, links=links[1:]))
    world.settle()
    world.define("segment", "viewers", VIEWERS)
    return world.database


def test_the_identifiers_of_a_person_are_read_several_at_once() -> None:
    database, at_work = with_many_devices(), set[str]()
    evaluator = Evaluator(database, Forgetful(), Counts(), lambda: START + MINUTE, many=Parallel())

    def note(operation: str, table: TableName) -> None:
        if (operation, table) == ("query", "identities"):
            at_work.add(threading.current_thread().name)

    database.hook = note
    evaluator.start_batch()
    evaluator.evaluate("p_user_id:u")

    assert 1 < len(at_work) <= PARALLEL_READS + 1
