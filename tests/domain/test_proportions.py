"""Shares compared: the numbers of the papers, and laws that hold of all."""

from fractions import Fraction
from itertools import pairwise
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.proportions import Share, adjusted, chance, difference, interval, ratio

shares = st.integers(1, 400).flatmap(lambda whole: st.builds(Share, st.integers(0, whole), st.just(whole)))


@pytest.mark.parametrize(
    ("share", "low", "high"),  # Newcombe (1998), Statistics in Medicine 17, 857-872, method 3
    [
        (Share(81, 263), 0.2553, 0.3662),
        (Share(15, 148), 0.0624, 0.1605),
        (Share(0, 20), 0.0, 0.1611),
        (Share(1, 29), 0.0061, 0.1718),
    ],
)
def test_a_share_is_as_sure_as_newcombe_says(share: Share, low: float, high: float) -> None:
    assert interval(share) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),  # Newcombe (1998), Statistics in Medicine 17, 873-890, method 10
    [
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(6, 7), Share(2, 7), 0.0582, 0.8062),
        (Share(5, 56), Share(0, 29), -0.0381, 0.1926),
        (Share(0, 10), Share(0, 20), -0.1611, 0.2775),
        (Share(0, 10), Share(0, 10), -0.2775, 0.2775),
        (Share(10, 10), Share(0, 20), 0.6791, 1.0),
        (Share(10, 10), Share(0, 10), 0.6075, 1.0),
    ],
)
def test_a_difference_is_as_sure_as_newcombe_says(one: Share, other: Share, low: float, high: float) -> None:
    found = difference(one, other)

    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@given(shares, shares)
def test_an_interval_holds_what_was_seen_and_turns_with_its_groups(one: Share, other: Share) -> None:
    forth, back = difference(one, other), difference(other, one)
    assert forth.high is not None
    assert back.high is not None

    assert -1 - 1e-9 <= forth.low <= forth.value + 1e-12
    assert forth.value - 1e-12 <= forth.high <= 1 + 1e-9
    assert (forth.low, forth.high) == pytest.approx((-back.high, -back.low))


@given(shares, shares)
def test_a_ratio_is_one_within_its_bounds_where_a_difference_is_none(one: Share, other: Share) -> None:
    found, apart = ratio(one, other), difference(one, other)
    if found is None:
        assert other.part == 0
        return
    assert found.high is not None
    assert apart.high is not None
    assert 0 <= found.low <= found.value + 1e-9 <= found.high + 2e-9
    for bound, of_difference in ((found.low - 1, apart.low), (found.high - 1, apart.high)):
        assert bound * of_difference >= -1e-9  # both say more, or both less


def exactly(one: Share, other: Share) -> Fraction:
    """Fisher's test in whole numbers."""
    total, part = one.whole + other.whole, one.part + other.part
    tables = [comb(one.whole, count) * comb(other.whole, part - count) for count in range(min(part, one.whole) + 1)]
    seen = comb(one.whole, one.part) * comb(other.whole, other.part)
    return Fraction(sum(each for each in tables if each <= seen), comb(total, part))


@given(shares, shares)
def test_where_less_than_one_is_expected_the_test_is_fishers(one: Share, other: Share) -> None:
    total, part = one.whole + other.whole, one.part + other.part
    expected = min(one.whole, other.whole) * min(part, total - part) / total

    if part in (0, total):
        assert chance(one, other) == 1
    elif expected < 1:
        assert chance(one, other) == pytest.approx(float(exactly(one, other)), rel=1e-6)


@pytest.mark.parametrize(
    ("one", "other", "squared"),  # (ad - bc)² (N - 1) / (m n r s), Campbell (2007), beside tables of the distribution
    [
        (Share(15, 20), Share(7, 20), 6.303),
        (Share(120, 1_000), Share(90, 1_000), 4.7865),
        (Share(5, 10), Share(5, 10), 0),
    ],
)
def test_else_it_is_the_one_of_campbell(one: Share, other: Share, squared: float) -> None:
    total = one.whole + other.whole
    part = one.part + other.part
    crossed = Fraction((one.part * (other.whole - other.part) - other.part * (one.whole - one.part)) ** 2 * (total - 1))
    assert float(crossed / (one.whole * other.whole * part * (total - part))) == pytest.approx(squared, abs=2e-3)

    # 3.841459 is what one of twenty exceeds, 6.634897 one of a hundred
    assert (chance(one, other) < 0.05) is (squared > 3.841459)
    assert (chance(one, other) < 0.01) is (squared > 6.634897)


@given(shares, shares)
def test_chance_is_the_same_seen_from_either_side(one: Share, other: Share) -> None:
    assert chance(one, other) == pytest.approx(chance(other, one))
    turned = Share(one.whole - one.part, one.whole), Share(other.whole - other.part, other.whole)
    assert chance(*turned) == pytest.approx(chance(one, other))


def test_several_looked_at_together_are_corrected_as_holm_does() -> None:
    assert adjusted([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert adjusted([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_correcting_keeps_the_order_and_makes_nothing_less(chances: list[float]) -> None:
    found = adjusted(chances)

    assert all(one <= other <= 1 for one, other in zip(chances, found, strict=True))
    ordered = [corrected for _, corrected in sorted(zip(chances, found, strict=True))]
    assert all(one <= other for one, other in pairwise(ordered))
