"""Every row of the matrix is proven by tests that exist, or says why not; the page says the same."""

import pytest

from tests.matrix import PAGE, ROOT, ROWS, Row, names_in, page


def test_no_row_is_missing() -> None:
    assert [row.id for row in ROWS] == [*(f"A{n}" for n in range(1, 31)), *(f"P{n}" for n in range(1, 27))]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_is_proven_or_says_why_not(row: Row) -> None:
    assert bool(row.proofs or row.later) is not bool(row.void)
    assert len(set(row.proofs)) == len(row.proofs)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_tests_of_a_row_exist(row: Row) -> None:
    for proof in row.proofs:
        file, _, name = proof.partition("::")
        assert (ROOT / file).exists(), proof
        assert name.startswith("test_"), proof
        assert name in names_in(file), proof


def test_the_page_is_the_one_of_the_matrix() -> None:
    text = PAGE.read_text()

    assert page(text) == text, "make docs"
