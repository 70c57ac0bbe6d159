"""Who may enter: over random passages the rules hold, and nobody is refused whom they would let in."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.instants import DAY
from regulars.domain.journey_entries import Entered, hidden, key_of, refusal
from regulars.domain.journeys import Entry, EventEntry
from regulars.domain.segments import Selection

entries = st.builds(
    lambda again, cool_down, at_once: Entry(by=None, open=True, again=again, cool_down=cool_down, at_once=at_once),
    st.one_of(st.none(), st.integers(0, 5)),
    st.integers(0, 4),
    st.integers(1, 3),
)
tries = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(0, 6)), max_size=25)


def holds(entry: Entry, passages: list[Entered], now: int) -> bool:
    """Say whether passages keep all rules, looking at each pair; those under way last up to now."""
    ends = [now + 1 if one.ended is None else one.ended for one in passages]
    for index, one in enumerate(passages):
        earlier = list(zip(passages[:index], ends[:index], strict=True))
        if any(other.key == one.key and end > one.at for other, end in earlier):
            return False
        if any(
            other.key == one.key and (entry.again is None or one.at - other.at < entry.again) for other, _ in earlier
        ):
            return False
        if any(one.at - other.at < entry.cool_down for other, _ in earlier):
            return False
        if sum(end > one.at for _, end in earlier) >= entry.at_once:
            return False
    return True


@given(entries, tries)
def test_lets_in_all_whom_the_rules_let_in_and_nobody_else(entry: Entry, made: list[tuple[str, int, int]]) -> None:
    passages: list[Entered] = []
    lasts: list[int] = []
    now = 0
    for key, later, last in made:
        now += later
        passages = [
            replace(one, ended=one.at + long) if one.ended is None and one.at + long <= now else one
            for one, long in zip(passages, lasts, strict=True)
        ]
        wanted = [*passages, Entered(key, now)]

        may = refusal(entry, passages, key, now) is None

        assert may == holds(entry, wanted, now)
        if may:
            passages, lasts = wanted, [*lasts, last]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (Entry(by=None, again=None), "again"),
        (Entry(by=None, again=30 * DAY), "again"),
        (Entry(by=None, cool_down=30 * DAY), "cool_down"),
        (Entry(by=None), None),
    ],
)
def test_says_why_not(entry: Entry, expected: str | None) -> None:
    assert refusal(entry, [Entered("cart", 0, DAY)], "cart", 10 * DAY) == expected


def test_a_key_that_is_under_way_does_not_enter_again_whatever_else_holds() -> None:
    assert refusal(Entry(by=None, at_once=25), [Entered("cart", 0)], "cart", 400 * DAY) == "under_way"
    assert refusal(Entry(by=None, at_once=1), [Entered("cart", 0)], "other", 400 * DAY) == "at_once"


def test_an_entry_that_is_told_late_is_not_refused_where_nothing_is_asked_between_entries() -> None:
    entry = Entry(by=None, open=True, at_once=2)

    assert refusal(entry, [Entered("a", 10)], "b", 5) is None
    assert refusal(replace(entry, cool_down=3), [Entered("a", 10)], "b", 5) == "cool_down"


numbers = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.integers(-9, 9).map(float))


@given(st.one_of(st.tuples(numbers, numbers), st.tuples(*[st.text("ab", min_size=99, max_size=102)] * 2)))
def test_two_keys_are_one_exactly_where_their_values_are_one(pair: tuple[object, object]) -> None:
    by = EventEntry(Selection(event="Cart Left"), key="cart.id")
    one, other = (key_of(by, said) for said in ({"cart": {"id": pair[0]}}, {"cart.id": pair[1]}))

    assert one is not None
    assert other is not None
    assert (one == other) == (pair[0] == pair[1])
    assert max(len(one), len(other)) <= 100


@pytest.mark.parametrize("said", [None, "", {}, [], ["a"], {"id": "a"}])
def test_what_is_no_value_is_no_key(said: Any) -> None:
    assert key_of(EventEntry(Selection(event="Cart Left"), key="id"), {"id": said}) is None


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("7", "7"),
        (7, "7"),
        (7.0, "7"),
        (-0.0, "0"),
        (1e20, "1" + "0" * 20),
        (12345678901234567890, "12345678901234567890"),
        (True, "true"),
        ("x" * 100, "x" * 100),
        ("x" * 101, hidden("x" * 101)),
        ("~", "~"),
    ],
)
def test_a_value_is_a_key_in_one_form(said: object, key: str) -> None:
    by = EventEntry(Selection(event="Cart Left"), key="id")

    assert key_of(by, {"id": said}) == key
    assert key_of(replace(by, key=None), {"id": said}) == ""
