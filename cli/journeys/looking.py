"""Whether journeys hold together, and how they look: nothing is asked of a platform."""

from pathlib import Path
from typing import Annotated

import typer

from cli.errors import UserError
from cli.journeys.files import check_messages, files_of, read_beside, read_journey
from cli.output import counted, table
from cli.session import session_of
from cli.yaml_files import shown
from regulars.domain.journey_drawing import draw
from regulars.domain.journey_lengths import longest
from regulars.domain.journey_wording import entry_in_words
from regulars.domain.journeys import Journey, Send, every
from regulars.domain.wording import long

File = Annotated[Path, typer.Argument(help="A file such as catalog/journeys/welcome.yaml.")]


def check(
    context: typer.Context,
    files: Annotated[list[Path] | None, typer.Argument(help="Files; default: all of catalog/journeys.")] = None,
) -> None:
    """
    Check that journeys hold together, by themselves and with the rest of the catalog, templates and webhooks, too.

    `regulars apply` writes them as drafts; nobody enters one before `regulars journey publish`.

    Examples:

        regulars journey check

        regulars journey check catalog/journeys/welcome.yaml
    """
    session = session_of(context)
    catalog = session.place.catalog
    beside = read_beside(catalog)
    found, errors = list[Journey](), list[UserError]()
    for path in files or files_of(catalog):
        try:
            journey = read_journey(path, beside)
            check_messages(path, journey, beside)
            found.append(journey)
        except UserError as error:
            errors.append(error)
    if not found and not errors:
        raise UserError("holds no journey", where=shown(catalog), fix="docs/journeys.md shows how to write one")
    columns = ("id", "who enters", "steps", "messages", "longest way")
    session.output.show(table(columns, [_row(journey) for journey in found]))
    session.output.data({"journeys": [dict(zip(columns, _row(one), strict=True)) for one in found]})
    for wrong in errors[:-1]:
        session.output.complain(wrong)
    if errors:
        raise errors[-1]
    session.output.say(f"{counted(len(found), 'journey')} {'holds' if len(found) == 1 else 'hold'} together", "dim")


def picture(context: typer.Context, file: File) -> None:
    """
    Draw a journey, as a Mermaid flow chart: paste it into a README, a wiki, or https://mermaid.live.

    Examples:

        regulars journey draw catalog/journeys/welcome.yaml > welcome.mmd
    """
    session = session_of(context)
    drawn = draw(read_journey(file, read_beside(session.place.catalog)))
    session.output.data({"id": file.stem, "mermaid": drawn})
    if not session.output.as_json:
        typer.echo(drawn, nl=False)


def _row(journey: Journey) -> tuple[str, str, int, int, str]:
    steps = list(every(journey.steps))
    sends = sum(isinstance(step, Send) for step in steps)
    length = longest(journey.steps)
    return journey.id, entry_in_words(journey.entry), len(steps), sends, long(length) if length else "at once"
