"""Blocked values: what programs send as an identifier when they know nobody."""

import re
import unicodedata
from dataclasses import dataclass

from regulars.domain.patterns import matches

# Values that programs send when they know nobody; collected by PostHog and Segment from years of merged strangers.
ILLEGAL_VALUES = frozenset(
    "anonymous guest distinctid distinct_id id not_authenticated email undefined true false nan none null nil"
    " -1".split()
) | {"object object", "object null", "object undefined"}  # as JavaScript writes an object, in brackets
_BRACKETS = frozenset("Ps Pe Pi Pf".split())  # and quotes of any script that has an opening and a closing one
_QUOTES = frozenset("'\"`\u00b4\u02b9\u02ba\u02bb\u02bc\u02bd\u2032\u2033\u2034\u2035\u2036\u2037<>\\")
# Unicode's Default_Ignorable_Code_Points, and the blank of Braille.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Blocked:
    """What a definition blocks: values, in small letters, and patterns that are found in values."""

    texts: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()

    def has(self, value: str, bare: str) -> bool:
        """Say whether a value is blocked, as it came or laid bare."""
        if self.texts and (bare.lower() in self.texts or value.lower() in self.texts):
            return True
        return any(matches(pattern, text) for pattern in self.patterns for text in dict.fromkeys((value, bare)))


NOTHING = Blocked()


def is_blocked(value: str, *blocked: Blocked) -> bool:
    """Say whether a value names nobody, however it is quoted, padded, widened or cased."""
    bare = _bare(value)
    plain = bare.lower()
    if not plain.strip("0-") or (not plain.isprintable() and _CONTROL.search(plain)):
        return True
    return plain in ILLEGAL_VALUES or any(one.has(value, bare) for one in blocked)


def _bare(value: str) -> str:
    """Take away what is not seen, and the quotes and brackets around a value."""
    if value.isascii() and value[:1].isalnum() and value[-1:].isalnum():
        return value
    seen = _without_quotes(_UNSEEN.sub("", value))
    return _without_quotes(unicodedata.normalize("NFKC", seen))


def _without_quotes(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _is_quote(text[start]):
        start += 1
    while start < end and _is_quote(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_quote(letter: str) -> bool:
    return letter in _QUOTES or letter.isspace() or unicodedata.category(letter) in _BRACKETS
