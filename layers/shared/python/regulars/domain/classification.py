"""
Which fields of a call are personal, and so never stored in clear: the default classification of the platform.

Personal is what has a personal name, the query of a URL, and, wherever it stands, what looks like an e-mail address or
holds one of the call's own identifiers. Of a property that is personal in parts only, an address in a list of products
say, the rest stays in clear; the whole of it is sealed.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regulars.domain import telling
from regulars.domain.numbers import to_amount
from regulars.domain.personal_names import is_amount_name, is_personal_property, is_personal_trait
from regulars.domain.telling import Own, number_tells, text_tells
from regulars.domain.urls import without_query

CLEAR_CONTEXT = frozenset(
    "active app campaign consent consentManagement direct groupId import library locale network os protocols screen"
    " sessionId timezone".split()
)
_CONSENT = frozenset({"consent", "consentManagement"})  # there `email` is a channel
_HIDDEN: Any = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """A call in two: what may be stored in clear, and what is sealed; a property may be in both, in clear in part."""

    properties: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    personal_properties: Mapping[str, Any] = field(default_factory=dict)
    personal_traits: Mapping[str, Any] = field(default_factory=dict)
    personal_context: Mapping[str, Any] = field(default_factory=dict)


def sort_fields(
    properties: Mapping[str, Any],
    traits: Mapping[str, Any],
    context: Mapping[str, Any],
    identifiers: Sequence[str] | Own,
    *,
    also: Container[str] = (),
    nobody: bool = False,
) -> Sorted:
    """
    Sort the fields of a call into clear and personal; `identifiers` are its own identifier values.

    `also` names properties that are personal in this call; `nobody` says that no property or trait tells a person.
    """
    own = identifiers if isinstance(identifiers, Own) else Own.of(identifiers)
    told = None if nobody else own
    clear, personal = _sort_properties(properties, told, also)
    sealed = {name for name, value in traits.items() if _is_personal_trait(name, value, told)}
    clear_context, personal_context = _sort_context(context, own)
    return Sorted(
        properties=clear,
        personal_properties=personal,
        traits={name: value for name, value in traits.items() if name not in sealed},
        personal_traits={name: value for name, value in traits.items() if name in sealed},
        context=clear_context,
        personal_context=personal_context,
    )


def tells(value: object, identifiers: Sequence[str] | Own) -> bool:
    """Say whether a value, however nested, shows an e-mail address or one of these identifiers."""
    return telling.tells(value, identifiers if isinstance(identifiers, Own) else Own.of(identifiers))


def _sort_properties(
    properties: Mapping[str, Any], own: Own | None, also: Container[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    clear: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    for name, value in properties.items():
        shown = _HIDDEN if name in also else _shown_field(name, value, own, "")
        if shown is not _HIDDEN:
            clear[name] = shown
        if shown is not value:
            personal[name] = value
    return clear, personal


def _is_personal_trait(name: str, value: Any, own: Own | None) -> bool:
    """A trait is kept by itself, so it is sealed whole as soon as a part of it is personal."""
    is_told = own is not None and text_tells(name, own)
    return is_told or is_personal_trait(name) or _shown(name, value, own) is not value


def _sort_context(context: Mapping[str, Any], own: Own) -> tuple[dict[str, Any], dict[str, Any]]:
    clear: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    for name, value in context.items():
        shown = _shown(name, value, own, named=name not in _CONSENT) if name in CLEAR_CONTEXT else _HIDDEN
        if shown is not _HIDDEN:
            clear[name] = shown
        if shown is not value:
            personal[name] = value
    page = personal.get("page")
    path = page.get("path") if isinstance(page, Mapping) else None
    if isinstance(path, str) and (shown := _shown_text(path, own)) is not _HIDDEN:
        clear["page"] = {"path": shown}
    return clear, personal


def _shown_field(name: str, value: Any, own: Own | None, within: str, *, named: bool = True) -> Any:
    """Give what of a field may stand in clear; true, false and null name nobody, whatever the field is called."""
    if own and text_tells(name, own):
        return _HIDDEN
    if value is None or value is True or value is False:
        return value
    if named and is_personal_property(name, within):
        return _HIDDEN
    return _shown(name, value, own, named=named)


def _shown(name: str, value: Any, own: Own | None, *, named: bool = True) -> Any:
    """Give what of a value may stand in clear: itself, less than itself, or nothing."""
    if isinstance(value, str):
        shown = _shown_text(value, own)
        return value if shown is _HIDDEN and _is_amount(name, value) else shown
    if isinstance(value, Mapping):
        return _shown_fields(name, value, own, named=named)
    if isinstance(value, list):
        return _shown_items(name, value, own, named=named)
    return _HIDDEN if own and number_tells(value, own) and not is_amount_name(name) else value


def _shown_text(text: str, own: Own | None) -> Any:
    if own and text_tells(text, own):
        return _HIDDEN
    cut = without_query(text)
    return text if cut == text else cut or _HIDDEN


def _shown_fields(name: str, value: Mapping[str, Any], own: Own | None, *, named: bool) -> Any:
    shown = {key: _shown_field(key, inner, own, name, named=named) for key, inner in value.items()}
    if all(shown[key] is inner for key, inner in value.items()):
        return value
    return {key: inner for key, inner in shown.items() if inner is not _HIDDEN}


def _shown_items(name: str, value: list[Any], own: Own | None, *, named: bool) -> Any:
    """Show the items of a list, null in the place of a hidden one, so that the others keep their places."""
    shown = [_shown(name, inner, own, named=named) for inner in value]
    if all(one is inner for one, inner in zip(shown, value, strict=True)):
        return value
    return [None if inner is _HIDDEN else inner for inner in shown]


def _is_amount(name: str, value: object) -> bool:
    return is_amount_name(name) and to_amount(value) is not None
