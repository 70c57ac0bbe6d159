"""Journeys as they lie in `catalog/journeys/`, read beside what else the catalog has for them to name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cli.definitions import Definition, Kind, check_id, read_catalog
from cli.errors import UserError
from cli.yaml_files import Document, load, shown
from regulars.domain.catalog import Live
from regulars.domain.computed import ComputedTrait
from regulars.domain.computed_definitions import parse_all_computed
from regulars.domain.identity_definitions import parse_rules
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_machines import compile_journey
from regulars.domain.journey_names import check_purposes, names_of
from regulars.domain.journey_parts import Known
from regulars.domain.journeys import Journey, Webhook, every
from regulars.domain.messaging import NO_POLICY, Messaging, parse_messaging
from regulars.domain.plan_definitions import PlanDefinition, parse_plan
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.purposes import NO_PURPOSES
from regulars.domain.rate_definitions import parse_rates, unite_tables
from regulars.domain.rates import NO_RATES
from regulars.domain.segment_definitions import parse
from regulars.domain.template_needs import check_sends, planned
from regulars.domain.templates import Template, parse_template
from regulars.domain.workspace import DEFAULT_WORKSPACE, parse_workspace
from regulars.errors import DefinitionError

FOLDER = "journeys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a journey is read with: all else that would be live, the policy of messages, and what there is to name."""

    live: Live = field(default_factory=Live)
    computed: Mapping[str, ComputedTrait] = field(default_factory=dict)
    policy: Messaging = NO_POLICY
    known: Known = field(default_factory=Known)
    templates: Mapping[str, Template] | None = None  # None where there is no catalog
    webhooks: Collection[str] = ()
    plans: Sequence[PlanDefinition] = ()


def files_of(catalog: Path) -> list[Path]:
    """List the files of journeys of a catalog."""
    return sorted((catalog / FOLDER).glob("*.y*ml"))


def read_journey(path: Path, beside: Beside) -> Journey:
    """Read a journey, and make sure that it is one that Step Functions takes. Raises UserError."""
    if not path.is_file():
        raise UserError("there is no such file", where=shown(path), fix="name a file of catalog/journeys")
    check_id(path)
    document = load(path)
    try:
        journey = _parse(document, beside)
        compile_journey(journey)
        if beside.live.purposes.by_id:
            check_purposes(names_of(journey, document.content), beside.live.purposes)
    except DefinitionError as error:
        raise UserError(str(error), where=document.at(error.path), fix="docs/journeys.md shows every step") from error
    return journey


def check_messages(path: Path, journey: Journey, beside: Beside) -> None:
    """Make sure that a journey has its templates and webhooks, and gives what they need. Raises UserError."""
    if beside.templates is None:
        return
    try:
        for step in every(journey.steps):
            if isinstance(step, Webhook) and step.to not in beside.webhooks:
                what = f"webhook to {step.to}: there is none: write catalog/webhooks/{step.to}.yaml"
                raise DefinitionError("steps", what)
        check_sends(journey, beside.templates, planned(journey, beside.plans))
    except DefinitionError as error:
        fix = "docs/templates.md shows what a template may ask for"
        raise UserError(str(error), where=load(path).at(error.path), fix=fix) from error


def read_beside(catalog: Path) -> Beside:
    """Read what journeys may name; where there is no catalog they may name anything. Raises UserError."""
    if not catalog.is_dir():
        return Beside()
    definitions, errors = read_catalog(catalog, without=("journey", "messaging"))
    if errors:
        raise errors[0]
    workspace = next(map(parse_workspace, _of("workspace", definitions).values()), DEFAULT_WORKSPACE)
    purposes = next(map(parse_purposes, _of("consent", definitions).values()), None)
    known = Known(
        segments=_of("segment", definitions).keys(),
        lists=_of("list", definitions).keys(),
        journeys=[path.stem for path in files_of(catalog) if _is_open(path)],
        purposes=purposes.by_id.keys() if purposes else (),
    )
    calendar = workspace.calendar
    computed = parse_all_computed(_of("computed_trait", definitions), calendar)
    segments = _of("segment", definitions).items()
    tables = [parse_rates(id, one) for id, one in sorted(_of("rates", definitions).items())]
    live = Live(
        segments=tuple(parse(id, one, calendar=calendar, computed=computed) for id, one in segments),
        computed=tuple(computed.values()),
        rules=next(map(parse_rules, _of("identity", definitions).values()), DEFAULT_RULES),
        workspace=workspace,
        purposes=purposes or NO_PURPOSES,
        rates=unite_tables(tables, 1) if tables else NO_RATES,
    )
    return Beside(
        live=live,
        computed=computed,
        policy=_policy(catalog),
        known=known,
        templates={id: parse_template(id, one) for id, one in _of("template", definitions).items()},
        webhooks=_of("webhook", definitions).keys(),
        plans=[parse_plan(id, one) for id, one in _of("tracking_plan", definitions).items()],
    )


def _policy(catalog: Path) -> Messaging:
    path = next(catalog.glob("messaging.y*ml"), None)
    if path is None:
        return NO_POLICY
    document = load(path)
    try:
        return parse_messaging(document.content)
    except DefinitionError as error:
        raise document.complaint(error) from error


def _parse(document: Document, beside: Beside) -> Journey:
    id = document.path.stem
    if document.content.get("id", id) != id:
        raise DefinitionError("id", f"is not {id}, the name of the file; it may be left out")
    calendar = beside.live.workspace.calendar
    return parse_journey(id, document.content, calendar=calendar, computed=beside.computed, known=beside.known)


def _of(kind: Kind, definitions: list[Definition]) -> dict[str, Mapping[str, Any]]:
    return {one.id: one.content for one in definitions if one.kind == kind}


def _is_open(path: Path) -> bool:
    enter = load(path).content.get("enter")
    return isinstance(enter, dict) and enter.get("api") is True
