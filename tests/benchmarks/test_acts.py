"""What identity does costs what is written down."""

import pytest

from benchmarks.acts import Act, measure

WRITE_UNITS = {
    "an event of a known person": 2,
    "a new person of three identifiers": 12,
    "a new device of a known person": 5,
    "a merge of two profiles": 6,
    "an unmerge of 1 identifier": 6,
    "an unmerge of 3 identifiers": 10,
    "an unmerge of 10 identifiers": 24,
    "an unmerge of 3 identifiers that had been a profile": 12,
}


@pytest.fixture(scope="module")
def acts() -> list[Act]:
    return measure()


def test_an_act_writes_what_is_written_down(acts: list[Act]) -> None:
    assert {act.name: act.write_units for act in acts} == WRITE_UNITS


def test_a_merge_writes_both_profiles_and_moves_no_link(acts: list[Act]) -> None:
    merge = next(act for act in acts if "merge of two" in act.name)

    assert merge.writes == {"events": 1, "identities": 1, "profiles": 4}


def test_an_unmerge_writes_two_profiles_and_the_links_of_who_leaves(acts: list[Act]) -> None:
    attached = [act for act in acts if "unmerge" in act.name and "had been" not in act.name]

    assert [act.writes for act in attached] == [{"identities": 2 * k, "profiles": 4} for k in (1, 3, 10)]
