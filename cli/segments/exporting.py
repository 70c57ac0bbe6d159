"""Exporting who is in a segment: page by page into CSV or Parquet, all of one version or nothing."""

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from cli.errors import AnswerError, UserError
from cli.output import counted
from cli.segments.reading import Id
from cli.session import Session, session_of
from regulars.domain.csv_cells import safe

NAMES = ("profile_id", "since", "version", "reason")
TRIES = 3
_PAGE = 1_000
_COLUMNS = (TextColumn("members"), BarColumn(), MofNCompleteColumn())
Row = Mapping[str, Any]


def export(
    context: typer.Context,
    id: Id,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A .csv or .parquet file; default: CSV on stdout.")
    ] = None,
) -> None:
    """
    Write who is in a segment: ids of profiles, since when, by which version and why; no personal field.

    The file is written when all of it is there, and holds one version: where another one goes live meanwhile, it is
    begun again.

    Examples:

        regulars segment export big_spenders -o members.csv

        regulars segment export big_spenders > members.csv
    """
    session = session_of(context)
    if output and output.suffix not in (".csv", ".parquet"):
        raise UserError("the file is neither .csv nor .parquet", where=str(output), fix="name it so")
    size = session.http.ask("GET", f"/v1/segments/{id}")["size"]
    if output is None:
        _write_csv(_members(session, id, size), sys.stdout)
        return
    for tries in range(TRIES):
        try:
            number = _write(output, _members(session, id, size))
            break
        except AnswerError as error:
            if error.reason != "conflicting_edit" or tries == TRIES - 1:
                raise
    session.output.data({"segment": id, "members": number, "file": str(output)})
    session.output.show(f"{counted(number, 'member')} in {output}")


def _members(session: Session, id: str, size: int) -> Iterator[Row]:
    hidden = session.output.as_json or not session.output.aside.is_terminal
    with Bar(*_COLUMNS, console=session.output.aside, disable=hidden, transient=True) as shown:
        task = shown.add_task("", total=size)
        for member in session.http.pages(f"/v1/segments/{id}/members", "members", limit=_PAGE):
            shown.advance(task)
            yield member


def _write(output: Path, members: Iterable[Row]) -> int:
    """Write a file beside its place, and put it there when it is whole."""
    partial = output.with_name(f"{output.name}.part")
    try:
        if output.suffix == ".csv":
            with partial.open("w", newline="", encoding="utf-8") as file:
                number = _write_csv(members, file)
        else:
            number = _write_parquet(members, partial)
        partial.replace(output)
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", where=str(output), fix="name another file") from error
    finally:
        partial.unlink(missing_ok=True)
    return number


def _write_csv(members: Iterable[Row], file: IO[str]) -> int:
    writer, number = csv.writer(file), 0
    writer.writerow(NAMES)
    for number, member in enumerate(members, 1):  # noqa: B007 (the last one counts them)
        writer.writerow([safe(member[name]) for name in NAMES])
    return number


def _write_parquet(members: Iterable[Row], path: Path) -> int:
    import pyarrow as arrow
    from pyarrow import parquet

    kinds = (arrow.string(), arrow.timestamp("us", tz="UTC"), arrow.int64(), arrow.string())
    schema = arrow.schema(list(zip(NAMES, kinds, strict=True)))
    number = 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for page in _pages(members):
            rows = [{**member, "since": datetime.fromisoformat(member["since"])} for member in page]
            writer.write_batch(arrow.RecordBatch.from_pylist(rows, schema=schema))
            number += len(rows)
    return number


def _pages(members: Iterable[Row]) -> Iterator[list[Row]]:
    page: list[Row] = []
    for member in members:
        page.append(member)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page
