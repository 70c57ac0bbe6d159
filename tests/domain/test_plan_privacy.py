"""What a plan says of privacy: more is sealed where it says so, less only where that harms nobody."""

from typing import Any

import pytest

from regulars.domain.classification import sort_fields
from regulars.domain.plan_definitions import parse_plan
from regulars.domain.plan_privacy import NOTHING, apply, declare
from regulars.domain.telling import Own
from regulars.errors import DefinitionError


def a_field(section: str, name: str, level: str) -> dict[str, Any]:
    """A definition that says one thing of one field."""
    return {"event": "A", section: {"properties": {name: {"x-privacy": level}}}}


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("properties", "query"),
        ("properties", "search_term"),
        ("properties", "customerComments"),
        ("traits", "note"),
        ("properties", "price"),
        ("traits", "plan"),
    ],
)
def test_free_text_and_what_is_harmless_anyway_may_be_called_so(section: str, name: str) -> None:
    plan = parse_plan("x", a_field(section, name, "none"))

    assert declare(plan.sections).clear[section] == {name}


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("traits", "email"),
        ("traits", "firstName"),
        ("traits", "name"),
        ("traits", "city"),
        ("properties", "phone"),
        ("properties", "billing_address"),
        ("properties", "iban"),
        ("properties", "password"),
        ("properties", "ip"),
        ("context", "locale"),
        ("context", "userAgent"),
    ],
)
def test_what_names_or_reaches_a_person_is_never_called_harmless(section: str, name: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_plan("x", a_field(section, name, "none"))

    assert refused.value.path == f"{section}.properties.{name}.x-privacy"


def test_harmless_is_said_of_whole_fields_only() -> None:
    nested = {"properties": {"form": {"properties": {"query": {"x-privacy": "none"}}}}}

    with pytest.raises(DefinitionError, match="not within it"):
        parse_plan("x", {"event": "A", "properties": nested})


def test_a_field_is_as_personal_as_the_most_personal_thing_in_it() -> None:
    schema = {
        "properties": {
            "a": {"items": {"properties": {"b": {"x-privacy": "personal"}}}},
            "c": {"anyOf": [{"x-privacy": "personal"}, {"x-privacy": "sensitive"}]},
            "x-privacy": {"type": "string"},
            "d": {"const": {"x-privacy": "personal"}},
        }
    }
    declared = declare({"properties": schema})

    assert declared.personal["properties"] == {"a", "c"}
    assert declared.sensitive["properties"] == {"c"}


def test_a_plan_that_says_nothing_of_privacy_costs_nothing() -> None:
    fields = sort_fields({"a": 1}, {}, {}, Own())

    assert declare({"properties": {"properties": {"a": {}}}}) is NOTHING
    assert apply(NOTHING, fields, Own()) is fields


@pytest.mark.parametrize("section", ["properties", "traits", "context"])
def test_nothing_is_lost_where_fields_change_sides(section: str) -> None:
    fields = {"locale": "de", "plan": "x", "query": "shoes"}
    parts: dict[str, dict[str, Any]] = {"properties": {}, "traits": {}, "context": {}, section: fields}
    levels = {"locale": {"x-privacy": "personal"}, "query": {"x-privacy": "none"}}
    declared = declare({"properties": {}, section: {"properties": levels}})  # type: ignore[dict-item]  # more than JSON Schema says
    before = sort_fields(parts["properties"], parts["traits"], parts["context"], Own())

    after = apply(declared, before, Own())

    clear, personal = getattr(after, section), getattr(after, f"personal_{section}")
    assert "locale" in personal
    assert "locale" not in clear
    assert {**clear, **personal} == parts[section]
