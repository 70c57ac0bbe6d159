"""`regulars import`: a file of rows becomes events, each exactly once."""

import json
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, get_args

import typer

from cli.definitions import Definition, read_definition
from cli.errors import UserError
from cli.importing.bar import bar
from cli.importing.checkpoint import Checkpoint
from cli.importing.records import Format, Source, format_of, print_of
from cli.importing.rehearsal import INCOMPLETE, rehearse
from cli.importing.run import Run, batches_of
from cli.importing.sender import Sender
from cli.output import table
from cli.place import Keys
from cli.session import Session, session_of
from regulars.domain.mapping_definitions import parse_mapping
from regulars.domain.mappings import ImportMapping

_FORMATS: tuple[Format, ...] = get_args(Format)


def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV, JSON Lines or Parquet; CSV and JSON Lines also as .gz.")],
    mapping: Annotated[str, typer.Option("--mapping", "-m", metavar="ID", help="Of catalog/imports/ID.yaml.")],
    catalog: Annotated[Path | None, typer.Option("--catalog", help="The folder; default: ./catalog")] = None,
    format: Annotated[str | None, typer.Option("--format", help="csv, jsonl or parquet; default: by name")] = None,
    write_key: Annotated[
        str | None, typer.Option("--write-key", help="Of the source; default: from .regulars/keys.json")
    ] = None,
    rejected: Annotated[
        Path | None, typer.Option("--rejected", help="Where refused rows go; default: FILE.rejected.csv")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Read the first so many rows only.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Map, show the first calls, send nothing.")] = False,
) -> None:
    """
    Import a file: each row becomes the calls that a mapping says.

    Nothing is lost and nothing counts twice: an import that ends early goes on where it was when the command is
    repeated, and a file that is imported again consists of duplicates. Rows that cannot be mapped, and calls that the
    platform quarantined, are listed with line and reason. Mend them in the file and import it again.

    Exit codes: 0 all went in, 3 some rows are listed as refused, 1 it could not be finished.

    Examples:

        regulars import catalog/samples/purchases.csv --mapping purchases --dry-run

        regulars import catalog/samples/purchases.csv --mapping purchases
    """
    session = session_of(context)
    folder = catalog or session.place.catalog
    definition = _definition(folder, mapping)
    parsed = parse_mapping(definition.id, definition.content)
    kind = format_said(file, format)
    if dry_run:
        return rehearse(session.output, file, kind, parsed, limit)
    key = write_key or Keys(session.place.home).get(parsed.source)
    if key is None:
        fix = f"say --write-key …, or mint one: regulars source keys mint {parsed.source}"
        raise UserError(f"the write key of the source {parsed.source} is not known here", fix=fix)
    content = json.dumps(definition.content, sort_keys=True)
    checkpoint = Checkpoint(session.place.home, print_of(file), mapping, content, session.http.url, key)
    listed = rejected or file.with_name(f"{file.name}.rejected.csv")
    _import(session, file, kind, parsed, Sender(session.http, key), checkpoint, listed, limit)
    return None


def _definition(folder: Path, mapping: str) -> Definition:
    path = folder / "imports" / f"{mapping}.yaml"
    if not path.is_file():
        there = ", ".join(sorted(one.stem for one in path.parent.glob("*.yaml"))) or "none"
        raise UserError(f"there is no mapping {mapping}", where=str(path), fix=f"those there are: {there}")
    return read_definition("import", path)


def format_said(file: Path, given: str | None) -> Format:
    """Take the format that was said, or tell it by the name of the file. Raises UserError."""
    if given is None:
        return format_of(file)
    found = next((one for one in _FORMATS if one == given), None)
    if found is None:
        raise UserError(f"--format {given} is not known", fix=f"say one of {', '.join(_FORMATS)}")
    return found


def _import(
    session: Session,
    file: Path,
    kind: Format,
    mapping: ImportMapping,
    sender: Sender,
    checkpoint: Checkpoint,
    listed: Path,
    limit: int | None,
) -> None:
    start = time.monotonic()
    with closing(Source(file)) as source, bar(session.output, source) as on_progress:
        run = Run(sender, checkpoint, listed, on_progress)
        before = run.progress
        if before.line:
            session.output.say(f"going on after line {before.line:,}")
        counts = asdict(run(batches_of(source, kind, mapping, after=before.line, limit=limit)))
    del counts["known"]  # the door does not say who is
    seconds = round(time.monotonic() - start, 1)
    refused = counts["rejected"] + counts["quarantined"]
    session.output.show(table(("rows", ""), [(name, f"{number:,}") for name, number in counts.items()]))
    session.output.show(f"in {seconds} s")
    if counts["accepted"] or counts["duplicates"]:
        session.output.show("events are stored; profiles and segments follow within seconds to minutes")
    if counts["deferred"]:
        session.output.show(
            f"{counts['deferred']:,} deferred: they wait in a queue, or over a quota in quarantine; nothing is lost"
        )
    if refused:
        session.output.show(f"{refused:,} refused, listed in {listed}")
    session.output.data({**counts, "seconds": seconds, "rejected_file": str(listed) if refused else None})
    if refused:
        raise typer.Exit(INCOMPLETE)
