"""A rebuild calls right what counted every event once, however it was counted, and nothing else."""

from dataclasses import replace
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from regulars.domain.events import Event
from regulars.domain.given_up import refs_of
from regulars.domain.instants import DAY
from regulars.domain.parts import Part, fold
from regulars.domain.rebuilding import Finding, judge, to_rebuild
from regulars.domain.state import parts_of
from tests.domain.test_laws import ONE, WATCHES, counted_in
from tests.strategies import histories


def found(part: Part, events: list[Event], *, read: int) -> Finding:
    """What a rebuild finds of a part."""
    return judge(part, fold(ONE[0], part.name, events, WATCHES, version=0, read=read), events, WATCHES, read=read)


@given(histories(ONE), st.randoms(use_true_random=False), st.integers(1, 5), st.integers(0, 20))
def test_what_was_counted_in_any_order_and_repetition_is_right(
    events: list[Event], random: Random, batch: int, ahead: int
) -> None:
    shuffled = random.sample(events, len(events)) + random.sample(events, len(events) // 2)

    for name in to_rebuild([], events, WATCHES):
        part = replace(counted_in(name, shuffled, batch=batch, ahead=ahead), version=1)
        assert found(part, events, read=max(event.arrival for event in events) + DAY) == "right"


@given(histories(ONE), st.data())
def test_a_part_that_lacks_an_event_is_awaited_for_a_minute_and_then_wrong(
    events: list[Event], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(to_rebuild([], events, WATCHES) or ["traits"]))
    own = [event for event in events if name in parts_of(event, WATCHES)]
    assume(len(own) > 1)
    lacking = data.draw(st.sampled_from(own))
    rest = [event for event in events if event != lacking]
    part = replace(fold(ONE[0], name, rest, WATCHES, version=0, read=0), version=1)
    assume(lacking.arrival > part.floor)

    assert found(part, events, read=lacking.arrival) == "awaited"
    assert found(part, events, read=lacking.arrival + DAY) == "changed"


def test_records_name_profiles_by_their_keys_and_nobody_by_none() -> None:
    keys = [
        {"owner": {"S": "user_id:u"}, "moment": {"S": "x"}},
        {"owner": {"S": "nobody:0a"}, "moment": {"S": "x"}},
        {"profile_id": {"S": "p_user_id:v"}},
        {"profile_id": {"S": "p_user_id:u"}, "item": {"S": "head"}},
        {"kind": {"S": "segment"}},
    ]

    assert refs_of([{"dynamodb": {"Keys": each}} for each in keys] + [{}]) == ["p_user_id:u", "p_user_id:v"]
