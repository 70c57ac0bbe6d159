"""
Decode a TC string of version 2 of the Transparency and Consent Framework, whole and strictly.

Since TCF 2.3 a string says which vendors were disclosed: one that was made when that had become a duty and does not say
it cannot be trusted. A tool asks again after thirteen months, so an older string is nobody's decision any more.
"""

from dataclasses import dataclass
from functools import lru_cache

from regulars.domain.bit_fields import BitFields
from regulars.domain.instants import DAY

PURPOSES = 24
LONGEST = 20_000  # characters; those of hundreds of vendors have a thousand
MONTHS_13 = 396 * DAY
SKEW = DAY  # strings tell the day, of a clock that may be ahead
DISCLOSED_SINCE = 1_772_323_200_000_000  # 1 March 2026: TCF 2.2 ended on the day before
_TENTHS = 100_000  # microseconds: instants in a string are tenths of seconds
_MOST_VENDORS = 65_535
_DISCLOSED, _ALLOWED, _PUBLISHER = 1, 2, 3


@dataclass(frozen=True, slots=True)
class TcString:
    """What a string says of purposes, `1` to `24` in their order; when it was made (microseconds); and of vendors."""

    consents: tuple[bool, ...]
    made: int
    discloses: bool

    def is_valid(self, at: int | None) -> bool:
        """Say whether it can be believed at an instant (microseconds)."""
        if self.made >= DISCLOSED_SINCE and not self.discloses:
            return False
        return at is None or self.made - SKEW <= at <= self.made + MONTHS_13


@lru_cache(maxsize=128)  # a page says the same string with each of its events
def decode(text: str) -> TcString:
    """Decode a string. Raises ValueError."""
    if len(text) > LONGEST:
        raise ValueError("a consent string is shorter")
    core, *segments = text.split(".")
    consents, made = _core(BitFields(core))
    kinds = [_segment(BitFields(segment)) for segment in segments]
    if len({*kinds}) < len(kinds):
        raise ValueError("a consent string has each segment once")
    return TcString(consents, made, _DISCLOSED in kinds)


def _core(fields: BitFields) -> tuple[tuple[bool, ...], int]:
    if fields.number(6) != 2:
        raise ValueError("a consent string is of version 2 of the TCF")
    created, updated = fields.number(36), fields.number(36)
    if updated < created:
        raise ValueError("a consent string is changed after it is made")
    fields.number(12 + 12 + 6 + 12 + 12 + 6)  # tool, its version, screen, language, list of vendors, policy
    fields.number(1 + 1 + 12)  # of one service only, stacks, special features
    consents = fields.flags(PURPOSES)
    fields.number(PURPOSES + 1 + 12)  # legitimate interests, treatment of purpose one, country
    _vendors(fields)
    _vendors(fields)
    for _ in range(fields.number(12)):  # restrictions of the publisher
        fields.number(6 + 2)
        fields.skip_ids(_MOST_VENDORS)
    fields.end()
    return consents, updated * _TENTHS


def _segment(fields: BitFields) -> int:
    kind = fields.number(3)
    if kind in (_DISCLOSED, _ALLOWED):
        _vendors(fields)
    elif kind == _PUBLISHER:
        fields.number(PURPOSES * 2)
        fields.number(2 * fields.number(6))
    else:
        raise ValueError("a consent string has a segment that nobody knows")
    fields.end()
    return kind


def _vendors(fields: BitFields) -> None:
    most, is_range = fields.number(16), fields.number(1)
    if is_range:
        fields.skip_ids(most)
    else:
        fields.number(most)
