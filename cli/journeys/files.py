"""Journeys as they lie in `catalog/journeys/`, read beside what else the catalog has for them to name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cli.definitions import Definition, Kind, check_id, read_catalog
from cli.errors import UserError
from cli.yaml_files import Document, load, shown
from regulars.domain.computed import ComputedTrait
from regulars.domain.computed_definitions import parse_all_computed
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_machines import compile_journey
from regulars.domain.journey_parts import Known
from regulars.domain.journeys import Journey
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.workspace import DEFAULT_WORKSPACE, Workspace, parse_workspace
from regulars.errors import DefinitionError

FOLDER = "journeys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a journey is read with: settings of the workspace, computed traits, and what there is to name."""

    workspace: Workspace = DEFAULT_WORKSPACE
    computed: Mapping[str, ComputedTrait] = field(default_factory=dict)
    known: Known = field(default_factory=Known)


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
    except DefinitionError as error:
        raise UserError(str(error), where=document.at(error.path), fix="docs/journeys.md shows every step") from error
    return journey


def read_beside(catalog: Path) -> Beside:
    """Read what journeys may name; where there is no catalog they may name anything. Raises UserError."""
    if not catalog.is_dir():
        return Beside()
    definitions, errors = read_catalog(catalog)
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
    computed = parse_all_computed(_of("computed_trait", definitions), workspace.calendar)
    return Beside(workspace=workspace, computed=computed, known=known)


def _parse(document: Document, beside: Beside) -> Journey:
    id = document.path.stem
    if document.content.get("id", id) != id:
        raise DefinitionError("id", f"is not {id}, the name of the file; it may be left out")
    calendar = beside.workspace.calendar
    return parse_journey(id, document.content, calendar=calendar, computed=beside.computed, known=beside.known)


def _of(kind: Kind, definitions: list[Definition]) -> dict[str, Mapping[str, Any]]:
    return {one.id: one.content for one in definitions if one.kind == kind}


def _is_open(path: Path) -> bool:
    enter = load(path).content.get("enter")
    return isinstance(enter, dict) and enter.get("api") is True
