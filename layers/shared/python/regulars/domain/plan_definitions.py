"""Definitions of a tracking plan, as in `catalog/tracking-plan/*.yaml`: what events carry, and what if they do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from regulars.domain.events import EventType
from regulars.domain.plan_privacy import check_privacy
from regulars.domain.plan_schemas import SECTIONS, Schema, Section, read_schema
from regulars.errors import DefinitionError

Mode = Literal["draft", "warn", "quarantine", "drop_property"]
Scope = Literal["all", "group", "type", "event"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
DEFAULT_MODE: Mode = "warn"
RESERVED = frozenset({"violations", "versions"})  # words of the routes
_FIELDS = frozenset({"id", "description", "extends", "mode", *SECTIONS, *SCOPES})
_TYPES = tuple(type for type in get_args(EventType) if type != "track")
_LONGEST_NAME = 200
_MOST_GROUPS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDefinition:
    """
    What one file says: of all events, of a group, of a type of calls, or of the track calls of a name.

    `subject` is the type, or the name of the event; `extends` names groups, the nearer ones last.
    """

    id: str
    version: int
    scope: Scope
    subject: str = ""
    extends: tuple[str, ...] = ()
    mode: Mode | None = None
    sections: Mapping[Section, Schema] = field(default_factory=dict)


def parse_plan(id: str, definition: Mapping[str, Any], *, version: int = 1) -> PlanDefinition:
    """Read a definition, but for its patterns. Raises DefinitionError, with the path of what is wrong."""
    if id in RESERVED:
        raise DefinitionError("id", f"is not {id}, which stands for something else: name it otherwise")
    if unknown := sorted(str(name) for name in definition if name not in _FIELDS):
        raise DefinitionError("", f"does not know {', '.join(unknown)}; it takes {', '.join(sorted(_FIELDS))}")
    scope, subject = _scope(definition)
    sections = {name: read_schema(definition[name], name) for name in SECTIONS if name in definition}
    for name, schema in sections.items():
        check_privacy(name, schema)
    return PlanDefinition(
        id=id,
        version=version,
        scope=scope,
        subject=subject,
        extends=_extends(definition.get("extends", []), scope),
        mode=_mode(definition.get("mode")),
        sections=sections,
    )


def check_plan(id: str, definition: Mapping[str, Any]) -> PlanDefinition:
    """Read a definition, patterns included. Raises DefinitionError, with the path of what is wrong."""
    from regulars.domain.plans import check_engine  # twelve megabytes, for those who have a plan

    plan = parse_plan(id, definition)
    check_engine(plan)
    return plan


def outline(id: str, definition: Mapping[str, Any]) -> PlanDefinition:
    """Read a definition without its schemas. Raises DefinitionError."""
    return parse_plan(id, {name: content for name, content in definition.items() if name not in SECTIONS})


def check_together(plans: Sequence[PlanDefinition]) -> None:
    """Make sure that definitions may stand side by side. Raises DefinitionError, whose path begins with an id."""
    groups = {plan.id for plan in plans if plan.scope == "group"}
    seen: dict[tuple[str, str], str] = {}
    for plan in plans:
        if missing := [name for name in plan.extends if name not in groups]:
            raise DefinitionError(f"{plan.id}.extends", f"there is no group {missing[0]}")
        key = plan.scope, plan.subject
        if plan.scope != "group" and key in seen:
            raise DefinitionError(f"{plan.id}.{plan.scope}", f"is said by {seen[key]} already: there is one for each")
        seen[key] = plan.id


def _scope(definition: Mapping[str, Any]) -> tuple[Scope, str]:
    said = [scope for scope in SCOPES if scope in definition]
    if len(said) != 1:
        raise DefinitionError("", "says one of all: true, group: true, type: identify, event: Order Completed")
    scope = said[0]
    value = definition[scope]
    if scope in ("all", "group"):
        if value is not True:
            raise DefinitionError(scope, "is true, or is left out")
        return scope, ""
    if scope == "type" and value not in _TYPES:
        raise DefinitionError("type", f"is one of {', '.join(_TYPES)}; of track calls, say the event")
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_NAME:
        raise DefinitionError(scope, f"is the name of an event, of 1 to {_LONGEST_NAME} characters")
    return scope, value


def _extends(raw: object, scope: Scope) -> tuple[str, ...]:
    if not isinstance(raw, list) or len(raw) > _MOST_GROUPS or not all(isinstance(name, str) for name in raw):
        raise DefinitionError("extends", f"is a list of up to {_MOST_GROUPS} ids of groups")
    if raw and scope in ("all", "group"):
        raise DefinitionError("extends", "is for types and events: a group stands by itself")
    if len(set(raw)) < len(raw):
        raise DefinitionError("extends", "names a group twice")
    return tuple(raw)


def _mode(raw: object) -> Mode | None:
    if raw is not None and raw not in get_args(Mode):
        raise DefinitionError("mode", f"is one of {', '.join(get_args(Mode))}")
    return cast("Mode | None", raw)
