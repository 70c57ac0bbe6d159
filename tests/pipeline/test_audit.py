"""Appending to the trail: processes at once neither fork a chain nor leave a gap, and nothing is written twice."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.world.clock import SimulatedClock
from local.world.memory import MemoryDatabase
from regulars.domain.audit import Row
from regulars.domain.audit_verifying import verify
from regulars.domain.instants import DAY, HOUR, SECOND
from regulars.errors import UnavailableError
from regulars.pipeline.audit import TRIES, AuditTrail
from regulars.stores.audit import AuditStore, from_item, to_item
from regulars.stores.database import Item, TableName
from tests.audits import FIRST, LAST, START, a_deed
from tests.world.schedule import Schedule

NOON = START + 12 * HOUR


def a_trail(database: MemoryDatabase, clock: Callable[[], int], lane: int = 0) -> AuditTrail:
    return AuditTrail(database, clock, lambda _tries: None, function="profile_api", lane=lane)


def rows(database: MemoryDatabase) -> list[Row]:
    return sorted((from_item(item) for item in database.all("audit")), key=lambda row: row.place)


def calls(database: MemoryDatabase) -> dict[str, int]:
    return {name: number for name, number in database.bill.requests.items() if name.endswith(" audit")}


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6))
def test_processes_at_once_make_one_chain_without_gaps(seed: int, processes: int) -> None:
    schedule, clock = Schedule(seed), SimulatedClock(START + DAY - 5 * SECOND)
    database = MemoryDatabase(schedule.hook)

    def job(process: int) -> Callable[[], None]:
        trail = a_trail(database, clock)

        def work() -> None:
            for number in range(4):
                trail.write(a_deed(10 * process + number))
                clock.advance_to(clock.now + SECOND)

        return work

    schedule.run([job(process) for process in range(processes)])

    found = verify(rows(database), (), first=FIRST, last=LAST)
    assert found.fault is None
    assert sorted(row.deed.request for row in rows(database)) == sorted(
        a_deed(10 * process + number).request for process in range(processes) for number in range(4)
    )


def test_a_row_costs_one_insert_and_a_process_one_read() -> None:
    database, clock = MemoryDatabase(), SimulatedClock(NOON)
    a_trail(database, clock).write(a_deed())
    database.bill.requests.clear()
    trail = a_trail(database, clock)

    for number in range(100):
        trail.write(a_deed(number))

    assert calls(database) == {"insert audit": 100, "query audit": 1}


def test_a_new_day_follows_the_last_row_of_the_week_before() -> None:
    database, clock = MemoryDatabase(), SimulatedClock(NOON)
    trail = a_trail(database, clock)
    last = trail.write(a_deed())
    clock.advance_to(NOON + 7 * DAY)
    near = trail.write(a_deed())
    clock.advance_to(NOON + 20 * DAY)
    far = trail.write(a_deed())

    assert (near.after, near.previous) == (str(last.place), last.hash)
    assert (far.after, far.previous) == ("", "")
    assert verify(rows(database), (), first=FIRST, last="2024-11-01").fault is None


class LostAnswers(MemoryDatabase):
    """Stores, and then tells that somebody else was first: as a client does that has tried again."""

    def insert(self, table: TableName, items: Sequence[Item]) -> list[bool]:
        super().insert(table, items)
        return [False for _ in items]


def test_a_row_whose_answer_was_lost_is_written_once() -> None:
    database, clock = LostAnswers(), SimulatedClock(NOON)
    trail = a_trail(database, clock)

    for number in range(3):
        trail.write(a_deed(number))

    assert [row.place.number for row in rows(database)] == [0, 1, 2]
    assert verify(rows(database), (), first=FIRST, last=LAST).fault is None


class Taken(MemoryDatabase):
    """Takes nothing."""

    def insert(self, table: TableName, items: Sequence[Item]) -> list[bool]:
        del table
        return [False for _ in items]


def test_who_cannot_write_gives_up_in_words() -> None:
    tried: list[int] = []
    trail = AuditTrail(Taken(), lambda: NOON, tried.append, function="profile_api", lane=0)

    with pytest.raises(UnavailableError, match="audit trail"):
        trail.write(a_deed())
    assert tried == list(range(TRIES))


@pytest.mark.parametrize("field", to_item(a_trail(MemoryDatabase(), lambda: NOON).write(a_deed())))
@pytest.mark.parametrize("value", ["", "x", "[1]", "[]", '["p_email:0", "p_user_id:u"]', 0, 2, None])
def test_an_item_that_was_edited_in_the_table_is_no_row_of_the_chain(field: str, value: str | int | None) -> None:
    database = MemoryDatabase()
    item = dict(to_item(a_trail(database, lambda: NOON).write(a_deed())))
    edited = {name: each for name, each in {**item, field: value}.items() if each is not None}

    fault = verify([from_item(edited)], (), first=FIRST, last=LAST).fault

    assert (fault is None) is (edited == item)


def test_an_attribute_that_was_put_to_an_item_is_found() -> None:
    item = {**to_item(a_trail(MemoryDatabase(), lambda: NOON).write(a_deed())), "note": "x"}

    assert verify([from_item(item)], (), first=FIRST, last=LAST).fault is not None


def test_a_chain_is_read_from_a_number_on() -> None:
    database, clock = MemoryDatabase(), SimulatedClock(NOON)
    trail, store = a_trail(database, clock), AuditStore(database)
    written = [trail.write(a_deed(number)) for number in range(12)]
    chain = written[0].place.chain

    assert store.of(chain) == written
    assert store.of(chain, after=4, limit=3) == written[5:8]
    assert store.newest(chain) == written[-1]
    assert store.newest("2024-10-04#unmerge#00") is None
