"""What journeys tell: one event for one deed, whoever tells it and however often, and nothing of a person in it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.forgetting import Presence, presence
from regulars.domain.instants import DAY, SECOND
from regulars.domain.journey_deeds import JourneyEvent, event_of, is_own
from regulars.domain.journey_events import ended, entered, goal_met, message_told, not_sent, passed, refused
from regulars.domain.journeys import Entry, Journey, Send
from regulars.domain.messages import RESERVED
from regulars.domain.parts import Part
from regulars.domain.passages import Message, Outcome, Passage
from regulars.domain.reserved_events import JOURNEY_EVENTS
from tests.builders import START, an_event

OWNER = "user_id:aaaaaaaaaaaaaaaaaaaaaaaaaa"
PASSAGE = Passage(owner=OWNER, journey="welcome", number=3, id="f" * 32, key="zzz", at=START)
SEND = Send(id="hello", channel="email", template="greeting", purpose="newsletter")
MESSAGE = Message(
    owner=OWNER,
    passage=PASSAGE.id,
    place="hello#2",
    journey="welcome",
    number=3,
    channel="email",
    template="greeting",
    purpose="newsletter",
    kind="marketing",
    at=START + SECOND,
    outcome="sent",
    settled=START + 2 * SECOND,
    address="email:b",
)
JOURNEY = Journey(id="welcome", name="Welcome", entry=Entry(by=None, open=True), steps=(), version=3)
OUTCOMES: tuple[Outcome, ...] = ("sent", "failed", "unknown", "delivered", "bounced", "complained")


def all_told() -> list[JourneyEvent]:
    """One of each."""
    over = replace(PASSAGE, place="hello#2", ended=START + DAY, ending="goal", converted=START + DAY)
    messages = [message_told(replace(MESSAGE, outcome=outcome)) for outcome in OUTCOMES]
    return [
        entered(PASSAGE),
        passed(PASSAGE, "hello#2", 0, "sent", START + SECOND),
        goal_met(over),
        ended(over),
        refused(JOURNEY.id, JOURNEY.version, "again", "event m-1", START),
        not_sent(PASSAGE, "hello#2", SEND, "consent", START),
        *messages,
    ]


def test_every_event_is_one_that_nobody_else_may_send() -> None:
    assert {told.name for told in all_told()} == JOURNEY_EVENTS
    assert RESERVED.keys() >= JOURNEY_EVENTS


def test_no_event_says_anything_of_a_person() -> None:
    for told in all_told():
        event = event_of(OWNER, told, arrival=START)
        assert "zzz" not in repr(event.properties)
        assert OWNER not in repr(event.properties)
        assert event.links == (OWNER,)
        assert not event.traits


def test_an_event_says_where_it_was_by_step_and_by_turn() -> None:
    said = event_of(OWNER, passed(PASSAGE, "hello#2", 1, "otherwise", START), arrival=START).properties

    assert said == {
        "journey": "welcome",
        "version": 3,
        "passage": PASSAGE.id,
        "step": "hello",
        "place": "hello#2",
        "way": 1,
        "came": "otherwise",
    }


def test_each_deed_is_an_event_of_its_own() -> None:
    begun_anew = [passed(PASSAGE, "wait", 0, "0", START, turn=turn) for turn in range(3)]
    told = [*all_told(), *begun_anew]

    assert len({one.message_id for one in told}) == len(told)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_deed_has_one_key_whenever_it_is_told(first: int, second: int) -> None:
    for told in all_told():
        one, other = (event_of(OWNER, told, arrival=START + after) for after in (first, second))
        assert one.moment == other.moment
        assert one.at <= one.arrival


def test_a_claim_is_nothing_to_tell() -> None:
    with pytest.raises(KeyError):
        message_told(replace(MESSAGE, outcome="claimed"))


def test_what_a_journey_did_is_no_sign_of_the_person() -> None:
    own = event_of(OWNER, entered(PASSAGE), arrival=START + 9 * DAY)
    remembered = Part(owner=OWNER, name="event#Message Sent", floor=START + 9 * DAY)

    assert is_own(own)
    assert presence([an_event(arrival=START), own], [remembered], []) == Presence(START, START)
