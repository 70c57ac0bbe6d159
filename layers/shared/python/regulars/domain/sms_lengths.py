"""How many parts an SMS is sent and paid in: by the alphabet of GSM where that has all its signs, else by UCS-2."""

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")  # two each


@dataclass(frozen=True, slots=True)
class Length:
    """The alphabet, how many signs of it, and how many parts."""

    alphabet: str
    signs: int
    parts: int


def sms_length(text: str) -> Length:
    """Measure a text, as GSM 03.38 has it; a sign of two never lies in two parts."""
    if all(sign in _BASIC or sign in _EXTENDED for sign in text):
        return _length("GSM-7", [2 if sign in _EXTENDED else 1 for sign in text], 160, 153)
    return _length("UCS-2", [2 if ord(sign) > 0xFFFF else 1 for sign in text], 70, 67)


def _length(alphabet: str, weights: list[int], alone: int, each: int) -> Length:
    signs = sum(weights)
    if signs <= alone:
        return Length(alphabet, signs, 1)
    parts, used = 1, 0
    for weight in weights:
        if used + weight > each:
            parts, used = parts + 1, 0
        used += weight
    return Length(alphabet, signs, parts)
