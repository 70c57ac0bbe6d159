"""Taking rows of the audit trail out, as JSON Lines or CSV: all of them, or no file."""

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from cli.audit.asking import From, Kind, OfCase, To, What, Who, Whom, period, rows
from cli.audit.bar import watched
from cli.errors import UserError
from cli.output import counted
from cli.session import session_of
from regulars.domain.csv_cells import safe

NAMES = ("chain number at who roles kind what whom count opened case request outcome after previous hash").split()


def export(
    context: typer.Context,
    begin: From = None,
    end: To = None,
    whom: Whom = None,
    who: Who = None,
    what: What = None,
    kind: Kind = None,
    of_case: OfCase = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A .jsonl or .csv file; default: JSON Lines on stdout.")
    ] = None,
) -> None:
    """
    Write rows of the audit trail: JSON Lines, which `regulars audit verify --file` reads, or CSV for spreadsheets.

    Whole days without a filter can be verified; rows of a search cannot, for others are missing between them.

    Examples:

        regulars audit export --from 2026-11-01 --to 2026-12-01 -o november.jsonl

        regulars audit export --whom email:ann@shop.example -o ann.csv
    """
    session = session_of(context)
    if output and output.suffix not in (".jsonl", ".csv"):
        raise UserError("the file is neither .jsonl nor .csv", where=str(output), fix="name it so")
    found = rows(session, period(begin, end), whom=whom, who=who, what=what, kind=kind, case=of_case)
    if output is None:
        _write_lines(found, sys.stdout)
        return
    number = _write(watched(session, found, "rows"), output)
    session.output.data({"rows": number, "file": str(output)})
    session.output.show(f"{counted(number, 'row')} in {output}")


def _write(found: Iterable[Any], output: Path) -> int:
    """Write a file beside its place, and put it there when it is whole."""
    partial = output.with_name(f"{output.name}.part")
    try:
        with partial.open("w", newline="", encoding="utf-8") as file:
            number = _write_csv(found, file) if output.suffix == ".csv" else _write_lines(found, file)
        partial.replace(output)
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", where=str(output), fix="name another file") from error
    finally:
        partial.unlink(missing_ok=True)
    return number


def _write_lines(found: Iterable[Any], file: IO[str]) -> int:
    number = 0
    for number, row in enumerate(found, 1):  # noqa: B007 (the last one counts them)
        file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    return number


def _write_csv(found: Iterable[Any], file: IO[str]) -> int:
    writer, number = csv.writer(file), 0
    writer.writerow(NAMES)
    for number, row in enumerate(found, 1):  # noqa: B007 (the last one counts them)
        writer.writerow([safe(_cell(row[name])) for name in NAMES])
    return number


def _cell(value: Any) -> Any:
    return " ".join(map(str, value)) if isinstance(value, list) else value
