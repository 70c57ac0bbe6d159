"""
Two shares compared: how sure one can be of each, of difference and ratio, and how likely chance alone explains it.

Intervals are made of score intervals (Wilson 1927): of a difference as Newcombe does (1998, method 10), of a ratio as
Donner and Zou (2012). The test is the chi-squared one with N - 1 (Campbell 2007), and Fisher's where a number is
expected that is below one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, lgamma, sqrt

Z = 1.959963984540054  # of 95 % of a normal distribution, both sides
_TIES = 1 + 1e-7  # what is as likely as what was seen, but for rounding


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    part: int
    whole: int

    @property
    def rate(self) -> float:
        """The part of one; 0 of nobody."""
        return self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, and between which bounds it lies in 95 of 100 such cases; `high` is None where nothing bounds it."""

    value: float
    low: float
    high: float | None


def interval(share: Share) -> tuple[float, float]:
    """Give the score interval of a share; that of nobody may be anything."""
    if not share.whole:
        return 0.0, 1.0
    n, p, square = share.whole, share.rate, Z * Z
    middle, spread = p + square / (2 * n), Z * sqrt((p * (1 - p) + square / (4 * n)) / n)
    low, high = (middle - spread) / (1 + square / n), (middle + spread) / (1 + square / n)
    return 0.0 if share.part == 0 else low, 1.0 if share.part == n else high


def difference(one: Share, other: Share) -> Estimate:
    """Say by how much the first share is the greater one."""
    (low, high), (other_low, other_high) = interval(one), interval(other)
    value = one.rate - other.rate
    below = sqrt((one.rate - low) ** 2 + (other_high - other.rate) ** 2)
    above = sqrt((high - one.rate) ** 2 + (other.rate - other_low) ** 2)
    return Estimate(value, value - below, value + above)


def ratio(one: Share, other: Share) -> Estimate | None:
    """Say how many times as great the first share is; None where the other one is nothing."""
    if not other.part:
        return None
    (low, high), (other_low, other_high) = interval(one), interval(other)
    both = one.rate * other.rate
    down = sqrt(max(0.0, both**2 - low * other_high * (2 * one.rate - low) * (2 * other.rate - other_high)))
    below = 2 * other.rate - other_high
    up = sqrt(max(0.0, both**2 - high * other_low * (2 * one.rate - high) * (2 * other.rate - other_low)))
    close = low * (2 * one.rate - low) / (2 * both) if both else 0.0  # what it comes to where `below` is nothing
    least = (both - down) / (other_high * below) if abs(below) > 1e-9 else close
    return Estimate(one.rate / other.rate, max(0.0, least), (both + up) / (other_low * (2 * other.rate - other_low)))


def chance(one: Share, other: Share) -> float:
    """Say how likely shares so different, or more, are where nothing but chance makes them differ; both sides."""
    total, part = one.whole + other.whole, one.part + other.part
    if not one.whole or not other.whole or part in (0, total):
        return 1.0
    expected = min(one.whole, other.whole) * min(part, total - part) / total
    if expected < 1:
        return _exactly(one, total, part)
    crossed = one.part * (other.whole - other.part) - other.part * (one.whole - one.part)
    squared = crossed**2 * (total - 1) / (one.whole * other.whole * part * (total - part))
    return erfc(sqrt(squared / 2))


def adjusted(chances: Sequence[float]) -> list[float]:
    """Correct several of them that are looked at together (Holm 1979)."""
    found, least = [0.0] * len(chances), 0.0
    for rank, index in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        least = max(least, min(1.0, chances[index] * (len(chances) - rank)))
        found[index] = least
    return found


def _exactly(one: Share, total: int, part: int) -> float:
    """Add up all that is as likely as what was seen, or less."""
    first, last = max(0, part - (total - one.whole)), min(part, one.whole)

    def likely(count: int) -> float:
        ways = _choose(one.whole, count) + _choose(total - one.whole, part - count)
        return exp(ways - _choose(total, part))

    seen = likely(one.part) * _TIES
    return min(1.0, sum(each for count in range(first, last + 1) if (each := likely(count)) <= seen))


def _choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
