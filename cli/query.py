"""`regulars query`: SQL over everything that was ever accepted."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.errors import UserError
from cli.lake.answers import Answer
from cli.lake.asking import Ask, ask
from cli.lake.bucket import find_bucket
from cli.lake.destination import Format, format_for, write
from cli.lake.engine import Question
from cli.lake.files import Days
from cli.output import Output, counted, table
from cli.session import session_of
from regulars.domain.lake_sql import TYPES, shown

SHOWN = 100


def query(
    context: typer.Context,
    sql: Annotated[str | None, typer.Argument(help="One SELECT, or `-` to read it from stdin.")] = None,
    format: Annotated[
        Format | None, typer.Option("--format", help="How to write the answer; default: a table, or as -o is called.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help=f"How many rows; default: {SHOWN} in a table, else all.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file to write instead of stdout.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Only days from this one on, as 2026-11-01.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Only days up to this one.")] = None,
    bucket: Annotated[
        str | None, typer.Option("--bucket", help="A lake in AWS; default: REGULARS_LAKE, else this machine's.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Fetch even more than 2 GB.")] = False,
) -> None:
    """
    Ask the lake with SQL: every event, and every change of a profile. Without SQL, show what there is to ask.

    Files are fetched once and kept in .regulars/lake. Personal fields are ciphertext in the lake, and stay so. A lake
    in AWS is read with your AWS credentials: a token and a role play no part.

    Examples:

        regulars query "SELECT name, count(*) FROM events GROUP BY name ORDER BY 2 DESC"

        regulars query --since 2026-11-01 --format csv -o orders.csv "SELECT * FROM events WHERE type = 'track'"
    """
    session = session_of(context)
    if sql is None:
        _show_tables(session.output)
        return
    format = format_for(Format.JSON if session.output.as_json else format, output)
    days = Days(since=_day("--since", since), until=_day("--until", until))
    question = Question(sys.stdin.read() if sql == "-" else sql)
    asking = Ask(question, find_bucket(session.place, bucket), days, may_be_large=yes)
    with ask(session, asking) as reader:
        answer = Answer(reader, limit or (SHOWN if format is Format.TABLE else None))
        write(answer, format, output, session.output)
    more = f"; there are more: --limit {answer.rows * 10}" if answer.has_more else ""
    session.output.say(counted(answer.rows, "row") + more, style="dim")


def _show_tables(output: Output) -> None:
    for name, columns in shown().items():
        rows = [(one.name, TYPES[one.kind], one.means) for one in columns]
        output.show(table(("column", "type", "holds"), rows, title=name), "")
    output.data({name: {one.name: TYPES[one.kind] for one in columns} for name, columns in shown().items()})


def _day(option: str, text: str | None) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if text is not None else None
    except ValueError:
        raise UserError(f"{option} {text} is no day", fix="say it as 2026-11-01", code=2) from None
