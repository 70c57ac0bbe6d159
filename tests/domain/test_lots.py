"""Lots: the same person draws the same, merged or not, and parts are as large as they say."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.journeys import Part, Split
from regulars.domain.lots import LOTS, Draw, first_of, is_held_out, lot, part_of

SPLIT = Split("s", (Part("a", 30, ()), Part("b", 50, ())), "test")


def test_parts_are_as_large_as_they_say() -> None:
    counts = Counter(part_of(SPLIT, drawn) for drawn in range(LOTS))

    assert counts == {0: 3_000, 1: 5_000, 2: 2_000}
    assert sum(is_held_out(10, drawn) for drawn in range(LOTS)) == 1_000


def test_people_are_spread_over_the_lots_evenly_and_each_name_spreads_them_anew() -> None:
    people = [f"p_user_id:{number:05}" for number in range(20_000)]
    first, second = (Counter(part_of(SPLIT, lot(by, one)) for one in people) for by in ("one", "two"))
    both = Counter((part_of(SPLIT, lot("one", one)), part_of(SPLIT, lot("two", one))) for one in people)

    for counts in (first, second):
        assert all(abs(counts[part] / 20_000 - share) < 0.012 for part, share in enumerate((0.3, 0.5, 0.2)))
    assert abs(both[0, 0] / 20_000 - 0.09) < 0.01  # of one who is in a part of one, nothing is known of the other


@given(st.lists(st.builds(Draw, st.sampled_from(["x", "y"]), st.sampled_from("abc"), st.integers(0, 9))), st.randoms())
def test_of_those_who_were_merged_the_first_that_drew_decides(draws: list[Draw], random: Random) -> None:
    shuffled = list(draws)
    random.shuffle(shuffled)
    firsts = sorted((draw.at, draw.profile_id) for draw in draws if draw.by == "x")

    assert first_of("x", shuffled, "z") == (firsts[0][1] if firsts else "z")
