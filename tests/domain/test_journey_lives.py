"""Lives of versions: no deed revives who was drained or stopped, and what tells two versions apart is told whole."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.journey_lives import DEEDS, Deed, Version, chosen, difference, done
from regulars.domain.journey_names import names_of, segments_of
from regulars.domain.journeys import every
from regulars.domain.live_journeys import Life
from regulars.errors import WrongStateError
from tests.journeys import journeys, read

ORDER: dict[Life, int] = {"preparing": 0, "live": 1, "paused": 1, "draining": 2, "stopped": 3, "archived": 4}
STATES = st.sampled_from(get_args(Life))


def a_version(number: int, state: Life) -> Version:
    return Version(journey="a", number=number, state=state, published=int(state != "preparing"))


@given(st.lists(STATES, max_size=6), st.sampled_from(DEEDS), st.none() | st.integers(1, 6))
def test_a_deed_leads_onwards_and_never_back(states: list[Life], deed: Deed, number: int | None) -> None:
    versions = [a_version(len(states) - at, state) for at, state in enumerate(states)]
    try:
        found = chosen(deed, versions, number)
    except WrongStateError:
        return

    after = [done(deed, one) for one in found]
    assert found
    assert all(number in (None, one.number) for one in found)
    assert all(ORDER[new.state] >= ORDER[old.state] for old, new in zip(found, after, strict=True))
    assert all(
        ORDER[new.state] - ORDER[old.state] == 0 or deed != "resume" for old, new in zip(found, after, strict=True)
    )
    assert [done(deed, one) for one in after] == after


@given(st.lists(STATES, max_size=6), st.sampled_from(DEEDS))
def test_nothing_that_people_enter_is_archived(states: list[Life], deed: Deed) -> None:
    versions = [a_version(len(states) - at, state) for at, state in enumerate(states)]

    if any(one.is_current for one in versions):
        with pytest.raises(WrongStateError):
            chosen("archive", versions)
    for one in versions:
        if one.is_current and deed == "archive":
            with pytest.raises(WrongStateError):
                chosen(deed, versions, one.number)


@given(journeys)
def test_nothing_is_different_from_itself(definition: dict[str, Any]) -> None:
    journey = read(definition)

    same, fresh = difference(journey, read({**definition})), difference(None, journey)

    assert (same.added, same.removed, same.changed, same.rules) == ((), (), (), ())
    assert fresh.added == tuple(step.id for step in every(journey.steps))


@given(journeys, journeys)
def test_what_came_one_way_goes_the_other(one: dict[str, Any], other: dict[str, Any]) -> None:
    before, after = read(one), read(other)

    there, back = difference(before, after), difference(after, before)

    assert set(there.added) == set(back.removed)
    assert set(there.changed) == set(back.changed)
    assert there.rules == back.rules
    old, new = ({step.id for step in every(each.steps)} for each in (before, after))
    assert (set(there.added), set(there.removed)) == (new - old, old - new)


@given(journeys)
def test_the_segments_that_it_names_are_those_that_it_cannot_be_read_without(definition: dict[str, Any]) -> None:
    journey = read(definition)

    names = names_of(journey, definition)

    assert names.segments == segments_of(journey)
    assert all(f"'{id}'" in str(definition) for id in names.segments | names.lists | names.templates | names.journeys)
