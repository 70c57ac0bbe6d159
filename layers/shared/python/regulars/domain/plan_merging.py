"""Inheritance in a tracking plan: all events, then groups, then the event; the nearer one wins where both speak."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from regulars.domain.plan_definitions import DEFAULT_MODE, Mode, PlanDefinition
from regulars.domain.plan_schemas import NOTES, SECTIONS, Schema, Section

_MERGED = NOTES | {"type", "properties", "required", "additionalProperties", "patternProperties"}


def ancestors(plan: PlanDefinition, plans: Sequence[PlanDefinition]) -> list[PlanDefinition]:
    """List what a definition inherits from, the farthest first, and itself; drafts are not there."""
    groups = {one.id: one for one in plans if one.scope == "group"}
    bases = [one for one in plans if one.scope == "all" and one.id != plan.id]
    found = [*bases, *(groups[name] for name in plan.extends if name in groups)]
    return [*(one for one in found if one.mode != "draft"), plan]


def mode_of(line: Sequence[PlanDefinition]) -> Mode:
    """Tell the mode of a definition from itself and its ancestors: the nearest says."""
    return next((plan.mode for plan in reversed(line) if plan.mode), DEFAULT_MODE)


def merge(line: Sequence[PlanDefinition]) -> dict[Section, Schema]:
    """
    Merge the schemas of a definition and its ancestors.

    A field has the schema of the nearest that names it; all that one of them requires is required; whether there may be
    other fields says the nearest that speaks of it; all other conditions hold together.
    """
    found = {section: [plan.sections[section] for plan in line if section in plan.sections] for section in SECTIONS}
    return {section: _merge(schemas) for section, schemas in found.items() if schemas}


def _merge(schemas: Sequence[Schema]) -> Schema:
    merged: dict[str, Any] = {"type": "object"}
    for name in ("properties", "patternProperties"):
        if fields := {key: inner for schema in schemas for key, inner in schema.get(name, {}).items()}:
            merged[name] = fields
    if required := sorted({name for schema in schemas for name in schema.get("required", [])}):
        merged["required"] = required
    said = [schema["additionalProperties"] for schema in schemas if "additionalProperties" in schema]
    if said:
        merged["additionalProperties"] = said[-1]
    if others := list(_others(schemas)):
        merged["allOf"] = others
    return merged


def _others(schemas: Sequence[Schema]) -> Iterator[Mapping[str, Any]]:
    for schema in schemas:
        if rest := {name: content for name, content in schema.items() if name not in _MERGED}:
            yield rest
