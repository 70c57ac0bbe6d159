"""
A tracking plan that is ready to judge events: for each name and type one compiled schema.

It loads the engine of schemas, twelve megabytes: import it only where there is a plan.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jsonschema_rs import Draft202012Validator, ReferencingError, RegexOptions, ValidationError

from regulars.domain.judging import Judgement, Report, Unplanned, release_of
from regulars.domain.messages import Message
from regulars.domain.plan_definitions import Mode, PlanDefinition, check_together
from regulars.domain.plan_merging import ancestors, merge, mode_of
from regulars.domain.plan_privacy import Declared, declare
from regulars.domain.plan_schemas import Schema, Section
from regulars.domain.telling import Own
from regulars.domain.violations import UNPLANNED, Fault, Step, Violation, order, take_out
from regulars.errors import DefinitionError, InvalidEventError, PlanError

_TOLD = 10  # violations in a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is planned for the events of one name or type, inherited parts included."""

    id: str
    mode: Mode
    schemas: Mapping[Section, Schema]
    validator: Draft202012Validator
    declared: Declared

    def faults(self, message: Message) -> list[Fault]:
        """List what is wrong with a message, in one order whatever order its fields came in."""
        content = self._content(message)
        if self.validator.is_valid(content):
            return []
        return order(fault for error in self.validator.iter_errors(content) for fault in _faults(error))

    def without(self, message: Message, faults: Sequence[Fault]) -> Message:
        """Leave out of a message what is wrong with it."""
        kept = take_out(self._content(message), [fault.path for fault in faults])
        return replace(message, **{section: kept.get(section, {}) for section in self.schemas})

    def _content(self, message: Message) -> dict[str, Any]:
        parts: Mapping[Section, Mapping[str, Any]] = {
            "properties": message.properties,
            "traits": message.traits,
            "context": message.context,
        }
        return {section: dict(parts[section]) for section in self.schemas}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole plan: by name of track calls, by type of others, and for all that nothing else is planned for."""

    version: int = 0
    events: Mapping[str, Planned] = field(default_factory=dict)
    types: Mapping[str, Planned] = field(default_factory=dict)
    base: Planned | None = None

    def judge(self, message: Message, own: Own, unplanned: Unplanned) -> Judgement:
        """Judge a message; `unplanned` is what becomes of an event that no plan names. Raises PlanError."""
        planned = self.find(message)
        found = [Violation("event", UNPLANNED)] if planned is None and _is_unplanned(message, unplanned) else []
        if found and unplanned == "quarantine":
            error = InvalidEventError("unplanned_event", "no tracking plan names it, and its source takes no others")
            raise PlanError(error, _report(message, own, found))
        planned = planned or self.base
        if planned is None:
            return Judgement(message=message, report=_report(message, own, found) if found else None)
        return _judge(planned, message, own, found)

    def look(self, message: Message, own: Own) -> Judgement:
        """Say what a plan says of a message as it is: nothing is left out of it, and nothing refused."""
        planned = self.find(message) or self.base
        if planned is None:
            return Judgement(message=message)
        faults = planned.faults(message)
        report = _report(message, own, [fault.told(own) for fault in faults]) if faults else None
        return Judgement(message=message, declared=planned.declared, report=report)

    def find(self, message: Message) -> Planned | None:
        """Find what is planned for a message by its name or type."""
        return self.events.get(message.name or "") if message.type == "track" else self.types.get(message.type)


def compile_plan(definitions: Sequence[PlanDefinition], *, version: int = 0) -> Plan:
    """Make a plan of its definitions. Raises DefinitionError, whose path begins with the id of one."""
    check_together(definitions)
    made = {plan.id: _compile(plan, definitions) for plan in definitions if plan.scope != "group"}
    ready = {id: planned for id, planned in made.items() if planned.mode != "draft"}
    scopes = {plan.id: plan for plan in definitions if plan.id in ready}
    return Plan(
        version=version,
        events={plan.subject: ready[id] for id, plan in scopes.items() if plan.scope == "event"},
        types={plan.subject: ready[id] for id, plan in scopes.items() if plan.scope == "type"},
        base=next((ready[id] for id, plan in scopes.items() if plan.scope == "all"), None),
    )


def check_engine(plan: PlanDefinition) -> None:
    """Make sure that the engine takes the schemas of a definition, patterns included. Raises DefinitionError."""
    for section, schema in plan.sections.items():
        _validator(schema, section)


def _compile(plan: PlanDefinition, definitions: Sequence[PlanDefinition]) -> Planned:
    line = ancestors(plan, definitions)
    sections = merge(line)
    return Planned(
        id=plan.id,
        mode=mode_of(line),
        schemas=sections,
        validator=_validator({"properties": sections}, plan.id),
        declared=declare(sections),
    )


def _validator(schema: Schema, path: str) -> Draft202012Validator:
    try:
        return Draft202012Validator(
            dict(schema), validate_formats=True, pattern_options=RegexOptions(), retriever=_nowhere
        )
    except (ValidationError, ReferencingError, ValueError) as error:
        where = ".".join([path, *map(str, getattr(error, "instance_path", []))])
        said = str(error).split("\n", 1)[0][:200]
        raise DefinitionError(where, f"is no JSON Schema of 2020-12 ({said})") from None


def _nowhere(_address: str) -> Any:
    raise ValueError("a schema leads nowhere else")


def _faults(error: ValidationError) -> Iterator[Fault]:
    path: tuple[Step, ...] = tuple(error.instance_path)
    kind: Any = error.kind
    match kind.name:
        case "required":
            yield Fault((*path, kind.property), "required", kept=True)
        case "additionalProperties":
            yield from (Fault((*path, name), "additionalProperties") for name in kind.unexpected)
        case str(rule):
            yield Fault(path, rule, kept=len(path) < 2)  # a section itself is not taken out


def _is_unplanned(message: Message, unplanned: Unplanned) -> bool:
    return message.type == "track" and unplanned != "allow"


def _judge(planned: Planned, message: Message, own: Own, found: list[Violation]) -> Judgement:
    faults = planned.faults(message)
    loose = [fault for fault in faults if not fault.kept] if planned.mode == "drop_property" else []
    if not faults and not found:
        return Judgement(message=message, declared=planned.declared)
    report = _report(message, own, [*(fault.told(own) for fault in faults), *found], loose)
    if faults and planned.mode == "quarantine":
        raise PlanError(InvalidEventError("plan_violation", f"it does not follow its plan: {_told(report)}"), report)
    kept = planned.without(message, loose) if loose else message
    return Judgement(message=kept, declared=planned.declared, report=report)


def _report(message: Message, own: Own, violations: Sequence[Violation], loose: Sequence[Fault] = ()) -> Report:
    return Report(
        event=message.name or message.type,
        release=release_of(message, own),
        violations=tuple(dict.fromkeys(violations)),
        dropped=tuple(dict.fromkeys(fault.told(own) for fault in loose)),
    )


def _told(report: Report) -> str:
    said = "; ".join(f"{one.where} ({one.rule})" for one in report.violations[:_TOLD])
    more = len(report.violations) - _TOLD
    return f"{said}; and {more} more" if more > 0 else said
