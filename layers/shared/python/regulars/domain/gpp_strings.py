"""
Decode a string of the Global Privacy Platform: what its sections opt out of, and the TC string within.

Only opt-outs are read, for not to have opted out is no consent. A section that this module cannot read may hold an
opt-out, so it counts as one; so does a child for whom nobody consented.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from regulars.domain.bit_fields import BitFields
from regulars.domain.tc_strings import LONGEST

SALE, SHARING, TARGETED = "sale", "sharing", "targeted_advertising"
CATEGORIES = (SALE, SHARING, TARGETED)
_ALL = frozenset(CATEGORIES)
_TCF, _US_PRIVACY = 2, 6
_MOST_SECTIONS = 100
_OUT, _NO_CONSENT, _NONE = 1, 1, 3  # of two bits; 3 is no value of any of them
_GPC = 1  # the kind of a segment


@dataclass(frozen=True, slots=True)
class _Layout:
    """How many fields of two bits a section has; `outs` are those that opt out, `children` consents for them."""

    notices: int
    outs: tuple[str, ...]
    sensitive: int
    children: int
    others: int = 3  # of the multi-state agreement, and in some one of other uses of data
    versions: tuple[int, ...] = (1,)

    @property
    def bits(self) -> int:
        """How many bits that makes, with the version."""
        return 6 + 2 * (self.notices + len(self.outs) + self.sensitive + self.children + self.others)


_STATE = (SALE, TARGETED)
_LAYOUTS: dict[int, tuple[_Layout, ...]] = {
    # Of the national section the longest that fits: tools wrote the second layout as version 1, too.
    7: (_Layout(6, CATEGORIES, 16, 3, 4, (1, 2)), _Layout(6, CATEGORIES, 12, 2, 4)),
    8: (_Layout(3, (SALE, SHARING), 9, 2, 4),),  # California
    9: (_Layout(3, _STATE, 8, 1),),  # Virginia
    10: (_Layout(3, _STATE, 7, 1),),  # Colorado
    11: (_Layout(4, _STATE, 8, 1),),  # Utah
    12: (_Layout(3, _STATE, 8, 3),),  # Connecticut
    13: (_Layout(3, _STATE, 8, 3, 4),),  # Florida
    14: (_Layout(3, _STATE, 8, 3, 4),),  # Montana
    15: (_Layout(3, _STATE, 11, 3, 4),),  # Oregon
    16: (_Layout(3, _STATE, 8, 1, 4),),  # Texas
    17: (_Layout(3, _STATE, 9, 5, 4),),  # Delaware
    18: (_Layout(4, _STATE, 8, 1),),  # Iowa
    19: (_Layout(3, _STATE, 8, 1, 4),),  # Nebraska
    20: (_Layout(3, _STATE, 8, 3, 4),),  # New Hampshire
    21: (_Layout(3, _STATE, 10, 5, 4),),  # New Jersey
    22: (_Layout(3, _STATE, 8, 1, 4),),  # Tennessee
}


@dataclass(frozen=True, slots=True)
class GppString:
    """What a string opts out of, and the TC string that it holds."""

    opted_out: frozenset[str]
    tcf: str | None


@lru_cache(maxsize=128)  # a page says the same string with each of its events
def decode(text: str) -> GppString:
    """Decode a string. Raises ValueError."""
    if len(text) > LONGEST:
        raise ValueError("a string of the GPP is shorter")
    header, *sections = text.split("~")
    ids = _ids(BitFields(header))
    if not ids or len(ids) != len(sections):
        raise ValueError("the header of the GPP names each section, and nothing else")
    named = dict(zip(ids, sections, strict=True))
    opted_out = frozenset[str]().union(*(_opted_out(id, section) for id, section in named.items() if id != _TCF))
    return GppString(opted_out, named.get(_TCF))


def _ids(fields: BitFields) -> Sequence[int]:
    if (fields.number(6), fields.number(6)) != (3, 1):
        raise ValueError("a string of the GPP is of its version 1")
    ids: list[int] = []
    for _ in range(fields.number(12)):
        is_range = fields.number(1)
        first = (ids[-1] if ids else 0) + fields.fibonacci()
        last = first + (fields.fibonacci() if is_range else 0)
        if last - first >= _MOST_SECTIONS or len(ids) >= _MOST_SECTIONS:
            raise ValueError("the header of the GPP names too many sections")
        ids += range(first, last + 1)
    fields.end()
    return ids


def _opted_out(id: int, section: str) -> Iterable[str]:
    if id == _US_PRIVACY:
        return _us_privacy(section)
    layouts = _LAYOUTS.get(id)
    if layouts is None:
        return _ALL
    core, *segments = section.split(".")
    layout = next((each for each in layouts if len(core) * 6 >= each.bits), None)
    if layout is None or len(segments) > 1:
        raise ValueError("a section of the GPP is cut short, or has more than its segments")
    return _core(BitFields(core), layout) | (_gpc(BitFields(segments[0])) if segments else frozenset())


def _core(fields: BitFields, layout: _Layout) -> frozenset[str]:
    if fields.number(6) not in layout.versions:
        raise ValueError("a section of the GPP is of a version that is known")
    sizes = (layout.notices, len(layout.outs), layout.sensitive, layout.children, layout.others)
    _, outs, _, children, _ = [[fields.number(2) for _ in range(size)] for size in sizes]
    fields.end()
    if _NONE in (*outs, *children):
        raise ValueError("a field of the GPP is none of its values")
    if _NO_CONSENT in children:
        return _ALL
    return frozenset(name for name, value in zip(layout.outs, outs, strict=True) if value == _OUT)


def _gpc(fields: BitFields) -> frozenset[str]:
    if fields.number(2) != _GPC:
        raise ValueError("a section of the GPP has a segment that nobody knows")
    signals = fields.number(1)
    fields.end()
    return _ALL if signals else frozenset()


def _us_privacy(text: str) -> frozenset[str]:
    if len(text) != 4 or text[0] != "1" or any(letter not in "YN-" for letter in text[1:].upper()):
        raise ValueError("a US privacy string is 1 and three of Y, N and -")
    return frozenset({SALE, SHARING}) if text[2] in "Yy" else frozenset()
