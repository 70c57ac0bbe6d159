"""
Which fields of a call are personal, and so never stored in clear: the default classification of the platform.

Personal is what has a personal name, the query of a URL, and, wherever it stands, what looks like an e-mail address or
holds one of the call's own identifiers. Of a property that is personal in parts only, an address in a list of products
say, the rest stays in clear; the whole of it is sealed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regulars.domain import telling
from regulars.domain.contexts import Contexts, sort_context
from regulars.domain.looks import Look, rest_of
from regulars.domain.personal_names import personal_traits
from regulars.domain.telling import Own


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
    also: Collection[str] = (),
    written: str | None = None,
    contexts: Contexts | None = None,
) -> Sorted:
    """
    Sort the fields of a call into clear and personal; `identifiers` are its own identifier values.

    `also` names properties that are personal in this call; `written` are properties and traits as JSON, if that is at
    hand: one look at it saves looking at each of them. `contexts` remembers those of other calls of the same request.
    """
    own = identifiers if isinstance(identifiers, Own) else Own.of(identifiers)
    look = Look.at(written, own)
    clear = look.fields("", {n: v for n, v in properties.items() if n not in also} if also else properties)
    clear_traits = _clear_traits(traits, look)
    sort = sort_context if contexts is None else contexts.sort
    clear_context, personal_context = sort(context, own)
    return Sorted(
        properties=clear,
        personal_properties=rest_of(properties, clear),
        traits=clear_traits,
        personal_traits=rest_of(traits, clear_traits),
        context=clear_context,
        personal_context=personal_context,
    )


def tells(value: object, identifiers: Sequence[str] | Own) -> bool:
    """Say whether a value, however nested, shows an e-mail address or one of these identifiers."""
    return telling.tells(value, identifiers if isinstance(identifiers, Own) else Own.of(identifiers))


def _clear_traits(traits: Mapping[str, Any], look: Look) -> Mapping[str, Any]:
    """A trait is kept by itself, so it is sealed whole as soon as a part of it is personal."""
    if not traits:
        return traits
    personal = personal_traits(tuple(traits))
    return {
        name: value
        for name, value in traits.items()
        if name not in personal and not look.is_told(name) and look.value(name, value) is value
    }
