"""
Lots: drawn once for each person and each name, and never again.

What is drawn depends on the name of the lots and on the profile that drew first, by a hash: nothing has to be stored to
draw alike twice. Only who was merged has to remember: of several profiles that drew, the first decides for all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from regulars.domain.journeys import Split

LOTS = 10_000  # a hundredth of a percent each
_PERCENT = LOTS // 100
HOLDOUT = "holdout"  # of everybody, whatever the journey


@dataclass(frozen=True, slots=True)
class Draw:
    """A profile drew lots of a name at an instant (microseconds)."""

    by: str
    profile_id: str
    at: int


def first_of(by: str, draws: Iterable[Draw], profile_id: str) -> str:
    """Give the profile whose lot counts: of those that the person was, and that drew, the first; else who they are."""
    drawn = [(draw.at, draw.profile_id) for draw in draws if draw.by == by]
    return min(drawn)[1] if drawn else profile_id


def lot(by: str, profile_id: str) -> int:
    """Draw the lot of a profile, from 0 up to but without LOTS."""
    digest = blake2b(profile_id.encode(), key=by.encode()[:64], digest_size=8).digest()
    return int.from_bytes(digest, "big") % LOTS


def part_of(split: Split, drawn: int) -> int:
    """Say for which part of a split a lot is, by number; the number after the last for none."""
    end = 0
    for number, part in enumerate(split.parts):
        end += part.percent * _PERCENT
        if drawn < end:
            return number
    return len(split.parts)


def is_held_out(percent: int, drawn: int) -> bool:
    """Say whether a lot is among those to whom nothing is done."""
    return drawn < percent * _PERCENT
