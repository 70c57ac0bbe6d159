"""`regulars tracking-plan infer`: write a plan down that says what events carry today."""

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from cli.errors import UserError
from cli.output import counted
from cli.session import session_of
from cli.tracking_plan.inference import infer
from cli.tracking_plan.traffic import Wanted, newest
from cli.yaml_files import shown
from regulars.domain.plan_definitions import check_plan
from regulars.errors import DefinitionError

_FIRST = "# yaml-language-server: $schema=../schemas/tracking-plan.json\n"


def infer_plan(
    context: typer.Context,
    source: Annotated[str | None, typer.Option("--source", help="The id of a source; default: all.")] = None,
    event: Annotated[str | None, typer.Option("--event", help="Only the events of this name.")] = None,
    events: Annotated[int, typer.Option("--events", min=1, help="How many of the newest events to read.")] = 100_000,
    days: Annotated[int, typer.Option("--days", min=1, help="Of how many days.")] = 30,
    least: Annotated[int, typer.Option("--least", min=1, help="How many events of a name there must be.")] = 20,
    share: Annotated[
        float, typer.Option("--share", min=0.5, max=1, help="A field is required that so many have.")
    ] = 0.99,
    folder: Annotated[Path | None, typer.Option("--into", help="Write files into this folder; default: show.")] = None,
    bucket: Annotated[str | None, typer.Option("--bucket", help="A lake in AWS; default: this machine's.")] = None,
) -> None:
    """
    Infer a tracking plan from the newest events in the lake: types, required fields, few values, formats.

    What is personal is sealed in the lake and stays so: of it, the names of traits are written at most. Definitions
    are drafts: read them, then give them another mode. A file that is there is left alone.

    Examples:

        regulars tracking-plan infer

        regulars tracking-plan infer --event "Order Completed" --into catalog/tracking-plan
    """
    session = session_of(context)
    read = list(newest(session, Wanted(most=events, days=days, source=source, bucket=bucket)))
    chosen = [one for one in read if event in (None, one.name)]
    found = infer(chosen, required=share, least=least)
    for id, definition in found.items():
        _check(id, definition)
    session.output.data({"events": len(chosen), "definitions": found})
    for id, definition in found.items():
        session.output.show(_write(folder, id, definition) if folder else f"# {id}.yaml\n{_text(definition)}")
    if not found:
        session.output.show(f"{counted(len(chosen), 'event')}: of no name there are {least:,}")


def _check(id: str, definition: dict[str, Any]) -> None:
    try:
        check_plan(id, definition)
    except DefinitionError as error:
        raise UserError(f"what was inferred is no plan: {error}", where=id, fix="leave the event out") from error


def _write(folder: Path, id: str, definition: dict[str, Any]) -> str:
    path = folder / f"{id}.yaml"
    if path.exists():
        return f"= left alone  {shown(path)}"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(_FIRST + _text(definition))
    return f"+ written     {shown(path)}"


def _text(definition: dict[str, Any]) -> str:
    return yaml.safe_dump(definition, sort_keys=False, allow_unicode=True, width=110)
