"""Of refused requests few leave a row, and the rows add up."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from regulars.pipeline.audit_refusals import CALLERS, MINUTE, ROWS, Refusals

ATTEMPTS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, MINUTE)), max_size=200)


@given(ATTEMPTS)
def test_rows_are_few_and_tell_of_all_but_the_last(attempts: list[tuple[str, int]]) -> None:
    refusals, now = Refusals(), 0
    rows: dict[tuple[str, int], int] = defaultdict(int)
    made: dict[str, int] = defaultdict(int)
    told: dict[str, int] = defaultdict(int)

    for who, later in attempts:
        now += later
        number = refusals.tell(who, now)
        made[who] += 1
        told[who] += number
        rows[who, now // MINUTE] += number > 0

        assert told[who] == made[who] or (number == 0 and rows[who, now // MINUTE] == ROWS)

    assert all(count <= ROWS for count in rows.values())


def test_a_caller_s_first_refusal_of_a_minute_is_always_told() -> None:
    refusals = Refusals()

    told = [refusals.tell("a", at * MINUTE // 20) for at in range(60)]

    assert [told[at] > 0 for at in (0, 20, 40)] == [True] * 3
    assert sum(told[:41]) == 41


def test_many_callers_do_not_fill_the_memory_of_a_process() -> None:
    refusals = Refusals()

    for caller in range(10 * CALLERS):
        refusals.tell(f"s-{caller}", 0)

    assert len(refusals._told) == CALLERS
