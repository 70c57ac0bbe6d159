"""Live journeys beside the simulation: the same people, the same history, the same ways, place by place."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from local.world.journeys import Journeys
from local.world.world import World
from regulars.domain.catalog import Live
from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.segment_definitions import parse
from regulars.domain.simulation_stages import Passage, Stage
from regulars.domain.simulations import simulate
from regulars.errors import DefinitionError
from tests.builders import START, an_event, an_identify
from tests.journeys import EVENTS, journeys
from tests.world.passages import Told, send_once, told

HOUR = 3_600 * SECOND
UNTIL = START + 60 * DAY
SEGMENTS: dict[str, dict[str, Any]] = {
    "vip": {"where": {"event": "Order Completed", "count": {"at_least": 2}}},
    "lapsed": {"where": {"all": [{"event": "Order Completed"}, {"not": {"trait": "plan", "equals": "pro"}}]}},
}
PURPOSES = {
    "purposes": {
        id: {"name": id, "basis": "contract", "channels": ["email", "sms", "in_app"]} for id in ("newsletter", "orders")
    }
}
PERSON = "user_id:jane"


def lived(definition: Any, events: Sequence[Event], until: int = UNTIL) -> list[Passage]:
    """Let one person live through a simulation."""
    segments = tuple(parse(id, content) for id, content in SEGMENTS.items())
    beside = Live(segments=segments, purposes=parse_purposes(PURPOSES))
    stage = Stage(journey=parse_journey("j", definition), beside=beside)
    return simulate(stage, f"p_{PERSON}", events, since=START, until=until)[0]


def live(definition: Any, events: Sequence[Event], until: int = UNTIL, look_every: int = DAY) -> dict[str, Told]:
    """Let the same person live beside a journey that is live."""
    world = World(tick_every=400 * DAY)  # no segment turns by time alone
    for id, content in SEGMENTS.items():
        world.define("segment", id, content)
    world.define("consent", "purposes", PURPOSES)
    on = Journeys(world, deliver=send_once(Counter()), look_every=look_every)
    world.define("list", "vip", {"name": "Vip"})
    on.publish("j", definition)
    for event in events:
        world.advance(event.at)
        world.store(event)
    world.advance(until)
    return told(world)


def simulated(passage: Passage) -> Told:
    """Give a simulated passage as events would tell it."""
    is_out = passage.ending == "held_out"
    return Told(
        at=passage.at,
        steps=sorted((step.at, step.place, step.came) for step in passage.steps),
        ending=None if is_out else passage.ending,
        ended=None if is_out else passage.ended,
        converted=passage.converted,
        held_out=is_out,
    )


def by_time(passages: Sequence[Told]) -> list[Told]:
    """Sort passages, and their steps, so that they can be compared."""
    for passage in passages:
        passage.steps.sort()
    return sorted(passages, key=lambda one: (one.at, one.steps))


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """A few weeks of one person; nothing happens at the very instant at which something else is due."""
    happenings = draw(
        st.lists(
            st.tuples(
                st.sampled_from(("Product Added", "Product Added", "Product Added", *EVENTS)),
                st.integers(1, 24 * 20),
                st.sampled_from(["a", "b"]),
            ),
            min_size=1,
            max_size=14,
        )
    )
    events = []
    for number, (name, hours, cart) in enumerate(sorted(happenings, key=lambda one: one[1])):
        at = START + hours * HOUR + (number + 7) * SECOND
        properties = {"cart_id": cart, "order_id": f"o-{number}", "revenue": 10.0}
        events.append(an_event(number, name=name, at=at, arrival=at, links=(PERSON,), properties=properties))
    return events


@settings(max_examples=100, deadline=None)
@given(journeys, histories())
def test_a_live_journey_goes_the_ways_that_its_simulation_goes(definition: Any, events: list[Event]) -> None:
    try:
        parse_journey("j", definition)
    except DefinitionError:
        assume(False)
    zone = an_identify(900, links=(PERSON,), at=START + SECOND, arrival=START + SECOND, plan="free")

    assert by_time([*live(definition, [zone, *events]).values()]) == by_time(
        [simulated(passage) for passage in lived(definition, [zone, *events])]
    )


def test_who_waits_for_a_date_that_is_years_ahead_is_ended_after_a_year() -> None:
    definition = {"enter": {"event": "Signed Up"}, "steps": [{"wait": {"date": "renewal_date"}}, {"join": "vip"}]}
    person = an_identify(900, links=(PERSON,), at=START + SECOND, arrival=START + SECOND, renewal_date="2029-01-01")
    enters = an_event(901, name="Signed Up", at=START + HOUR, arrival=START + HOUR, links=(PERSON,))
    until = START + 370 * DAY

    [way] = live(definition, [person, enters], until, 90 * DAY).values()
    [other] = lived(definition, [person, enters], until)
    assert (way.ending, way.steps) == ("too_long", [])
    assert (other.ending, other.steps) == ("too_long", [])
