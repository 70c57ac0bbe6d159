"""Journeys gone through on history: the ready ones on small lives, and win-back beside plain arithmetic."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from regulars.domain.catalog import Live
from regulars.domain.events import Event
from regulars.domain.instants import DAY, HOUR, SECOND
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_walks import walk
from regulars.domain.journeys import Journey, Wait, WaitForTime, turns
from regulars.domain.messaging import NO_POLICY, Messaging, parse_messaging
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.segment_definitions import parse
from regulars.domain.simulation_stages import Passage, Stage
from regulars.domain.simulations import simulate
from regulars.errors import DefinitionError
from tests.builders import START, an_event, an_identify, an_order
from tests.journeys import EVENTS, journeys

MINUTE = 60 * SECOND
CATALOG = Path(__file__).parents[2] / "catalog"
UNTIL = START + 120 * DAY
YES = {
    "purposes": {
        id: {"name": id, "basis": "contract", "channels": ["email", "sms", "in_app"]} for id in ("newsletter", "orders")
    }
}
PURPOSES = parse_purposes(YES)
SEGMENTS = (
    parse("vip", {"where": {"orders": "count", "at_least": 2}}),
    parse("lapsed", {"where": {"not": {"event": "Order Completed", "within": "10 days"}}}),
)


def ready(name: str, **changes: Any) -> Journey:
    """One of the journeys of the catalog, changed."""
    return parse_journey(name, {**yaml.safe_load((CATALOG / f"journeys/{name}.yaml").read_text()), **changes})


def lived(
    journey: Journey,
    events: Sequence[Event],
    policy: Messaging = NO_POLICY,
    *,
    purposes: Any = PURPOSES,
    until: int = UNTIL,
) -> list[Passage]:
    """Let one person live."""
    beside = Live(segments=SEGMENTS, purposes=purposes)
    stage = Stage(journey=journey, beside=beside, policy=policy)
    return simulate(stage, "p_user_id:u", sorted(events, key=lambda one: one.at), since=START, until=until)[0]


def told(passage: Passage) -> list[tuple[str, str, float]]:
    """Say what came of each place, and how many hours after the entry."""
    return [(step.place, step.came, (step.at - passage.at) / HOUR) for step in passage.steps]


def a_cart(number: int, cart: str, at: int, name: str = "Product Added") -> Event:
    """Something put into a cart, by somebody who is known."""
    return an_event(number, name=name, at=at, links=("user_id:u",), properties={"cart_id": cart})


def test_a_cart_is_reminded_of_an_hour_after_something_was_last_put_into_it() -> None:
    passages = lived(
        ready("abandoned_cart", holdout=0),
        [a_cart(1, "c", START), a_cart(2, "c", START + 30 * MINUTE), a_cart(3, "d", START + 40 * MINUTE)],
    )

    assert [passage.key for passage in passages] == ["c"]  # no other cart for a day
    assert told(passages[0])[:4] == [
        ("hold_1", "0", 0.5),
        ("hold_1", "time", 1.5),
        ("cart_reminder", "sent", 1.5),
        ("wait_1", "time", 25.5),
    ]
    assert (passages[0].ending, passages[0].converted) == ("finished", None)


def test_a_cart_that_is_ordered_is_not_reminded_of() -> None:
    events = [a_cart(1, "c", START), a_cart(2, "c", START + 59 * MINUTE, "Order Completed")]
    (passage,) = lived(ready("abandoned_cart", holdout=0), events)

    assert (passage.ending, passage.steps, passage.converted) == ("goal", [], START + 59 * MINUTE)


def test_another_cart_that_is_ordered_changes_nothing() -> None:
    events = [a_cart(1, "c", START), a_cart(2, "d", START + 59 * MINUTE, "Order Completed")]
    (passage,) = lived(ready("abandoned_cart", holdout=0), events)

    assert [step.came for step in passage.steps if step.place == "cart_reminder"] == ["sent"]


def test_who_signs_up_is_greeted_and_asked_again_on_a_morning_in_the_middle_of_the_week() -> None:
    signed = an_event(1, name="Signed Up", links=("user_id:u",), at=START)  # a Thursday
    zone = an_identify(2, timezone="Europe/Berlin")
    (passage,) = lived(ready("welcome"), [signed, zone])

    assert [(place, came) for place, came, _ in told(passage)] == [
        ("welcome", "sent"),
        ("wait_1", "time"),
        ("wait_2", "time"),
        ("branch_1", "otherwise"),
        ("what_others_like", "sent"),
    ]
    assert passage.steps[-1].at == START + 5 * DAY + 8 * HOUR  # Tuesday at nine in Berlin


def test_who_comes_back_moves_to_another_journey() -> None:
    order = an_order(1, 300.0)
    back = an_event(2, name="Product Viewed", at=START + 16 * DAY, links=("user_id:u",))
    (passage,) = lived(ready("win_back"), [order, back])

    assert (passage.ending, passage.moved_to) == ("moved", "welcome_back")
    assert ("we_miss_you", "sent") in [(place, came) for place, came, _ in told(passage)]


def test_a_bad_review_is_followed_up_and_a_good_one_thanked_for() -> None:
    for rating, expected in ((1, ["join_1", "webhook_1", "we_are_sorry"]), (5, ["thank_you"])):
        review = an_event(
            2,
            name="Product Reviewed",
            at=START + 9 * DAY,
            links=("user_id:u",),
            properties={"order_id": "o-1", "rating": rating},
        )
        (passage,) = lived(ready("post_purchase"), [an_order(1), review])

        assert [step.place for step in passage.steps][-len(expected) :] == expected
        assert passage.converted == START + 9 * DAY


def test_nothing_is_sent_without_consent() -> None:
    signed = an_event(1, name="Signed Up", links=("user_id:u",))
    asked = {"purposes": {"newsletter": {"name": "n", "basis": "consent", "channels": ["email"]}}}
    (passage,) = lived(ready("welcome"), [signed], purposes=parse_purposes(asked))

    assert {step.came for step in passage.steps if step.place.startswith("w") and "wait" not in step.place} == {
        "not sent: consent"
    }


@pytest.mark.parametrize(("agrees", "came"), [(False, "failed"), (True, "done")], ids=["no", "yes"])
def test_a_webhook_for_a_purpose_is_called_for_who_consents(agrees: bool, came: str) -> None:
    call = {"purpose": "news", "enter": {"event": "Signed Up"}, "steps": [{"webhook": {"to": "crm"}}]}
    purposes = parse_purposes({"purposes": {"news": {"channels": ["email", "sms"]}}})
    about = {"purpose": "news", "channel": "sms"}
    said = [an_event(1, name="Consent Given", properties=about, links=("user_id:u",), proven=True)] if agrees else []
    found = lived(
        parse_journey("call", call), [*said, an_event(2, name="Signed Up", links=("user_id:u",))], purposes=purposes
    )

    assert told(found[0])[0][1] == came


def test_a_message_waits_for_the_end_of_quiet_hours_and_counts_in_caps() -> None:
    policy = parse_messaging({"quiet": [{"from": "22:00", "to": "08:00"}], "caps": [{"most": 1, "days": 30}]})
    signed = an_event(1, name="Signed Up", links=("user_id:u",), at=START)
    (passage,) = lived(ready("welcome"), [signed], policy)

    assert told(passage)[:2] == [("welcome", "quiet", 0), ("welcome", "sent", 8)]
    assert told(passage)[-1][:2] == ("what_others_like", "not sent: capped")


def test_who_enters_a_segment_by_time_alone_enters_the_journey() -> None:
    journey = parse_journey("x", {"enter": {"segment": "lapsed"}, "steps": [{"join": "vip"}]})
    (passage,) = lived(journey, [an_order(1, at=START + DAY)])

    assert passage.at == START + 11 * DAY


def test_members_are_enrolled_at_the_start_if_that_is_said() -> None:
    steps = [{"join": "vip"}]
    before = [an_order(1, at=START - 2 * DAY), an_order(2, at=START - DAY)]
    both = parse_journey("x", {"enter": {"segment": "vip", "enrol": "both"}, "steps": steps})
    future = parse_journey("x", {"enter": {"segment": "vip"}, "steps": steps})

    assert [passage.at for passage in lived(both, before)] == [START]
    assert lived(future, before) == []


def test_a_schedule_lets_members_in_each_time() -> None:
    schedule = {"schedule": {"segment": "vip", "at": "09:00", "days": ["monday"]}}
    journey = parse_journey("x", {"enter": schedule, "steps": [{"join": "vip"}]})
    passages = lived(journey, [an_order(1), an_order(2)], until=START + 15 * DAY)

    assert [passage.at for passage in passages] == [START + (4 + week * 7) * DAY + 9 * HOUR for week in range(2)]


def test_who_is_held_out_is_measured_and_nothing_is_done() -> None:
    journey = ready("abandoned_cart", holdout=99)
    events = [a_cart(1, "c", START), a_cart(2, "c", START + DAY, "Order Completed")]
    (passage,) = lived(journey, events)

    assert (passage.ending, passage.steps, passage.converted) == ("held_out", [], START + DAY)


def test_who_never_comes_to_rest_leaves_and_is_not_taken_for_silent() -> None:
    journey = parse_journey(
        "x",
        {
            "enter": {"event": "A"},
            "steps": [{"hold": {"at_most": "14 days", "until": [{"event": "A", "restart": True}]}}, {"join": "vip"}],
        },
    )
    passages = lived(journey, [an_event(hour, name="A", at=START + hour * HOUR) for hour in range(102)])

    assert [(passage.ending, len(passage.steps)) for passage in passages] == [("restless", 101), ("finished", 2)]
    assert passages[1].at == passages[0].ended


def test_a_goal_counts_within_its_time_only() -> None:
    journey = ready("abandoned_cart", holdout=0)
    events = [a_cart(1, "c", START), a_cart(2, "c", START + 7 * DAY + 1, "Order Completed")]

    assert [passage.converted for passage in lived(journey, events)] == [None]


def test_who_is_held_out_may_enter_again_after_the_time_of_the_goal() -> None:
    journey = ready("welcome", holdout=99, enter={"event": "Signed Up"})
    events = [an_event(day, name="Signed Up", at=START + day * DAY) for day in (0, 13, 15)]

    assert [(passage.at - START) // DAY for passage in lived(journey, events)] == [0, 15]


events = st.lists(
    st.builds(
        lambda hour, name, cart: (hour, name, cart),
        st.integers(0, 24 * 30),
        st.sampled_from((*EVENTS, "Product Added")),
        st.sampled_from(["c", "d"]),
    ),
    max_size=15,
    unique_by=lambda one: one[0],
)


def some(made: list[tuple[int, str, str]]) -> list[Event]:
    """Events at full hours."""
    return [a_cart(number, cart, START + hour * HOUR, name) for number, (hour, name, cart) in enumerate(made, start=1)]


@given(journeys, events)
def test_everybody_goes_where_the_walk_leads(definition: dict[str, Any], made: list[tuple[int, str, str]]) -> None:
    try:
        journey = parse_journey("x", definition)
    except DefinitionError:
        assume(condition=False)
    for passage in lived(journey, some(made)):
        way = walk(journey.steps)
        ended = False
        place = next(way)
        for step in (one for one in passage.steps if one.came != "quiet"):
            assert step.place == place.name
            ways = [number for number in range(len(turns(place.step))) if _leads(step.came, number, place.step)]
            assert len(ways) == 1
            try:
                place = way.send(ways[0])
            except StopIteration:
                ended = True
        assert ended == (passage.ending in ("finished", "exit", "moved") and passage.steps != [] and not _cut(passage))


def _cut(passage: Passage) -> bool:
    """Say whether an exit from outside ended it: no step came at that instant that ended the walk."""
    return passage.ending == "exit" and not passage.steps[-1].place.startswith("exit")


def _leads(came: str, number: int, step: Any) -> bool:
    """Read back by which way somebody went, from what is told of it."""
    names = type(step).__name__
    if names in ("Hold", "Branch"):
        last = len(step.ways if names == "Hold" else step.arms)
        return number == (last if came in ("time", "otherwise") else int(came))
    if names == "Split":
        parts = [part.name for part in step.parts]
        return number == (parts.index(came) if came in parts else len(parts))
    if names == "WaitForDate":
        return number == (1 if came == "missing" else 0)
    return number == 0


@given(journeys, events)
def test_no_key_is_under_way_twice_and_time_never_goes_back(
    definition: dict[str, Any], made: list[tuple[int, str, str]]
) -> None:
    try:
        journey = parse_journey("x", definition)
    except DefinitionError:
        assume(condition=False)
    passages = lived(journey, some(made))

    for number, one in enumerate(passages):
        assert [step.at for step in one.steps] == sorted(step.at for step in one.steps)
        assert all(
            other.ended is not None and other.ended <= one.at for other in passages[:number] if other.key == one.key
        )


def silent(orders: list[int], until: int) -> list[int]:
    """When somebody who orders on these days is missed: 14 days after an order, if they did not come back before."""
    return [
        day + 14
        for day, after in zip(orders, [*orders[1:], 10**6], strict=True)
        if after > day + 14 and day + 14 < until
    ]


@given(st.lists(st.integers(0, 110), min_size=1, max_size=12, unique=True).map(sorted))
def test_win_back_writes_two_weeks_after_the_last_order(days: list[int]) -> None:
    journey = parse_journey(
        "x",
        {
            "enter": {"event": "Order Completed"},
            "purpose": "newsletter",
            "steps": [
                {"hold": {"at_most": "14 days", "until": [{"event": "Order Completed", "restart": True}]}},
                {"send": {"channel": "email", "template": "we_miss_you"}},
            ],
        },
    )
    passages = lived(journey, [an_order(day, at=START + day * DAY) for day in days])

    sent = [(step.at - START) // DAY for one in passages for step in one.steps if step.came == "sent"]
    assert sent == silent(days, 120)


def test_a_wait_is_as_long_as_it_says() -> None:
    journey = parse_journey("x", {"enter": {"event": "A"}, "steps": [{"wait": "3 days"}, {"wait": {"until": "09:00"}}]})
    (passage,) = lived(journey, [an_event(1, name="A", at=START + HOUR)])

    assert [step.at for step in passage.steps] == [START + 3 * DAY + HOUR, START + 3 * DAY + 9 * HOUR]
    assert [type(step) for step in journey.steps] == [Wait, WaitForTime]


@pytest.mark.parametrize("until", [START, START + 1])
def test_nothing_happens_after_the_end(until: int) -> None:
    assert lived(ready("welcome"), [an_event(1, name="Signed Up", at=START + HOUR)], until=until) == []
