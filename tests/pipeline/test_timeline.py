"""The timeline of a person is the newest of all events, however they lie among the identifiers."""

from hypothesis import given
from hypothesis import strategies as st

from local.world.memory import MemoryDatabase
from regulars.pipeline.timeline import Position, Timeline, position_of
from regulars.stores.events import EventStore
from tests.builders import START, an_event

OWNERS = tuple(f"anonymous_id:{letter}" for letter in "abcdefg")
# Few instants and ids, so that moments repeat under several owners; most events lie under few of them.
PLACES = st.sets(st.tuples(st.sampled_from("aaaabcdefg"), st.integers(0, 30), st.integers(0, 2)), max_size=80)


@given(
    places=PLACES, limit=st.integers(1, 40), start=st.none() | st.tuples(st.integers(0, 30), st.sampled_from(OWNERS))
)
def test_gives_the_newest_events_before_a_position(
    places: set[tuple[str, int, int]], limit: int, start: tuple[int, str] | None
) -> None:
    database = MemoryDatabase()
    events = [
        an_event(number, links=(f"anonymous_id:{owner}",), message_id=f"m-{id}") for owner, number, id in sorted(places)
    ]
    EventStore(database).insert(events)
    before = Position(an_event(start[0], message_id="m-1").moment, start[1]) if start else None

    found = Timeline(database, map, lambda: START).newest(OWNERS, before=before, limit=limit)

    older = [event for event in events if before is None or position_of(event) < before]
    assert found == sorted(older, key=position_of, reverse=True)[:limit]
