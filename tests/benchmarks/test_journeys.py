"""What a passage takes is known for each journey of the catalog, and does not rise unseen."""

from pathlib import Path

import pytest

from benchmarks import passages as in_tables
from benchmarks.journeys import Passage, measure

COST = (Path(__file__).parents[2] / "docs" / "cost.md").read_text()


@pytest.fixture(scope="module")
def passages() -> list[Passage]:
    return measure()


def test_the_table_of_costs_is_what_is_measured(passages: list[Passage]) -> None:
    counts = [(one.messages, one.calls, one.transitions, one.least, one.most, f"{one.dollars:g}") for one in passages]
    rows = [f"| {one.journey} | {' | '.join(map(str, each))} |" for one, each in zip(passages, counts, strict=True)]

    assert "\n".join(rows) in COST


def test_the_table_of_units_is_what_is_measured() -> None:
    rows = [f"| {one.journey} | {' | '.join(one.cells)} |" for one in in_tables.measure()]

    assert "\n".join(rows) in COST


def test_no_way_is_shorter_than_the_shortest_or_longer_than_the_longest(passages: list[Passage]) -> None:
    assert all(4 <= one.least <= one.transitions <= one.most for one in passages)
