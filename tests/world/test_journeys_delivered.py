"""Journeys that are live, and that really send, beside the simulation; and sent once whatever dies on the way."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings

from local.world.chaos import CrashError, SeededChaos
from local.world.journeys import Journeys
from local.world.memory import MemoryDatabase
from local.world.post import Post
from local.world.world import World
from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from regulars.domain.journey_definitions import parse_journey
from regulars.errors import DefinitionError, NotAcceptedError
from tests.builders import START, an_event, an_identify
from tests.journeys import journeys
from tests.world.passages import told
from tests.world.test_live_journeys import PERSON, PURPOSES, SEGMENTS, UNTIL, by_time, histories, lived, simulated

IN_APP = {"channel": "in_app", "template": "hello", "purpose": "newsletter"}
SENDS = {
    "enter": {"event": "Signed Up"},
    "steps": [
        {"send": {"channel": "email", "template": "hello", "purpose": "newsletter"}},
        {"hold": {"at_most": "2 days", "until": [{"event": "Order Completed", "steps": ["exit"]}]}},
        {"send": {"channel": "sms", "template": "bye", "purpose": "newsletter", "quiet": "skip"}},
        {
            "repeat": {
                "times": 3,
                "steps": [
                    {"wait": "1 day"},
                    {"send": {"channel": "in_app", "template": "hello", "purpose": "newsletter"}},
                    {"send": {"channel": "email", "template": "tip", "purpose": "newsletter", "quiet": "skip"}},
                ],
            }
        },
    ],
}


class Sent:
    """A world whose journeys send through channels in memory; each message is taken once, or something is wrong."""

    def __init__(self, seed: int | None = None) -> None:
        self.random = Random(seed)
        self.world = World(tick_every=90 * DAY)
        chaos = None if seed is None else SeededChaos(seed)
        for id, content in SEGMENTS.items():
            self.world.define("segment", id, content)
        self.world.define("consent", "purposes", PURPOSES)
        for id in ("hello", "bye", "tip"):
            self.world.define("template", id, {"channel": "email", "subject": id, "text": id})
        self.on = Journeys(self.world, deliver=self._post, chaos=chaos, random=self.random, look_every=DAY)
        self.world.define("list", "vip", {"name": "Vip"})
        if seed is not None:
            self.post.channel.before, self.post.channel.after = self._fails, self._dies

    def live(self, definition: Any, events: Sequence[Event], until: int = UNTIL) -> None:
        """Let people live beside a journey that is live."""
        self.on.publish("j", definition)
        for event in events:
            self.world.advance(event.at)
            self.world.store(event)
        self.world.advance(until)

    def _post(self, on: Journeys) -> Any:
        self.post = Post(self.world, on.sealer)
        return lambda instance, place: self.post.deliveries().answer(instance, place)

    def _fails(self, outgoing: object) -> None:
        if self.random.random() < 0.1:
            raise NotAcceptedError("throttled", again=True)
        self._dies(outgoing)

    def _dies(self, _outgoing: object) -> None:
        if self.random.random() < 0.1:
            raise CrashError


@settings(max_examples=40, deadline=None)
@given(journeys, histories())
def test_a_journey_that_sends_goes_the_ways_that_its_simulation_goes(definition: Any, events: list[Event]) -> None:
    try:
        parse_journey("j", definition)
    except DefinitionError:
        assume(False)
    said = {"email": "jane@example.com", "phone": "+491701234567", "plan": "free"}
    first = an_identify(900, links=(PERSON,), at=START + SECOND, arrival=START + SECOND, **said)
    sent = Sent()
    sent.live(definition, [first, *events])

    assert by_time([*told(sent.world).values()]) == by_time(
        [simulated(passage) for passage in lived(definition, [first, *events])]
    )
    taken = Counter(outgoing.name for outgoing in sent.post.channel.taken)
    assert not taken or max(taken.values()) == 1


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_sent_twice_and_everybody_comes_to_an_end_whatever_dies(seed: int) -> None:
    sent = Sent(seed)
    people = [f"user_id:{number}" for number in range(40)]
    events = [
        an_identify(number, links=(owner,), email=f"p{number}@example.com", phone=f"+4917012345{number:02}")
        for number, owner in enumerate(people)
    ]
    events += [an_event(100 + number, links=(owner,), name="Signed Up") for number, owner in enumerate(people)]
    sent.live(SENDS, events, START + 10 * DAY)

    taken = Counter(outgoing.name for outgoing in sent.post.channel.taken)
    assert max(taken.values()) == 1
    ways = told(sent.world)
    assert len(ways) == len(people)
    assert {way.ending for way in ways.values()} == {"finished"}
    assert {len(way.steps) for way in ways.values()} == {12}  # eight messages, a hold and three waits
    assert _claims(sent.world.database) == 8 * len(people)


def _claims(database: MemoryDatabase) -> int:
    return sum(str(item["item"]).startswith("send#") for item in database.all("journeys"))


def test_what_happens_in_quiet_hours_lets_nobody_go_on_from_a_hold_that_comes_after_them() -> None:
    sent = Sent()
    sent.world.define(
        "messaging", "policy", {"quiet": [{"from": "21:00", "to": "08:00", "classes": ["transactional"]}]}
    )
    send = {"channel": "email", "template": "hello", "purpose": "orders", "class": "transactional"}
    hold = {"at_most": "2 hours", "until": [{"event": "Order Completed", "steps": ["exit"]}]}
    person = an_identify(1, links=(PERSON,), email="jane@example.com")
    enters = an_event(2, links=(PERSON,), name="Signed Up")
    orders = an_event(3, links=(PERSON,), name="Order Completed", at=START + 3_600 * SECOND)
    sent.live({"enter": {"event": "Signed Up"}, "steps": [{"send": send}, {"hold": hold}]}, [person, enters, orders])

    [way] = told(sent.world).values()
    eight = START + 8 * 3_600 * SECOND
    assert [(at, came) for at, _, came in way.steps] == [(eight, "sent"), (eight + 7_200 * SECOND, "time")]
    assert way.ending == "finished"


@pytest.mark.parametrize("quiet", ["hold", "skip"])
@pytest.mark.parametrize("error", [NotAcceptedError("throttled", again=True), CrashError()], ids=["throttled", "crash"])
def test_a_message_that_fails_at_first_keeps_its_place_whatever_becomes_of_it_in_quiet_hours(
    quiet: str, error: Exception
) -> None:
    sent, left = Sent(), [error, error]

    def fails(_outgoing: object) -> None:
        if left:
            raise left.pop()

    sent.post.channel.before = fails
    send = {"channel": "email", "template": "hello", "purpose": "newsletter", "quiet": quiet}
    hold = {"at_most": "2 days", "until": [{"event": "Order Completed", "steps": ["exit"]}]}
    bye = {"channel": "sms", "template": "bye", "purpose": "newsletter"}
    person = an_identify(1, links=(PERSON,), email="jane@example.com", phone="+491701234567")
    enters = an_event(2, links=(PERSON,), name="Signed Up")
    orders = an_event(3, links=(PERSON,), name="Order Completed", at=START + 3_600 * SECOND)
    steps = [{"send": send}, {"hold": hold}, {"send": bye}]
    sent.live({"enter": {"event": "Signed Up"}, "steps": steps}, [person, enters, orders])

    [way] = told(sent.world).values()
    said = "unknown" if isinstance(error, CrashError) else "sent"
    assert [came for _, _, came in way.steps] == [said, "0", "done"]
    assert way.ending == "exit"
