"""Live journeys while everything goes wrong: nobody is lost, nothing is sent twice, and nothing without consent."""

from collections import Counter

from local.world.journeys import Journeys
from local.world.world import World
from regulars.domain.instants import DAY, SECOND
from tests.builders import START, an_event
from tests.world.journey_trial import trial
from tests.world.passages import passages, send_once

PEOPLE = 120
MANY = 600


def test_nobody_is_lost_on_a_journey_and_nothing_is_sent_twice_whatever_fails() -> None:
    outcomes = [trial(seed, PEOPLE) for seed in (11, 12)]

    assert [outcome.faults for outcome in outcomes] == [[], []]
    endings = sum((outcome.endings for outcome in outcomes), Counter[str]())
    assert {"finished", "exit", "held_out"} <= endings.keys()
    assert all(outcome.sent and outcome.held_back for outcome in outcomes)
    assert sum(outcome.passages for outcome in outcomes) > 2 * PEOPLE


def test_who_enters_within_one_minute_starts_once_each() -> None:
    world = World(lanes=3, tick_every=90 * DAY)
    sent: Counter[tuple[str, str]] = Counter()
    on = Journeys(world, deliver=send_once(sent), look_every=90 * DAY)
    on.publish("hello", {"enter": {"event": "Signed Up"}, "purpose": "orders", "steps": [_SEND]})
    for number in range(MANY):
        at = START + number * 60 * SECOND // MANY
        if number % 200 == 0:
            world.advance(at)
        event = an_event(number, name="Signed Up", at=at, arrival=at, links=(f"user_id:{number}aa",))
        world.store(event, event) if number % 7 == 0 else world.store(event)
    world.advance(START + 2 * 60 * SECOND)

    started = Counter(name for _, name in on.machines.executions)
    assert len(started) == len(passages(world)) == len(sent) == MANY
    assert {*started.values(), *sent.values()} == {1}


_SEND = {"send": {"channel": "email", "template": "hello", "class": "transactional"}}
