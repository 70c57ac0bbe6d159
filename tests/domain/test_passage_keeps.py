"""How long it is kept that somebody went through a journey."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.instants import DAY, SECOND
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_entries import refusal
from regulars.domain.passage_keeps import LEAST, passage_until, stamped
from regulars.domain.passages import Passage
from tests.builders import START

ONE = Passage(owner="user_id:u", journey="j", number=1, id="p", key="k", at=START)


def over(after: int) -> Passage:
    """A passage that ended so long after the entry."""
    return Passage(owner="user_id:u", journey="j", number=1, id="p", key="k", at=START, ended=START + after)


def journey(**asks: Any) -> Any:
    """A journey with these rules of entry, and perhaps a goal."""
    goal = {"goal": asks.pop("goal")} if "goal" in asks else {}
    return parse_journey("j", {"enter": {"event": "A", **asks}, "steps": [{"wait": "1 day"}], **goal})


def test_one_that_goes_on_and_one_of_a_journey_that_nobody_enters_twice_are_kept() -> None:
    assert passage_until(ONE, journey()) is None
    assert passage_until(over(DAY), journey(again="never")) is None


def test_an_archived_journey_asks_for_no_more_than_caps_do() -> None:
    assert passage_until(over(DAY), None) == START + DAY + LEAST


@pytest.mark.parametrize(
    ("asks", "days"),
    [
        ({}, 91),
        ({"again": "200 days"}, 200),
        ({"cool_down": "100 days"}, 100),
        ({"goal": {"event": "B", "within": "95 days"}}, 95),
        ({"again": "30 days"}, 91),
    ],
    ids=["least", "again", "cool down", "goal", "short"],
)
def test_it_is_kept_as_long_as_something_asks_for_it(asks: dict[str, Any], days: int) -> None:
    assert passage_until(over(DAY), journey(**asks)) == START + days * DAY


@given(
    again=st.integers(1, 300), cool_down=st.integers(1, 300), ended=st.integers(0, 300), later=st.integers(0, 400 * DAY)
)
def test_nobody_is_let_in_because_a_row_has_gone(again: int, cool_down: int, ended: int, later: int) -> None:
    rules = journey(again=f"{again} days", cool_down=f"{cool_down} days")
    passage = over(ended * DAY)
    until, now = passage_until(passage, rules), passage.ended + later  # type: ignore[operator]  # it has ended

    assert until is not None
    assert until % SECOND == 0
    if now >= until:  # the row may have gone
        assert refusal(rules.entry, [passage.entered(now)], "k", now) is None


def test_an_end_is_set_once_it_is_known_and_not_taken_away() -> None:
    assert stamped(ONE, journey()).expires is None
    ended = stamped(over(DAY), journey())
    assert ended.expires == START + DAY + LEAST
    assert stamped(ended, journey(again="never")).expires == ended.expires
