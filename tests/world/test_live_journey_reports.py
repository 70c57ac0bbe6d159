"""A journey that was live in a world, reported on from what it told: the numbers of its simulation."""

from collections import Counter
from typing import Any

from hypothesis import Phase, assume, given, settings

from local.world.journeys import Journeys
from local.world.world import World
from regulars.domain.catalog import Live
from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.segment_definitions import parse
from regulars.domain.simulation_reports import Report
from regulars.domain.simulation_stages import Stage
from regulars.domain.simulations import simulate
from regulars.errors import DefinitionError
from tests.analytics.test_simulated_reports import as_reported, as_simulated
from tests.builders import START, an_event, an_identify
from tests.journey_lives import reported
from tests.journeys import journeys
from tests.world.passages import own_events, send_once
from tests.world.test_live_journeys import PERSON, PURPOSES, SEGMENTS, UNTIL, histories

PHASES = [phase for phase in Phase if phase is not Phase.shrink]


def went_live(definition: Any, events: list[Event]) -> list[Event]:
    """Let somebody live beside a journey; give what it told."""
    world = World(tick_every=90 * DAY)
    for id, content in SEGMENTS.items():
        world.define("segment", id, content)
    world.define("consent", "purposes", PURPOSES)
    world.define("list", "vip", {"name": "Vip"})
    on = Journeys(world, deliver=send_once(Counter()), look_every=DAY)
    on.publish("j", definition)
    for event in events:
        world.advance(event.at)
        world.store(event)
    world.advance(UNTIL)
    return own_events(world)


@settings(max_examples=20, deadline=None, phases=PHASES)
@given(journeys, histories())
def test_a_live_journey_comes_to_what_its_simulation_says(definition: Any, events: list[Event]) -> None:
    try:
        journey = parse_journey("j", definition)
    except DefinitionError:
        assume(False)
    life = [an_identify(900, links=(PERSON,), at=START + SECOND, arrival=START + SECOND, plan="free"), *events]
    segments = tuple(parse(id, content) for id, content in SEGMENTS.items())
    stage = Stage(journey=journey, beside=Live(segments=segments, purposes=parse_purposes(PURPOSES)))
    passages, refused = simulate(stage, f"p_{PERSON}", life, since=START, until=UNTIL)
    simulation = Report()
    simulation.take(journey, passages, refused)

    [found] = reported(went_live(definition, life), {1: journey}, now=UNTIL)

    assert as_simulated(found) == as_reported(simulation)


def test_who_is_under_way_with_a_key_goes_on_and_is_told_of_no_refusal() -> None:
    cart = {"name": "Cart", "enter": {"event": "Product Added", "key": "cart_id"}, "steps": [{"wait": "1 hour"}]}
    instants = [START + turn * SECOND for turn in (1, 2, 3)]
    added = [
        an_event(at, name="Product Added", at=at, arrival=at, links=(PERSON,), properties={"cart_id": "7"})
        for at in instants
    ]

    told = Counter(event.name for event in went_live(cart, added))

    assert told["Journey Entered"] == told["Journey Ended"] == 1
    assert told["Journey Entry Refused"] == 0
