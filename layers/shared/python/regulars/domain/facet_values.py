"""How facets are made of the value of a personal trait; loaded only where a tracking plan names one."""

import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any

from regulars.domain.base32 import to_base32
from regulars.domain.calendars import Calendar, date_of
from regulars.domain.dates import read_date
from regulars.domain.facets import Facet, name_of
from regulars.domain.identifiers import normalise
from regulars.domain.telling import Own, text_tells

_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_PHONE = re.compile(r"(?:\+|00)([1-9][0-9]{5,14})")
_AROUND_DIGITS = re.compile(r"[\s()./-]")
_ONE_DIGIT = ("1", "7")
_TWO_DIGITS = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86"
    " 90 91 92 93 94 95 98".split()
)


def facets_of(
    planned: Mapping[str, Iterable[Facet]], personal: Mapping[str, Any], own: Own, hash_key: bytes
) -> dict[str, str | None]:
    """
    Make the planned facets of personal traits; None for one that a value has not: then an older one counts no more.

    What shows an identifier of the event itself is left out, too.
    """
    made: dict[str, str | None] = {}
    for trait in planned.keys() & personal.keys():
        for facet in planned[trait]:
            found = _hash(trait, personal[trait], hash_key) if facet == "hash" else _MAKERS[facet](personal[trait])
            made[name_of(trait, facet)] = None if found is not None and text_tells(found, own) else found
    return made


def hash_of(trait: str, text: str, hash_key: bytes) -> str:
    """Hash a value of a trait in its normal form, as the door does."""
    told = f"{trait}\0{text}".encode()
    return to_base32(blake2b(told, digest_size=16, key=hash_key, person=b"facet").digest())


def normal_form(value: object) -> str | None:
    """Bring a value to the form in which it is hashed: trimmed, composed, and an address in small letters."""
    return normalise("email" if isinstance(value, str) and "@" in value else "text", value)


def _hash(trait: str, value: object, hash_key: bytes) -> str | None:
    text = normal_form(value)
    return hash_of(trait, text, hash_key) if text is not None else None


def _domain(value: object) -> str | None:
    before, at, domain = value.strip().rpartition("@") if isinstance(value, str) else ("", "", "")
    if not before or not at:
        return None
    try:
        plain = domain.lower() if domain.isascii() else domain.encode("idna").decode().lower()
    except UnicodeError:
        return None
    return plain if _DOMAIN.fullmatch(plain) else None


def _country(value: object) -> str | None:
    said = value.get("country") if isinstance(value, Mapping) else value
    return said.strip().upper() if isinstance(said, str) and _COUNTRY.fullmatch(said.strip()) else None


def _calling_code(value: object) -> str | None:
    found = _PHONE.fullmatch(_AROUND_DIGITS.sub("", value)) if isinstance(value, str) and len(value) <= 40 else None
    if found is None:
        return None
    digits = found[1]
    length = 1 if digits[0] in _ONE_DIGIT else 2 if digits[:2] in _TWO_DIGITS else 3
    return f"+{digits[:length]}"


def _month_day(value: object) -> str | None:
    day = _day(value)
    return f"2000{day[4:]}" if day else None


def _year(value: object) -> str | None:
    day = _day(value)
    return day[:4] if day else None


def _day(value: object) -> str | None:
    dated = read_date(value)
    return date_of(dated.day(Calendar())).isoformat() if dated else None


_MAKERS: Mapping[str, Callable[[object], str | None]] = {
    "domain": _domain,
    "country": _country,
    "calling_code": _calling_code,
    "month_day": _month_day,
    "year": _year,
}
