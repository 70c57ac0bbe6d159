"""Consent strings as tools write them: of the TCF and the GPP."""

from collections.abc import Mapping, Sequence

from regulars.domain.instants import SECOND

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_FIBONACCI = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89)


def letters(bits: str) -> str:
    """Write bits as base64 for URLs, filled up with zeros."""
    bits += "0" * (-len(bits) % 6)
    return "".join(_LETTERS[int(bits[at : at + 6], 2)] for at in range(0, len(bits), 6))


def tcf(*purposes: int, version: int = 2, made: int = 0, discloses: bool = False, more: str = "") -> str:
    """A TC string that allows these purposes; `made` is in microseconds."""
    tenths = f"{made // (SECOND // 10):036b}"
    allowed = "".join("1" if number in purposes else "0" for number in range(1, 25))
    vendors = f"{3:016b}" + "0" + "101"
    ranges = f"{9:016b}" + "1" + f"{2:012b}" + "0" + f"{3:016b}" + "1" + f"{5:016b}{8:016b}"
    restrictions = f"{1:012b}" + f"{2:06b}{0:02b}" + f"{1:012b}" + "0" + f"{7:016b}"
    core = f"{version:06b}" + tenths * 2 + "0" * 74 + allowed + "0" * 37 + vendors + ranges + restrictions
    segments = [letters(core), letters("011" + "0" * 54)]
    if discloses:
        segments.insert(1, letters("001" + vendors))
    return ".".join(segments) + more


def gpp(sections: Mapping[int, str]) -> str:
    """A GPP string of these sections, by id."""
    bits, last = f"{3:06b}{1:06b}{len(sections):012b}", 0
    for id in sorted(sections):
        bits += "0" + fibonacci(id - last)
        last = id
    return "~".join([letters(bits), *(sections[id] for id in sorted(sections))])


def fibonacci(number: int) -> str:
    """Write a number in Fibonacci coding."""
    parts: list[int] = []
    for value in reversed(_FIBONACCI):
        if value <= number:
            number -= value
            parts.append(value)
    return "".join("1" if value in parts else "0" for value in _FIBONACCI if value <= parts[0]) + "1"


def section(*fields: int, version: int = 1, gpc: bool | None = None) -> str:
    """A section of fields of two bits each."""
    core = letters(f"{version:06b}" + "".join(f"{value:02b}" for value in fields))
    return core if gpc is None else f"{core}.{letters('01' + str(int(gpc)))}"


def national(outs: Sequence[int], *, child: int = 0, gpc: bool | None = None, size: int = 12) -> str:
    """The national section with what it opts out of: sale, sharing, targeted advertising."""
    children = (child, 0) if size == 12 else (child, 0, 0)
    return section(1, 1, 1, 1, 0, 0, *outs, *(0,) * size, *children, 0, 1, 0, 0, gpc=gpc)
