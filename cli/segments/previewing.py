"""Who would be in a segment, and whom an edit would let in and put out: asked of the lake, before anything is live."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from cli.errors import UserError
from cli.lake.answers import Answer
from cli.lake.asking import fetched, settle
from cli.lake.bucket import find_bucket
from cli.lake.destination import Format, format_for, write
from cli.lake.files import Days, Files
from cli.output import Output, counted, instant, table
from cli.place import make_private
from cli.segments.drafts import draft_of
from cli.session import session_of
from regulars.adapters.preview_json import preview_json
from regulars.analytics.previewing import Draft, Preview
from regulars.analytics.words import WORDS
from regulars.domain.instants import to_text
from regulars.domain.lake import EVENTS, IDENTITY
from regulars.errors import DefinitionError, LakeTooLargeError

Name = Annotated[str, typer.Argument(help="A file such as catalog/segments/vip.yaml, or the id of a live segment.")]
_MEMORY = "2GB"


class Engine(StrEnum):
    """Whose SQL is written."""

    DUCKDB = "duckdb"
    ATHENA = "athena"


def preview(
    context: typer.Context,
    name: Name,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file for everybody: .csv, .json or .parquet.")
    ] = None,
    bucket: Annotated[
        str | None, typer.Option("--bucket", help="A lake in AWS; default: REGULARS_LAKE, else this machine's.")
    ] = None,
    settled: Annotated[
        bool, typer.Option("--settle/--no-settle", help="First write to this machine's lake all that was accepted.")
    ] = True,
    yes: Annotated[bool, typer.Option("--yes", help="Fetch even more than 2 GB.")] = False,
) -> None:
    """
    Show who would be in a segment by what the lake holds, and change nothing.

    Of a file whose segment is live, also who would enter and who would leave. Files of the lake are fetched once and
    kept in .regulars/lake.

    Examples:

        regulars segment preview catalog/segments/vip.yaml

        regulars segment preview catalog/segments/vip.yaml -o changes.csv
    """
    session = session_of(context)
    format = format_for(None, output) if output else None
    draft = _compiled(draft_of(session, name))
    place = find_bucket(session.place, bucket)
    if place.is_local and settled:
        settle(session)
    files = Files(place, session.place.home)
    paths = {
        one.name: [str(path) for path in fetched(session.output, files, one, Days(), may_be_large=yes)]
        for one in (EVENTS, IDENTITY)
    }
    found = _preview(session.output, draft, paths, files.folder, output, format)
    session.output.data(preview_json(draft, found))
    _show(session.output, found)


def sql(
    context: typer.Context,
    name: Name,
    engine: Annotated[Engine, typer.Option("--engine", help="Whose words: DuckDB's, or Athena's.")] = Engine.DUCKDB,
) -> None:
    """
    Write the SQL that says who is in a segment now, for `regulars query`, or for Athena.

    Examples:

        regulars segment sql big_spenders --engine athena > question.sql

        regulars segment sql big_spenders | regulars query -
    """
    session = session_of(context)
    draft = _compiled(replace(draft_of(session, name, words=WORDS[engine]), before=None))
    question = draft.question(pretty=True)
    session.output.data({"id": draft.segment.id, "engine": engine.value, "sql": question})
    if not session.output.as_json:
        typer.echo(question)


def _compiled(draft: Draft) -> Draft:
    """Make sure that a draft can be asked. Raises UserError."""
    try:
        draft.question()
    except DefinitionError as error:
        raise UserError(str(error), fix="docs/preview.md says what SQL can ask") from error
    return draft


def _preview(
    output: Output, draft: Draft, paths: dict[str, Any], folder: Path, to: Path | None, format: Format | None
) -> Preview:
    from regulars.adapters.lake_engine import lake_engine

    make_private(folder)
    if not any(paths.values()):
        output.say("nothing is in the lake yet: what is accepted comes within five minutes", style="dim")
    try:
        with output.aside.status("asking the lake"), lake_engine(paths, folder, memory=_MEMORY) as engine:
            found = engine.preview(draft)
            if to is not None and format is not None:
                everybody = Answer(engine.export(draft))
                write(everybody, format, to, output)
                output.say(f"{counted(everybody.rows, 'row')} in {to}", style="dim")
            return found
    except LakeTooLargeError as error:
        raise UserError(str(error), fix="docs/preview.md says how") from error


def _show(output: Output, found: Preview) -> None:
    newest = "nothing" if found.newest is None else instant(to_text(found.newest))
    output.show(
        Text(f"{found.known:,} known, {found.anonymous:,} anonymous", style="bold"),
        Text(f"as of {instant(to_text(found.now))}; the newest event in the lake is of {newest}", style="dim"),
    )
    for word, change in (("enter", found.enters), ("leave", found.leaves)):
        if change is not None:
            output.show(f"{change.count:,} would {word}{_some(change.sample, change.count)}")
    rows = [
        (one.profile_id, "yes" if one.known else "no", _why([each.condition for each in one.reasons if each.truth]))
        for one in found.sample
    ]
    if rows:
        output.show(table(("some of them", "known", "true of them"), rows))


def _some(sample: Sequence[str], count: int) -> str:
    listed = ", ".join(sample)
    return f": {listed}{' …' if count > len(sample) else ''}" if sample else ""


def _why(true: Sequence[str]) -> str:
    return "; ".join(true) or "none of what it asks for"
