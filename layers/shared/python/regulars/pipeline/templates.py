"""Templates and webhooks of the catalog: journeys have what they name, and what they name is not taken away."""

from collections.abc import Iterator, Mapping
from typing import Any

from regulars.domain.journey_parts import is_id
from regulars.domain.journeys import Journey, Webhook, every
from regulars.domain.live_journeys import GOING
from regulars.domain.plan_definitions import PlanDefinition, parse_plan
from regulars.domain.template_needs import check_sends, planned, sends, traits_of
from regulars.domain.templates import Template, parse_template
from regulars.errors import DefinitionError, InvalidRequestError
from regulars.stores.catalog import CatalogStore
from regulars.stores.definitions import DefinitionStore, Kind


def has_templates(store: CatalogStore, journey: Journey) -> Mapping[str, Template]:
    """
    Make sure that there is all that a journey sends and calls, and that it gives what its templates need.

    Gives its templates by id. Raises DefinitionError.
    """
    for step in every(journey.steps):
        if isinstance(step, Webhook) and store.get("webhook", step.to) is None:
            what = f"webhook to {step.to}: there is none: write catalog/webhooks/{step.to}.yaml, and apply it"
            raise DefinitionError("steps", what)
    templates = templates_of(store, journey)
    check_sends(journey, templates, planned(journey, _plans(store)))
    return templates


def templates_of(store: DefinitionStore, journey: Journey) -> Mapping[str, Template]:
    """Read the templates that a journey sends, by id; those that there are not are left out."""
    found = {id: store.get("template", id) for id in sorted({send.template for send in sends(journey)})}
    return {id: parse_template(id, one.content) for id, one in found.items() if one is not None}


def traits_said(store: DefinitionStore, definition: object) -> frozenset[str]:
    """Name the traits that the templates of a journey say of people, of those templates that there are."""
    found = [store.get("template", id) for id in sorted(named(definition, "template")) if is_id(id)]
    return frozenset[str]().union(*(traits_of(parse_template(one.id, one.content)) for one in found if one))


def fits_journeys(store: CatalogStore, template: Template) -> None:
    """Make sure that journeys on which people are give what a changed template needs. Raises DefinitionError."""
    for live in store.live().journeys:
        journey = live.journey
        if any(send.template == template.id for send in sends(journey)):
            try:
                templates = {**templates_of(store, journey), template.id: template}
                check_sends(journey, templates, planned(journey, _plans(store)))
            except DefinitionError as error:
                what = f"does not fit the journey {journey.id}, version {journey.version}: {error.message}"
                raise DefinitionError("", what) from None


def is_unnamed(store: DefinitionStore, kind: Kind, id: str) -> None:
    """Make sure that no journey, as it is written or as people go through it, names one. Raises InvalidRequestError."""
    field = "template" if kind == "template" else "to"
    for one in store.list("journey"):
        if id in named(one.content, field):
            raise InvalidRequestError(f"the journey {one.id} names it: change or delete that first")
    for one in store.list("journey_version"):
        if one.content.get("state") in GOING and id in named(one.content.get("definition"), field):
            journey, _, version = one.id.partition("#")
            what = f"people are on version {int(version)} of the journey {journey}, which names it: stop that first"
            raise InvalidRequestError(what)


def named(definition: object, field: str) -> frozenset[str]:
    """Name the templates (`template`) or webhooks (`to`) that a journey names, as it is written."""
    step = "send" if field == "template" else "webhook"
    return frozenset(
        one[field] for one in _below(definition, step) if isinstance(one, Mapping) and isinstance(one.get(field), str)
    )


def _below(content: object, name: str) -> Iterator[Any]:
    if isinstance(content, list):
        for each in content:
            yield from _below(each, name)
    if isinstance(content, Mapping):
        if name in content:
            yield content[name]
        for each in content.values():
            yield from _below(each, name)


def _plans(store: DefinitionStore) -> list[PlanDefinition]:
    return [parse_plan(one.id, one.content) for one in store.list("tracking_plan")]
