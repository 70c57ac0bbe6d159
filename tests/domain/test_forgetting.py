"""Who is forgotten: whoever nothing arrived of for long, and whoever is unknown and gave no second signal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.events import Mark
from regulars.domain.forgetting import Presence, is_over, is_restricted, may_be_over, presence
from regulars.domain.instants import DAY, HOUR, SECOND
from regulars.domain.parts import Part
from regulars.domain.profiles import Link
from regulars.domain.retention import ANONYMOUS, DEFAULT, SECOND_SIGNAL, Retention
from tests.builders import START, an_event

RULES = Retention()
ONCE = Presence(START, START + SECOND_SIGNAL - 1)


@pytest.mark.parametrize(
    ("found", "known", "after", "over"),
    [
        (ONCE, False, ANONYMOUS, True),
        (ONCE, False, ANONYMOUS - 1, False),
        (ONCE, True, ANONYMOUS, False),
        (Presence(START, START + SECOND_SIGNAL), False, ANONYMOUS, False),
        (Presence(START, START + 9 * DAY), False, DEFAULT, False),
        (Presence(START, START + 9 * DAY), False, DEFAULT + 9 * DAY, True),
        (Presence(START, START + 9 * DAY), True, DEFAULT + 9 * DAY, True),
    ],
)
def test_who_is_forgotten_when(found: Presence, known: bool, after: int, over: bool) -> None:
    assert is_over(found, RULES, START + after, known=known) is over


@given(st.integers(0, 500 * DAY), st.integers(0, 500 * DAY), st.integers(0, 10**17), st.booleans())
def test_who_came_lately_is_never_forgotten(first: int, length: int, now: int, known: bool) -> None:
    found = Presence(START + first, START + first + length)

    assert may_be_over(found.last, RULES, now, known=known) or not is_over(found, RULES, now, known=known)


def test_parts_remember_arrivals_of_events_that_are_gone() -> None:
    event = an_event(arrival=START + DAY)
    part = Part(owner="o", name="p", marks=frozenset({Mark(START + 2 * DAY, b"12345")}), floor=START + HOUR)

    assert presence([event], [part], []) == Presence(START + HOUR, START + 2 * DAY)


def test_where_nothing_else_is_known_the_links_tell() -> None:
    link = Link(owner="o", profile_id="p_o", attached=START + SECOND)

    assert presence([], [], [link]) == Presence(START + SECOND, START + SECOND)
    assert presence([an_event(arrival=START)], [], [link]) == Presence(START, START)


def test_who_is_restricted_is_known_by_a_part() -> None:
    assert is_restricted([Part(owner="o", name="restricted")])
    assert not is_restricted([Part(owner="o", name="traits")])
