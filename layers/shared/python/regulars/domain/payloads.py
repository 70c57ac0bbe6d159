"""
What came over the wire, read strictly: one JSON object within limits, meaning the same to every reader.

What breaks the document refuses the request. What is wrong within one event is left in its place and told by
`check`, so that one event can go to quarantine without its batch.
"""

import json
import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from regulars.errors import InvalidEventError, TooLargeError, UnparseableError

MAX_BODY = 1_000_000
MAX_INFLATED = 4_000_000
MAX_EVENT = 512 * 1024  # as JSON, before anything is deflated: every later reader inflates it again
MAX_DEPTH = 16  # the event is at level 1, `properties` at 2, a product in the list `products` at 4
KEPT_DEPTH = 100  # what is deeper is not kept in quarantine either
MAX_VALUES = 10_000
MAX_DIGITS = 38  # what a DynamoDB number holds exactly
_GZIP = 31  # zlib's name for a gzip frame with any window
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_BEYOND: int = 10**MAX_DIGITS
_LETTER = 6  # bytes of JSON at most, as \u0000
_CONTAINERS = (dict, list)
_READABLE = 100  # digits, far beyond what is taken and far below what Python refuses to read
_VALUE = MAX_DIGITS + 10  # bytes at most of a number, or around a text


Container = Mapping[str, Any] | list[Any]


class Ambiguous(dict[str, Any]):
    """
    An object in which a name came twice, holding all values of that name: two readers would see two events.

    `repeated` are those names.
    """

    repeated: Sequence[str] = ()


_NESTED = frozenset({dict, list, Ambiguous})


class LongNumber(str):
    """A whole number of more digits than Python reads, kept as they came: it costs its event and no other."""

    __slots__ = ()


def inflate(body: bytes, encoding: str) -> bytes:
    """
    Undo a Content-Encoding, within the limits.

    Raises TooLargeError, UnparseableError.
    """
    if len(body) > MAX_BODY:
        raise TooLargeError(f"a body has at most {MAX_BODY} bytes: send smaller batches")
    match encoding.strip().lower():
        case "" | "identity":
            return body
        case "gzip" | "x-gzip":
            return _gunzip(body)
    raise UnparseableError("the Content-Encoding is not known: send gzip or leave it out")


def read_object(body: bytes) -> dict[str, Any]:
    """
    Read a body that is one JSON object in UTF-8, with a byte order mark or without.

    Raises UnparseableError.
    """
    try:
        content = parse(body.decode().removeprefix("\ufeff"))
    except UnicodeDecodeError:
        raise UnparseableError("the body is not UTF-8") from None
    except RecursionError:
        raise UnparseableError("the body nests too deep") from None
    except ValueError as error:
        at = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise UnparseableError(f"the body is not JSON{at}") from None
    if not isinstance(content, dict):
        raise UnparseableError("the body is JSON, but no object")
    return content


def parse(text: str, constant: Callable[[str], object] | None = None) -> object:
    """
    Read JSON, remembering what readers disagree on: an `Ambiguous`, a `LongNumber`; NaN and its like go to `constant`.

    Raises ValueError, RecursionError.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=constant)
    except json.JSONDecodeError:
        raise
    except ValueError:  # Python reads no number of more digits than `sys.get_int_max_str_digits` says
        return json.loads(text, object_pairs_hook=_object, parse_constant=constant, parse_int=_whole_number)


def values_in(content: object) -> Iterator[object]:
    """Give every value in content, however deep."""
    waiting: list[object] = [content]
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def check(event: Mapping[str, Any], most: int = MAX_EVENT) -> None:
    """
    Make sure that an event means the same to every reader, can be stored as it is, and has at most so many bytes.

    Raises InvalidEventError.
    """
    flaws: set[str] = set()
    names: list[str] = []
    texts: list[str] = []
    level: list[Container] = [event]
    number, depth = 0, 1
    while level and depth <= MAX_DEPTH:
        number += sum(map(len, level))
        level, depth = _look_through(level, names, texts, flaws), depth + 1
    if level:
        flaws.add("too_deep")
    text = "".join(names + texts)
    if not text.isascii() and not is_whole(text):
        flaws.add("invalid_text")
    number, letters = number + len(names), len(text)
    if number > MAX_VALUES:
        flaws.add("too_many_fields")
    if flaws:
        raise _flaw(min(flaws))  # the same one whatever the order of fields
    if letters > most or (letters * _LETTER + number * _VALUE > most and measure(event) > most):
        raise InvalidEventError("event_too_large", f"an event has at most {MAX_EVENT} bytes: shorten its texts")


def measure(content: object) -> int:
    """Count the bytes of content as JSON without spaces."""
    return len(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def cut(content: object, levels: int = KEPT_DEPTH) -> object:
    """Put an ellipsis in the place of what lies deeper than so many levels: nobody could read it again."""
    if isinstance(content, list):
        return [_cut(value, levels) if isinstance(value, _CONTAINERS) else value for value in content]
    if isinstance(content, dict):
        kept = {n: _cut(value, levels) if isinstance(value, _CONTAINERS) else value for n, value in content.items()}
        return _ambiguous(kept, content.repeated) if isinstance(content, Ambiguous) else kept
    return content


def write(content: object) -> bytes:
    """Write JSON in one form only, whatever order its fields came in; broken text is escaped, never lost."""
    return _ENCODER.encode(content).encode()


def _cut(content: object, levels: int) -> object:
    return cut(content, levels - 1) if levels > 1 else "…"


def _whole_number(digits: str) -> int | LongNumber:
    return int(digits) if len(digits) <= _READABLE else LongNumber(digits)


def _look_through(level: Iterable[Container], names: list[str], texts: list[str], flaws: set[str]) -> list[Container]:
    """Note names, texts and flaws of what containers hold; give the containers within them."""
    within: list[Container] = []
    for container in level:
        if isinstance(container, list):
            values: Iterable[Any] = container
        else:
            names += container
            values = container.values()
            if type(container) is Ambiguous:
                flaws.add("ambiguous_field")
        for value in values:
            kind = type(value)
            if kind is str:
                texts.append(value)
            elif kind in _NESTED:
                within.append(value)
            elif not _is_storable(value):
                flaws.add("invalid_number")
    return within


def _is_storable(value: object) -> bool:
    """Say whether a number, true, false or null means the same everywhere."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return abs(value) < _BEYOND
    return not isinstance(value, LongNumber)


def _flaw(code: str) -> InvalidEventError:
    match code:
        case "ambiguous_field":
            return InvalidEventError("ambiguous_field", "an object names a field twice: name it once")
        case "invalid_number":
            return InvalidEventError(
                "invalid_number", f"a number is finite, a whole one of {MAX_DIGITS} digits at most: send others as text"
            )
        case "invalid_text":
            return InvalidEventError(
                "invalid_text", "a text holds half a character, a lone surrogate: cut texts elsewhere"
            )
        case "too_deep":
            return InvalidEventError("too_deep", f"an event nests at most {MAX_DEPTH} levels")
    return InvalidEventError("too_many_fields", f"an event has at most {MAX_VALUES} names and values")


def is_whole(text: str) -> bool:
    """Say whether a text can be written: half a character, a lone surrogate, cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) == len(pairs):
        return content
    names = Counter(name for name, _ in pairs)
    repeated: dict[str, list[Any]] = {name: [] for name, times in names.items() if times > 1}
    for name, value in pairs:
        if name in repeated:
            repeated[name].append(value)
    return _ambiguous(content | repeated, tuple(repeated))


def _ambiguous(content: dict[str, Any], repeated: Sequence[str]) -> Ambiguous:
    ambiguous = Ambiguous(content)
    ambiguous.repeated = repeated
    return ambiguous


def _gunzip(body: bytes) -> bytes:
    stream = zlib.decompressobj(wbits=_GZIP)
    try:
        inflated = stream.decompress(body, MAX_INFLATED + 1)
    except zlib.error:
        raise UnparseableError("the body is not the gzip that its Content-Encoding says") from None
    if len(inflated) > MAX_INFLATED:
        raise TooLargeError(f"a body inflates to at most {MAX_INFLATED} bytes: send smaller batches")
    if not stream.eof or stream.unused_data:
        raise UnparseableError("the gzip body is cut short or has something after its end")
    return inflated
