"""What tells a person, wherever it stands: an e-mail address, or one of the identifiers of the event itself."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote

LONG = 8  # a shorter identifier, say 100 or ann, stands inside other texts by chance: only the whole value tells it
_SHORTEST = 3
# Not logo@2x.png, the name of a picture in double size.
_EMAIL = re.compile(r"[^\s@]{1,64}@(?!\dx\.(?:png|jpe?g|webp|gif|svg|avif)\b)[^\s@]{1,255}")
_INVISIBLE = ("Cf", "Mn")
_DIGITS = re.compile(r"[1-9][0-9]{2,37}")


@dataclass(frozen=True, slots=True)
class Own:
    """The identifiers of an event in the form in which they are looked for: whole values, and parts of texts."""

    whole: frozenset[str] = frozenset()
    parts: tuple[str, ...] = ()
    numbers: frozenset[int] = frozenset()

    @classmethod
    def of(cls, identifiers: Iterable[str]) -> Self:
        """Prepare to look for identifiers; of one or two letters there is none to be told."""
        plain = frozenset([plain for text in identifiers if len(plain := _plain(text)) >= _SHORTEST])
        return cls(
            whole=plain,
            parts=tuple(sorted([text for text in plain if len(text) >= LONG])),
            numbers=frozenset([int(text) for text in plain if _DIGITS.fullmatch(text)]),
        )

    def may_be_in(self, written: str) -> bool:
        """Say at a glance whether written content may tell somebody: most does not, and need not be looked through."""
        if "@" in written or "%" in written or "\\" in written or "e+" in written or not written.isascii():
            return True
        plain = written.lower()
        for text in self.whole:  # noqa: SIM110 - a generator would cost more than all it looks at
            if text in plain:
                return True
        return False

    def only_long(self) -> "Own":
        """Leave out those that stand inside other texts by chance."""
        if not self.parts:
            return _NOBODY
        long = frozenset(self.parts)
        return type(self)(long, self.parts, frozenset(number for number in self.numbers if str(number) in long))


_NOBODY = Own()


def tells(value: object, own: Own) -> bool:
    """Say whether a value, however nested, shows an e-mail address or one of these identifiers."""
    if isinstance(value, str):
        return text_tells(value, own)
    if isinstance(value, Mapping):
        return any(text_tells(key, own) or tells(inner, own) for key, inner in value.items())
    if isinstance(value, list):
        return any(tells(inner, own) for inner in value)
    return number_tells(value, own)


def text_tells(text: str, own: Own) -> bool:
    """Say whether a text shows an e-mail address or one of these identifiers, in any case and however escaped."""
    if "%" in text and (unquoted := _unquoted(text)) != text and text_tells(unquoted, own):
        return True
    plain = text.lower() if text.isascii() else _plain(text)
    if "@" in plain and _EMAIL.search(plain):
        return True
    if len(plain) >= LONG:
        for part in own.parts:
            if part in plain:
                return True
    return plain in own.whole or plain.strip() in own.whole


def number_tells(value: object, own: Own) -> bool:
    """Say whether a number is one of these identifiers."""
    return bool(own.numbers) and isinstance(value, int | float) and value in own.numbers


def _plain(text: str) -> str:
    """Bring a text to the form in which it is compared: no case, no width, no marks and nothing invisible."""
    if text.isascii():
        return text.lower().strip()
    wide = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in wide if unicodedata.category(letter) not in _INVISIBLE).casefold().strip()


def _unquoted(text: str) -> str:
    """Undo percent signs, also twice and three times; who hides deeper than that hides from everybody."""
    for _ in range(3):
        if (plain := unquote(text)) == text:
            break
        text = plain
    return text.replace("%", "")
