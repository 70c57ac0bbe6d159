"""
Which fields of a call are personal, and so never stored in clear: the default classification of the platform.

Personal are Segment's reserved traits, address and browser, the query of a URL, free text, and, wherever it stands, a
text that looks like an e-mail address or holds one of the call's own identifiers.
"""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from regulars.domain.numbers import to_amount

PERSONAL_TRAITS = frozenset(
    "address age avatar birth_date birthday city company date_of_birth description email first_name full_name gender id"
    " ip last_name mobile name nick_name nickname phone phone_number postal_code state street surname title user_name"
    " username website zip zip_code".split()
)
FREE_TEXT = frozenset(
    "query message comment comments review body text note notes feedback answer reason search".split()
)
CLEAR_CONTEXT = frozenset(
    "active app campaign consent consentManagement direct groupId import library locale network os protocols screen"
    " sessionId timezone".split()
)
AMOUNTS = frozenset("cost currency discount price quantity revenue shipping subtotal tax total value".split())
_LONG = 8  # a shorter identifier, say 100 or ann, stands inside other texts by chance: only the whole value tells it
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """A call in two: what may be stored in clear, and what is sealed."""

    properties: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    personal_properties: Mapping[str, Any] = field(default_factory=dict)
    personal_traits: Mapping[str, Any] = field(default_factory=dict)
    personal_context: Mapping[str, Any] = field(default_factory=dict)


def is_personal_trait(name: str) -> bool:
    """Say whether a trait of this name is kept sealed."""
    plain = _plain(name)
    return plain in PERSONAL_TRAITS or plain in FREE_TEXT


def is_personal_property(name: str) -> bool:
    """Say whether a property of this name is kept sealed; names such as `name` or `title` mean a product there."""
    plain = _plain(name)
    return plain in FREE_TEXT or plain in PERSONAL_TRAITS - {
        "name",
        "title",
        "id",
        "description",
        "state",
    }


def sort_fields(
    properties: Mapping[str, Any],
    traits: Mapping[str, Any],
    context: Mapping[str, Any],
    identifiers: Sequence[str],
    *,
    also: Container[str] = (),
) -> Sorted:
    """
    Sort the fields of a call into clear and personal; `identifiers` are its own identifier values.

    `also` names properties that are personal in this call.
    """
    own = tuple(value for value in identifiers if len(value) > 2)
    private = {
        name: name in also
        or is_personal_property(name)
        or _tells(name, own)
        or (_tells(value, own) and not _is_amount(name, value))
        for name, value in properties.items()
    }
    personal = {
        name: is_personal_trait(name) or _tells(name, own) or _tells(value, own) for name, value in traits.items()
    }
    clear_context, personal_context = _sort_context(context, own)
    cut = {name: shown for name, value in properties.items() if not private[name] and (shown := _cut_url(value))}
    private |= dict.fromkeys(cut, True)
    return Sorted(
        properties={name: value for name, value in properties.items() if not private[name]} | cut,
        personal_properties={name: value for name, value in properties.items() if private[name]},
        traits={name: value for name, value in traits.items() if not personal[name]},
        personal_traits={name: value for name, value in traits.items() if personal[name]},
        context=clear_context,
        personal_context=personal_context,
    )


def tells(value: object, identifiers: Sequence[str]) -> bool:
    """Say whether a value, however nested, shows an e-mail address or one of these identifiers."""
    return _tells(value, tuple(text for text in identifiers if len(text) > 2))


def _sort_context(context: Mapping[str, Any], own: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    clear: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    for name, value in context.items():
        if name in CLEAR_CONTEXT and not _tells(value, own):
            clear[name] = value
        else:
            personal[name] = value
    page = personal.get("page")
    if isinstance(page, Mapping):
        path = page.get("path")
        if isinstance(path, str) and not _tells(path, own):
            clear["page"] = {"path": path}
    return clear, personal


def _cut_url(value: object) -> str | None:
    """Give a URL without query and fragment; None for what is no URL or has neither."""
    if not isinstance(value, str) or "://" not in value[:12]:
        return None
    shown = value.split("?", 1)[0].split("#", 1)[0]
    return shown if shown != value else None


def _tells(value: object, own: tuple[str, ...]) -> bool:
    if isinstance(value, str):
        if "%" in value and (plain := _unquoted(value)) != value and _tells(plain, own):
            return True
        return ("@" in value and _EMAIL.search(value) is not None) or any(_shows(value, text) for text in own)
    if isinstance(value, Mapping):
        return any(_tells(key, own) or _tells(inner, own) for key, inner in value.items())
    if isinstance(value, list):
        return any(_tells(inner, own) for inner in value)
    return False


def _unquoted(text: str) -> str:
    """Undo percent signs, also twice and three times; who hides deeper than that hides from everybody."""
    for _ in range(3):
        if (plain := unquote(text)) == text:
            break
        text = plain
    return text.replace("%", "")


def _shows(value: str, identifier: str) -> bool:
    return identifier in value if len(identifier) >= _LONG else identifier == value


def _is_amount(name: str, value: object) -> bool:
    return _plain(name) in AMOUNTS and to_amount(value) is not None


def _plain(name: str) -> str:
    return _HUMP.sub("_", name).replace("-", "_").replace(" ", "_").lower()
