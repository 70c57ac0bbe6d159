"""Many processes count what comes with one key: about right, hardly ever writing, and never too strict."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.world.clock import SimulatedClock
from local.world.memory import MemoryDatabase
from local.world.world import Counts
from regulars.domain.instants import SECOND
from regulars.domain.quotas import DEFAULT_QUOTAS, Limits, Quota, Quotas
from regulars.domain.sources import Source
from regulars.domain.write_keys import KeyRule, Visit
from regulars.errors import ThrottledError, UnavailableError
from regulars.pipeline.meter import PAUSE, Meter

START = 1_767_225_600 * SECOND
MINUTE = 60 * SECOND
HERE = Visit(address="192.0.2.77", size=1_000)


class Processes:
    """Processes that share tables and a clock."""

    def __init__(self, number: int, per_key: Limits | None = None, per_address: Limits | None = None) -> None:
        self.clock = SimulatedClock(START)
        self.database = MemoryDatabase()
        self.counts = Counts()
        quotas = (
            DEFAULT_QUOTAS
            if per_key is per_address is None
            else Quotas(per_key=per_key or {}, per_address=per_address or {})
        )
        self.source = Source(id="web", name="Web", quotas=quotas)
        self.meters = [Meter(self.database, self.counts, self.clock, f"p{n}") for n in range(number)]

    def send(self, process: int, visit: Visit = HERE, *, identities: int = 0, source: Source | None = None) -> str:
        """Let a process see a request; say what becomes of it."""
        meter = self.meters[process % len(self.meters)]
        try:
            admission = meter.admit(source or self.source, visit, hash_key=bytes(32))
        except ThrottledError:
            return "refused"
        meter.finish(admission, identities)
        return "deferred" if admission.excess else "taken"


def requests(defer: int | None = None, refuse: int | None = None) -> Limits:
    """A quota of requests a minute."""
    return {("requests", "minute"): Quota(defer=defer, refuse=refuse)}


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3 * SECOND)), min_size=1, max_size=150),
    st.integers(1, 100),
    st.booleans(),
)
@settings(deadline=None)
def test_nobody_is_stopped_below_a_quota(steps: list[tuple[int, int]], most: int, per_address: bool) -> None:
    limits = requests(refuse=most)
    processes = Processes(8, *((None, limits) if per_address else (limits, None)))
    came: dict[int, int] = {}
    for process, passed in steps:
        processes.clock.now += passed
        window = processes.clock.now // MINUTE
        if came.get(window, 0) < most:
            assert processes.send(process) == "taken"
            came[window] = came.get(window, 0) + 1


@pytest.mark.parametrize("number", [1, 5, 20])
def test_a_flood_is_stopped_about_where_the_quota_is(number: int) -> None:
    most, a_second = 3_000, 200  # requests of all processes together
    processes = Processes(number, requests(refuse=most))
    taken = 0
    for step in range(60 * a_second):
        processes.clock.now = START + step * SECOND // a_second
        taken += processes.send(step) == "taken"

    unseen = number * 20 + a_second * PAUSE // SECOND  # what each keeps to itself, and what comes in a pause
    assert most <= taken <= most + unseen + number


@settings(deadline=None)
@given(st.integers(1, 6), st.integers(20, 60), st.integers(0, 59))
def test_whoever_waits_as_told_is_let_in(number: int, most: int, second: int) -> None:
    processes = Processes(number, requests(refuse=most))
    processes.clock.now += second * SECOND
    for step in range(most + 1):
        last = processes.send(0 if step < most else step)
    assert last in ("taken", "refused")
    with pytest.raises(ThrottledError) as error:
        processes.meters[0].admit(processes.source, HERE, hash_key=bytes(32))
    waited = error.value.retry_after

    assert isinstance(waited, int)
    assert 1 <= waited <= 60
    processes.clock.now += waited * SECOND
    assert processes.send(0) == "taken"


def test_a_soft_quota_sets_aside_and_a_hard_one_refuses() -> None:
    processes = Processes(1, requests(defer=3, refuse=5))

    assert [processes.send(0) for _ in range(7)] == ["taken"] * 3 + ["deferred"] * 2 + ["refused"] * 2
    assert processes.counts.counts["requests_over_quota"] == 2


def test_each_address_has_a_quota_of_its_own() -> None:
    processes = Processes(1, per_address=requests(refuse=1))
    other = replace(HERE, address="192.0.2.78")

    assert [processes.send(0), processes.send(0), processes.send(0, other)] == ["taken", "refused", "taken"]


def test_each_key_has_a_quota_of_its_own() -> None:
    processes = Processes(1, requests(refuse=1))
    app = replace(processes.source, key=KeyRule(label="app"))

    assert [processes.send(0), processes.send(0), processes.send(0, source=app)] == ["taken", "refused", "taken"]


def test_a_server_key_has_none() -> None:
    processes = Processes(1, requests(refuse=1))
    server = replace(processes.source, key=KeyRule(label="backend", kind="server"))

    assert [processes.send(0, source=server) for _ in range(5)] == ["taken"] * 5


@pytest.mark.parametrize(
    ("limits", "visit", "identities", "after"),
    [
        ({("bytes", "minute"): Quota(refuse=2_500)}, HERE, 0, 2),
        ({("identities", "minute"): Quota(refuse=2)}, HERE, 1, 3),
        ({("identities", "hour"): Quota(refuse=9)}, HERE, 10, 1),
    ],
)
def test_bytes_and_new_identities_count_too(limits: Limits, visit: Visit, identities: int, after: int) -> None:
    processes = Processes(1, limits)
    ends = [processes.send(0, visit, identities=identities) for _ in range(after + 1)]

    assert ends == ["taken"] * after + ["refused"]


def test_an_hour_is_longer_than_a_minute() -> None:
    processes = Processes(1, {("requests", "hour"): Quota(refuse=2)})
    ends = []
    for _ in range(4):
        ends.append(processes.send(0))
        processes.clock.now += MINUTE
    processes.clock.now = START + 60 * MINUTE

    assert ends == ["taken", "taken", "refused", "refused"]
    assert processes.send(0) == "taken"


def units(processes: Processes) -> Mapping[str, float]:
    """Write and read units of all processes."""
    bill = processes.database.bill
    return {"writes": bill.writes.total(), "reads": sum(bill.reads.values())}


def test_visitors_of_a_shop_cost_hardly_a_write() -> None:
    processes = Processes(5)
    number = 12_000  # two hundred a second, of two thousand visitors, each of whom sends a few
    for step in range(number):
        processes.clock.now = START + step * SECOND // 200
        processes.send(step, replace(HERE, address=f"10.0.{step % 2_000 // 250}.{step % 250}"))

    assert units(processes)["writes"] / number < 0.02
    assert units(processes)["reads"] / number < 0.02


def test_a_quiet_shop_writes_nothing() -> None:
    processes = Processes(3)
    for step in range(59):
        processes.clock.now = START + step * SECOND
        processes.send(step, replace(HERE, address=f"10.0.0.{step % 20}"))

    assert units(processes) == {"writes": 0, "reads": 0}


def test_no_address_is_kept_and_what_is_kept_goes_the_next_day() -> None:
    processes = Processes(1, requests(defer=5), requests(defer=5))
    for step in range(40):
        processes.clock.now = START + step * SECOND
        processes.send(0)
    rows = processes.database.all("tallies")

    assert len(rows) == 2
    assert "192.0.2" not in str(rows)
    assert {int(row["expires"]) - START // SECOND for row in rows} <= set(range(86_400, 86_400 + 60))


def test_counting_goes_on_where_the_tables_do_not() -> None:
    processes = Processes(1, requests(refuse=50))

    def strike(_operation: str, _table: str) -> None:
        raise UnavailableError("the table does not answer")

    processes.meters = [Meter(MemoryDatabase(strike), processes.counts, processes.clock, "p")]

    assert [processes.send(0) for _ in range(51)] == ["taken"] * 50 + ["refused"]


def test_a_process_forgets_windows_that_are_over() -> None:
    processes = Processes(1)
    for step in range(10):
        processes.clock.now = START + step * MINUTE
        processes.send(0, replace(HERE, address=f"10.0.0.{step}"))

    kept = processes.meters[0]._counts
    assert len([slot for slot in kept if "#minute#" in slot]) <= 4
