"""When a legal hold stands, and whom it holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.legal_holds import LegalHold, holding, place, release
from regulars.errors import ConflictingEditError, InvalidRequestError
from tests.builders import START

HOLD = LegalHold(id="h1", reference="case-9", by="s-1", placed=START, identifiers=1)
OWNERS = st.frozensets(st.sampled_from("abcdef"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reference": ""}, "for which case"),
        ({"until": START}, "in the future"),
        ({"until": 1}, "in the future"),
        ({"identifiers": 0}, "1 to 1,000"),
        ({"identifiers": 1_001}, "1 to 1,000"),
    ],
)
def test_a_hold_without_a_case_an_end_to_come_or_people_is_refused(changes: dict[str, int | str], said: str) -> None:
    asked = {"id": "h", "reference": "case-9", "by": "s-1", "now": START, "until": 0, "identifiers": 1, **changes}

    with pytest.raises(InvalidRequestError, match=said):
        place(**asked)  # type: ignore[arg-type] # the values are of many kinds


def test_a_hold_ends_once() -> None:
    ended = release(HOLD, by="s-2", now=START + 1)

    assert (ended.stands(START + 1), ended.released_by) == (False, "s-2")
    with pytest.raises(ConflictingEditError, match="has ended"):
        release(ended, by="s-2", now=START + 2)


@given(until=st.integers(0, 20), now=st.integers(0, 20), released=st.integers(0, 20))
def test_a_hold_stands_until_it_is_released_or_its_time_is_over(until: int, now: int, released: int) -> None:
    hold = LegalHold(id="h", reference="c", by="s", placed=0, until=until, released=released)

    assert hold.stands(now) is (released == 0 and (until == 0 or now < until))


@given(person=OWNERS, named=st.dictionaries(st.sampled_from("xyz"), OWNERS))
def test_a_person_is_held_by_whatever_names_one_of_their_identifiers(
    person: frozenset[str], named: dict[str, frozenset[str]]
) -> None:
    assert set(holding(person, named)) == {id for id in named if any(owner in person for owner in named[id])}
