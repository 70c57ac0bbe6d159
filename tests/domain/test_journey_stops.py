"""Where each way of each place leads is what walking says, and nobody ever comes to an earlier place."""

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_machines import compile_journey
from regulars.domain.journey_stops import END, stops
from regulars.domain.journey_walks import walk
from regulars.domain.journeys import END as LAST
from regulars.domain.journeys import turns
from regulars.errors import DefinitionError
from tests.journeys import journeys


@given(journeys, st.data())
def test_every_way_leads_where_walking_does(made: dict[str, Any], data: st.DataObject) -> None:
    try:
        journey = parse_journey("j", made)
    except DefinitionError:
        assume(False)
    laid = stops(journey.steps)
    order = [stop.name for stop in laid]
    by_name = dict(zip(order, laid, strict=True))
    way, at = walk(journey.steps), order[0] if order else END
    place = next(way, None)
    for _ in range(200):
        if place is None:
            break
        assert place.name == at
        number = data.draw(st.integers(0, len(turns(place.step)) - 1))
        target = by_name[at].targets[number]
        before, at = at, at if target is None else target
        assert target is None or at == END or order.index(at) > order.index(before)
        try:
            place = way.send(number)
        except StopIteration:
            assert by_name[before].ends_as(number) is not None
            place = None
        else:
            assert by_name[before].ends_as(number) is None
    else:
        return
    assert at == END


@given(journeys)
def test_every_place_is_one_that_the_state_machine_asks_at(made: dict[str, Any]) -> None:
    try:
        journey = parse_journey("j", made)
    except DefinitionError:
        assume(False)
    states = {name for name in compile_journey(journey).definition["States"] if ":" not in name} - {LAST}

    assert {stop.name for stop in stops(journey.steps)} == states
