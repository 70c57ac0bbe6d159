"""
Checks: what a condition asks of one value, that of a trait, of a property, or of what events add up to.

A value is what JSON holds. A check of another type than its value is false, whatever it asks: text is never a number.
Numbers are compared as doubles, and no check compares with one beyond ±10^15; text by its code points, case and all.
"""

from dataclasses import dataclass, field
from typing import Literal, get_args

from regulars.domain.dates import Dated

Comparison = Literal["equals", "at_least", "at_most", "more_than", "less_than"]
COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
Plain = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Compares:
    """A number or a text beside another; true and false are only ever equal."""

    how: Comparison
    value: Plain
    kind: str = field(init=False, repr=False)  # 1, 1.0 and true are equal to Python, and three checks

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", type(self.value).__name__)


@dataclass(frozen=True, slots=True)
class IsIn:
    """Equal to one of these; of a list, one of its items is."""

    values: tuple[Plain, ...]
    kinds: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", tuple(type(value).__name__ for value in self.values))


@dataclass(frozen=True, slots=True)
class Contains:
    """A text that contains this text; a list with an item equal to this value."""

    value: Plain
    kind: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", type(self.value).__name__)


@dataclass(frozen=True, slots=True)
class Affixed:
    """A text that starts or ends with another."""

    how: Literal["starts_with", "ends_with"]
    text: str


@dataclass(frozen=True, slots=True)
class Matches:
    """
    A text in which a pattern is found, anywhere unless it says `^` or `$`.

    Digits, words and their boundaries are those of ASCII; spaces are all that there are.
    """

    pattern: str


@dataclass(frozen=True, slots=True)
class Exists:
    """There is a value (null is none), or there is none."""

    truth: bool


@dataclass(frozen=True, slots=True)
class Before:
    """A date before another: its instant, of a day its first, is earlier."""

    date: Dated


@dataclass(frozen=True, slots=True)
class NotBefore:
    """A date that is not before another."""

    date: Dated


@dataclass(frozen=True, slots=True)
class Recent:
    """A date within this long (microseconds) before now, (now - length, now], or after it, (now, now + length]."""

    how: Literal["within_last", "within_next"]
    length: int


@dataclass(frozen=True, slots=True)
class Anniversary:
    """
    A date whose month and day come round today or within so many more calendar days (0: only today), or did.

    February 29 comes round on February 28 where there is none. The first time is its own day.
    """

    how: Literal["within_last", "within_next"]
    days: int


Check = Compares | IsIn | Contains | Affixed | Matches | Exists | Before | NotBefore | Recent | Anniversary
TIMELESS = (Compares, IsIn, Contains, Affixed, Matches, Exists, Before, NotBefore)  # whatever time it is
