"""Whether the journeys of a catalog name only what is in it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.errors import UserError
from regulars.domain.computed_definitions import parse_all_computed
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_names import check_purposes, names_of
from regulars.domain.journey_parts import Known
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.purposes import NO_PURPOSES
from regulars.domain.workspace import DEFAULT_WORKSPACE, parse_workspace
from regulars.errors import DefinitionError

if TYPE_CHECKING:
    from cli.definitions import Definition, Kind


def check_named(definitions: "Sequence[Definition]") -> list[UserError]:
    """List what journeys name that is in no file: segments, lists, purposes and their channels, and other journeys."""
    errors: list[UserError] = []
    calendar = next((parse_workspace(one.content) for one in definitions if one.kind == "workspace"), DEFAULT_WORKSPACE)
    purposes = next((parse_purposes(one.content) for one in definitions if one.kind == "consent"), NO_PURPOSES)
    known = Known(
        segments=_ids("segment", definitions),
        lists=_ids("list", definitions),
        purposes=purposes.by_id.keys(),
        journeys=[one.id for one in definitions if one.kind == "journey" and _is_open(one)],
    )
    computed = {one.id: one.content for one in definitions if one.kind == "computed_trait"}
    for one in definitions:
        if one.kind != "journey":
            continue
        try:
            traits = parse_all_computed(computed, calendar.calendar)
            journey = parse_journey(one.id, one.content, calendar=calendar.calendar, computed=traits, known=known)
            check_purposes(names_of(journey, one.content), purposes)
        except DefinitionError as error:
            errors.append(one.document.complaint(error))
    return errors


def _ids(kind: "Kind", definitions: "Sequence[Definition]") -> list[str]:
    return [one.id for one in definitions if one.kind == kind]


def _is_open(one: "Definition") -> bool:
    enter = one.content.get("enter")
    return isinstance(enter, dict) and enter.get("api") is True
