"""Searching the audit trail."""

from itertools import islice
from typing import Annotated, Any

import typer

from cli.audit.asking import From, Kind, OfCase, To, What, Who, Whom, period, rows
from cli.output import counted, instant, table
from cli.session import session_of

_COLUMNS = ("when", "who", "what", "of", "case", "came of it")


def search(
    context: typer.Context,
    begin: From = None,
    end: To = None,
    whom: Whom = None,
    who: Who = None,
    what: What = None,
    kind: Kind = None,
    of_case: OfCase = None,
    most: Annotated[int, typer.Option("--rows", min=1, help="How many rows at most.")] = 50,
) -> None:
    """
    List who read, changed or took out what, of whom, and who signed in.

    A person is found by any of their identifiers. Asking leaves a row itself.

    Examples:

        regulars audit search --whom email:ann@shop.example --from 2026-11-01

        regulars audit search --kind changes --what put_segment
    """
    session = session_of(context)
    found = list(
        islice(
            rows(session, period(begin, end), whom=whom, who=who, what=what, kind=kind, case=of_case),
            most + 1,
        )
    )
    shown = sorted(found[:most], key=lambda row: str(row["at"]))
    session.output.data({"rows": shown, "more": len(found) > most})
    session.output.show(table(_COLUMNS, map(_cells, shown)))
    more = f"the first {most:,} by day and function; there are more: --rows {most * 10}, or regulars audit export"
    session.output.show(more if len(found) > most else counted(len(found), "row"))


def _cells(row: Any) -> list[object]:
    first = row["whom"][0] if row["whom"] else ""
    others = f" and {len(row['whom']) - 1:,} more" if len(row["whom"]) > 1 else ""
    opened = ", opened" if row["opened"] else ""
    said = [row["who"], row["what"], f"{first}{others}", row["case"], f"{row['outcome']}{opened}"]
    return [instant(row["at"]), *said]
