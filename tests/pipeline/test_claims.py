"""Of two who claim an id at once, both hear who was first."""

from functools import partial

from local.world.memory import MemoryDatabase
from regulars.stores.claims import ClaimStore
from tests.world.schedule import Schedule


def claim(database: MemoryDatabase, heard: dict[int, tuple[str, int]], at: int) -> None:
    """Claim one id, and note the answer."""
    heard[at] = ClaimStore(database).claim("correction#case-7", f"user_id:{at}", at)


def test_who_claims_an_id_hears_who_was_first() -> None:
    for seed in range(30):
        schedule = Schedule(seed, crash=0.1)
        database, heard = MemoryDatabase(schedule.hook), dict[int, tuple[str, int]]()

        schedule.run([partial(claim, database, heard, at) for at in range(1, 5)])

        assert len(set(heard.values())) == 1, f"seed {seed}"
        [(owner, at)] = set(heard.values())
        assert owner == f"user_id:{at}"
