"""
Values in templates: what may stand in a message at all, and how it is written so that it stays what it is.

Whatever a person said of themselves comes here as it was said: markup, control signs, addresses of scripts, megabytes.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Literal
from urllib.parse import quote, urlsplit

from regulars.errors import MissingVariableError

Context = Literal[
    "text",  # of a plain text, an SMS, a subject
    "html",  # of an element, or of an attribute in quotes
    "url",  # a part of an address, in an attribute
    "link",  # a whole address, in an attribute
]
MAX_VALUE = 2_000  # characters
MAX_ITEMS = 100
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Signs that turn the direction of what follows, that nobody sees, or that are no characters.
_UNSEEN = re.compile(
    "[\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_SCHEMES = frozenset({"http", "https"})


class Value:
    """A value of a name, written by the context that is asked for: `value["html"]`."""

    def __init__(self, name: str, text: str | None) -> None:
        self.name = name
        self._text = text

    @property
    def size(self) -> int:
        """How much it is to write it, in characters."""
        return 1 + len(self._text or "")

    def __getitem__(self, context: str) -> str:
        """Write it. Raises MissingVariableError where it has none, KeyError for what is no context."""
        written = _WRITERS[context](self._text or "")
        if not written:
            raise MissingVariableError(self.name)
        return written

    def section(self) -> object:
        """What a section of the name is about: the value, or False where there is none."""
        return self if self._text else False


class Values(Value):
    """A list, of which a section shows each item; by itself it has no value."""

    def __init__(self, name: str, items: Sequence[Value]) -> None:
        super().__init__(name, None)
        self._items = items

    @property
    def size(self) -> int:
        """How much it is to write all of them."""
        return 1 + sum(item.size for item in self._items)

    def section(self) -> object:
        """The items."""
        return self._items


class Zero(Value):
    """A number or a flag that is shown, but whose section is left out."""

    def section(self) -> object:
        """Nothing."""
        return False


def value_of(name: str, raw: object) -> Value:
    """Make a value of what was found under a name; what cannot be shown is no value."""
    if isinstance(raw, list | tuple):
        items = [Value(name, written(one)) for one in raw] if len(raw) <= MAX_ITEMS else []
        return Values(name, [one for one in items if one.section()])
    if raw in (0, False) and not isinstance(raw, str):
        return Zero(name, written(raw))
    return Value(name, written(raw))


def written(raw: object) -> str | None:
    """Write a text, a number, true or false; None for all else, for nothing, and for what is too long."""
    match raw:
        case bool():
            return "true" if raw else "false"
        case int():
            return str(raw) if abs(raw) < 10**18 else None
        case float():
            whole = math.isfinite(raw) and raw.is_integer() and abs(raw) < 10**15
            return str(int(raw)) if whole else repr(raw) if math.isfinite(raw) else None
        case str():
            return cleaned(raw) or None if len(raw) <= MAX_VALUE else None
    return None


def cleaned(raw: str) -> str:
    """Make one line of a text, without signs that nobody sees or that turn what stands beside them."""
    return _BLANK.sub(" ", _UNSEEN.sub("", raw)).strip()


def is_address(text: str) -> bool:
    """Say whether a text is the address of a page: http or https, with a host, and nothing in it that hides one."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    is_clean = not re.search(r"[\s\\<>\"'`{}|^]", text) and "@" not in parts.netloc
    return parts.scheme in _SCHEMES and bool(parts.hostname) and is_clean


def _link(text: str) -> str:
    return escape(text) if is_address(text) else ""


_WRITERS: Mapping[str, Callable[[str], str]] = {
    "text": str,
    "html": escape,
    "url": lambda text: quote(text, safe=""),
    "link": _link,
}
