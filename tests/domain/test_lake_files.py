"""Names of files tell what is in them, and what is merged comes to an end."""

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.instants import DAY, SECOND
from regulars.domain.lake import EVENTS
from regulars.domain.lake_files import (
    BITE,
    StoredFile,
    batch_key,
    day_in,
    first_day,
    is_closed,
    merged_key,
    to_merge,
)
from tests.builders import START

sizes = st.integers(min_value=1, max_value=BITE + 10)
files = st.lists(st.tuples(st.booleans(), sizes), max_size=12).map(
    lambda given: [a_file(number, size, merged=merged) for number, (merged, size) in enumerate(given)]
)


def a_file(number: int, size: int, *, merged: bool = False) -> StoredFile:
    day, content = "2026-01-01", str(number).encode()
    key = merged_key(EVENTS, day, content) if merged else batch_key(EVENTS, day, f"{number:021d}", content)
    return StoredFile(key, size)


def test_a_name_tells_table_day_sequence_and_content() -> None:
    key = batch_key(EVENTS, "2026-01-31", "0042", b"rows")

    assert key == f"events/day=2026-01-31/0042-{key[-40:-8]}.parquet"
    assert key == batch_key(EVENTS, "2026-01-31", "0042", b"rows")
    assert key != batch_key(EVENTS, "2026-01-31", "0042", b"others")
    assert day_in(key) == "2026-01-31"


@given(files)
def test_merging_again_and_again_comes_to_an_end(given: list[StoredFile]) -> None:
    number = 100
    for _ in range(len(given) + 2):
        bites = to_merge(given)
        if not bites:
            break
        taken = {file.key for bite in bites for file in bite}
        given = [file for file in given if file.key not in taken]
        for bite in bites:
            number += 1
            given.append(a_file(number, sum(file.size for file in bite), merged=True))

    assert to_merge(given) == []
    assert all(file.is_merged for file in given)
    assert sum(file.size < BITE // 2 for file in given) <= 1


@given(files)
def test_no_bite_is_larger_than_can_be_chewed(given: list[StoredFile]) -> None:
    for bite in to_merge(given):
        assert len(bite) == 1 or sum(file.size for file in bite) <= BITE
        assert len({file.key for file in bite}) == len(bite)


def test_what_is_merged_and_large_is_left_alone() -> None:
    large = a_file(1, BITE // 2, merged=True)

    assert to_merge([large]) == []
    assert to_merge([large, a_file(2, 5)]) == [(a_file(2, 5),)]


def test_a_day_is_closed_an_hour_after_its_end() -> None:
    assert not is_closed("2026-01-01", START + DAY + 3_599 * SECOND)
    assert is_closed("2026-01-01", START + DAY + 3_600 * SECOND)


def test_files_can_come_as_long_as_given_up_records_are_kept() -> None:
    assert first_day(START + 33 * DAY) == "2026-01-02"
