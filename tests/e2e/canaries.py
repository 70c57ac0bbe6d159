"""Canaries: values of which no trace may be found, whatever they are written as."""

import hashlib
import json
import re
import zlib
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from urllib.parse import quote, quote_plus

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_DEEPEST = 3


def forms(value: str) -> Iterator[tuple[str, bytes]]:
    """Write a value in every way in which it could lie about: name of the way, bytes to look for."""
    for case, text in (("", value), ("lower ", value.lower()), ("upper ", value.upper())):
        yield f"{case}plain", text.encode()
        yield f"{case}percent", quote(text, safe="").encode()
        yield f"{case}form", quote_plus(text).encode()
        yield f"{case}JSON", json.dumps(text)[1:-1].encode()
        yield f"{case}JSON in JSON", json.dumps(json.dumps(text))[3:-3].encode()
        yield f"{case}UTF-16", text.encode("utf-16-le")
        yield f"{case}hex", text.encode().hex().encode()
        yield f"{case}backwards", text[::-1].encode()
        if "@" in text:
            yield f"{case}domain backwards", ".".join(text.rpartition("@")[2].split(".")[::-1]).encode()
        for name, digest in _digests(text.encode()):
            yield f"{case}{name}", digest.hex().encode()
            yield f"{case}{name} bytes", digest
            yield f"{case}{name} base64", b64encode(digest).rstrip(b"=")
        for offset in range(3):
            yield f"{case}base64", _within_base64(text.encode(), offset)


def find(canaries: Mapping[str, str], content: bytes) -> set[str]:
    """Name the canaries that are in some bytes, and how they are written there."""
    return _find(canaries, b"\n".join(unfold(content)))


def find_all(canaries: Mapping[str, str], things: Iterable[tuple[str, bytes]]) -> list[tuple[str, str]]:
    """Say where canaries are: the place, and which one is written how. Things of one place are searched at once."""
    places: dict[str, list[bytes]] = defaultdict(list)
    for place, content in things:
        places[place].extend(unfold(content))
    return sorted((place, trace) for place, layers in places.items() for trace in _find(canaries, b"\n".join(layers)))


def _find(canaries: Mapping[str, str], content: bytes) -> set[str]:
    return {
        f"{field} ({form})"
        for field, value in canaries.items()
        for form, needle in _needles(value)
        if needle in content
    }


@cache
def _needles(value: str) -> tuple[tuple[str, bytes], ...]:
    return tuple(forms(value))


def unfold(content: bytes, depth: int = 0) -> Iterator[bytes]:
    """Give some bytes, and what is compressed or in base64 within them."""
    yield content
    if depth == _DEEPEST:
        return
    for window in (15, 31, -15):
        with suppress(zlib.error):
            yield from unfold(zlib.decompressobj(window).decompress(content), depth + 1)
    for match in _BASE64.findall(content):
        inner = _decode(match)
        if inner[:1] == b"x" or inner[:2] == b"\x1f\x8b":  # else the forms in base64 find it
            yield from unfold(inner, depth + 1)


def _decode(letters: bytes) -> bytes:
    whole = letters.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    return b64decode(whole[: len(whole) - (len(whole) % 4 == 1)] + b"==")


def _digests(content: bytes) -> Iterator[tuple[str, bytes]]:
    yield "MD5", hashlib.md5(content, usedforsecurity=False).digest()
    yield "SHA-1", hashlib.sha1(content, usedforsecurity=False).digest()
    yield "SHA-256", hashlib.sha256(content).digest()
    yield "SHA-512", hashlib.sha512(content).digest()
    yield "BLAKE2b", hashlib.blake2b(content, digest_size=16).digest()


def _within_base64(content: bytes, offset: int) -> bytes:
    """Write what base64 makes of the content when so many bytes stand before it, without the letters they share."""
    letters = b64encode(b"\0" * offset + content)
    first = (0, 2, 3)[offset]
    return letters[first : (len(content) + offset) * 8 // 6]
