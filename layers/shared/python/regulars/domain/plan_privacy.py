"""
What a tracking plan says of privacy: which fields are personal though their name does not tell, or sensitive.

`x-privacy: none` takes back what a name alone says, of free text only: a search query, a comment. What names, reaches,
pays or describes a person stays sealed whatever a plan says, and so does any value that shows an identifier.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from regulars.domain.classification import Sorted
from regulars.domain.facets import Facet, is_facet
from regulars.domain.personal_names import is_personal_property, is_personal_trait
from regulars.domain.plan_schemas import FACETED, PRIVACY, Schema, Section
from regulars.domain.telling import Own, tells, text_tells
from regulars.errors import DefinitionError

FREE_TEXT = tuple(  # words that end the name of what somebody wrote or looked for
    "answer body comment feedback instruction message note query querystring reason remark review search searchquery"
    " searchterm text".split()
)
_LONGEST = 80  # bytes of the name of a trait with facets: with theirs it is one of a part still
_LETTERS = re.compile(r"[^a-z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """
    Names of fields by section: those that are personal, those that are sensitive besides, and those that are not.

    `facets` are those that are kept in clear of personal traits.
    """

    personal: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sensitive: Mapping[str, frozenset[str]] = field(default_factory=dict)
    clear: Mapping[str, frozenset[str]] = field(default_factory=dict)
    facets: Mapping[str, tuple[Facet, ...]] = field(default_factory=dict)


NOTHING = Declared()


def declare(sections: Mapping[Section, Schema]) -> Declared:
    """Gather what schemas say; a field is as personal as the most personal thing in it."""
    said = {
        section: {name: _strongest(inner) for name, inner in schema.get("properties", {}).items()}
        for section, schema in sections.items()
    }

    def named(*levels: str) -> dict[str, frozenset[str]]:
        return {
            section: frozenset(name for name, level in names.items() if level in levels)
            for section, names in said.items()
        }

    facets = {
        name: tuple(cast(list[Facet], inner[FACETED]))
        for name, inner in sections.get("traits", {}).get("properties", {}).items()
        if isinstance(inner, Mapping) and FACETED in inner
    }
    if not facets and not any(level for names in said.values() for level in names.values()):
        return NOTHING
    return Declared(
        personal=named("personal", "sensitive"), sensitive=named("sensitive"), clear=named("none"), facets=facets
    )


def check_privacy(section: str, schema: Schema) -> None:
    """Make sure that nothing is declared harmless that is not. Raises DefinitionError."""
    for name, inner in schema.get("properties", {}).items():
        path = f"{section}.properties.{name}"
        _check_facets(section, name, inner, path)
        if "none" in _levels(inner) and (not isinstance(inner, Mapping) or inner.get(PRIVACY) != "none"):
            raise DefinitionError(path, f"{PRIVACY}: none stands at a field of {section} itself, not within it")
        if isinstance(inner, Mapping) and inner.get(PRIVACY) == "none":
            _check_none(section, name, f"{path}.{PRIVACY}")


def _check_facets(section: str, name: str, schema: object, path: str) -> None:
    """Make sure that facets are named of sealed traits only, at the trait itself."""
    is_named = isinstance(schema, Mapping) and FACETED in schema
    if len(_said(schema, FACETED)) > is_named or (is_named and section != "traits"):
        raise DefinitionError(path, f"{FACETED} stands at a trait itself, and nowhere else")
    if not is_named:
        return
    level = _strongest(schema)
    if level == "sensitive":
        raise DefinitionError(f"{path}.{FACETED}", "is not for what is sensitive: nothing of that is kept in clear")
    if level == "none" or not (level == "personal" or is_personal_trait(name)):
        raise DefinitionError(f"{path}.{FACETED}", f"is for traits that are sealed, and {name} is in clear")
    if len(name.encode()) > _LONGEST or is_facet(name):
        raise DefinitionError(f"{path}.{FACETED}", f"is for a trait with a name of at most {_LONGEST} bytes")


def apply(declared: Declared, fields: Sorted, own: Own) -> Sorted:
    """Sort fields again as they are declared; what shows an identifier of the event stays sealed."""
    if declared is NOTHING:
        return fields
    properties, personal_properties = _sort("properties", fields.properties, fields.personal_properties, declared, own)
    traits, personal_traits = _sort("traits", fields.traits, fields.personal_traits, declared, own)
    context, personal_context = _sort("context", fields.context, fields.personal_context, declared, own)
    return replace(
        fields,
        properties=properties,
        personal_properties=personal_properties,
        traits=traits,
        personal_traits=personal_traits,
        context=context,
        personal_context=personal_context,
    )


def _sort(
    section: str, clear: Mapping[str, Any], personal: Mapping[str, Any], declared: Declared, own: Own
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    more = declared.personal.get(section, frozenset()) & clear.keys()
    fewer = {
        name
        for name in declared.clear.get(section, frozenset()) & personal.keys()
        if not isinstance(personal[name], Mapping | list)
        and not text_tells(name, own)
        and not tells(personal[name], own)
    }
    if not more and not fewer:
        return clear, personal
    shown = {name: value for name, value in clear.items() if name not in more}
    sealed = {**{name: clear[name] for name in more}, **personal}  # of what stands in both, the whole is in `personal`
    return (
        shown | {name: personal[name] for name in fewer},
        {name: value for name, value in sealed.items() if name not in fewer},
    )


def _check_none(section: str, name: str, path: str) -> None:
    if section == "context":
        raise DefinitionError(path, "is for properties and traits: what a context tells is decided already")
    is_personal = is_personal_trait if section == "traits" else is_personal_property
    if is_personal(name) and not _LETTERS.sub("", name.lower()).removesuffix("s").endswith(FREE_TEXT):
        raise DefinitionError(path, f"cannot be none: {name} names, reaches or describes a person, and stays sealed")


def _strongest(schema: object) -> str | None:
    levels = _levels(schema)
    return next((level for level in ("sensitive", "personal", "none") if level in levels), None)


def _levels(schema: object) -> set[str]:
    """All that is said of privacy in a schema."""
    return {said for said in _said(schema, PRIVACY) if isinstance(said, str)}


def _said(schema: object, note: str) -> list[object]:
    """All that a schema says under a note; of a name that is called so, nothing is said."""
    found: list[object] = []
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, Mapping):
            found += [one[note]] if note in one else []
            waiting += [
                list(inner.values()) if name in ("properties", "patternProperties", "dependentSchemas") else inner
                for name, inner in one.items()
                if name not in ("enum", "const", "default", "examples", PRIVACY, FACETED)
            ]
    return found
